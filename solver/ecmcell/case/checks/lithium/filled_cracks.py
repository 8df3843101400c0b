"""Lithium that fills cracks."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import GrainBoundary, LithiumElectrode
from ecmcell.case.schema import Case


@of_case
def filled_cracks(case: Case) -> None:
    """Whether there are cracks for lithium to fill, and data to do so."""
    for tag, electrode in case.boundaries:
        if isinstance(electrode, LithiumElectrode):
            _filled_cracks(case, electrode, tag)


def _filled_cracks(case: Case, electrode: LithiumElectrode, tag: str) -> None:
    """Whether there are cracks for lithium to fill, and data to do so."""
    if electrode.filled_cracks is None:
        return
    key: list[str | int] = ["boundaries", tag, "filled_cracks"]
    if tag != "anode":
        raise Fault("lithium fills cracks at the anode only", "Leave it out.", key)
    phases = [p for p in case.phases.values() if p.material.kind == "electrolyte"]
    laws = [j for j in case.interfaces.values() if isinstance(j, GrainBoundary) and j.debonds]
    if not laws and all(phase.cracking is None for phase in phases):
        remedy = "Give an electrolyte a table cracking, or leave this out."
        raise Fault("given, but no electrolyte may crack", remedy, key)
    if electrode.is_reversible and electrode.filled_cracks.exchange_current_density is None:
        remedy = (
            'That of the electrode is infinite: add e.g. exchange_current_density = "10 A/m^2".'
        )
        raise Fault("missing", remedy, [*key, "exchange_current_density"])
    if case.filled_crack_count and not case.physics.stress_in_kinetics:
        remedy = "Switch stress_in_kinetics on: without it nothing ends what plates in a crack."
        raise Fault("false beside filled_cracks", remedy, ["physics", "stress_in_kinetics"])
