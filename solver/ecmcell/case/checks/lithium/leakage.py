"""Electrons that leak through electrolytes."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.schema import Case


@of_case
def leakage(case: Case) -> None:
    """Whether electrons that leak have something to leak through, and somewhere to go."""
    leaks = case.physics.leakage
    if leaks and not any(p.leaks for p in case.phases.values()):
        remedy = (
            "Leave it out, or give an electrolyte one: "
            'overrides.electronic_conductivity = { value = "1e-9 S/cm", assumed = "why" }.'
        )
        raise Fault("no electrolyte has an electronic_conductivity", remedy, ["physics", "leakage"])
    for name, phase in case.phases.items():
        given = "electronic_activation_energy" in phase.overrides
        if given and not case.may_conduct_electrons(name):
            at: list[str | int] = ["phases", name, "overrides", "electronic_activation_energy"]
            remedy = "Leave it out, or set physics.leakage = true."
            raise Fault("no electrons in this electrolyte", remedy, at)
    for tag, electrode in case.boundaries:
        if not isinstance(electrode, LithiumElectrode):
            continue
        key: list[str | int] = ["boundaries", tag, "electronic_resistance"]
        if leaks and electrode.electronic_resistance is None:
            remedy = 'Electrolytes leak: add e.g. electronic_resistance = "1 ohm*cm^2".'
            raise Fault("missing", remedy, key)
        if electrode.electronic_resistance is not None and not case.speaks_of_leakage:
            remedy = "Leave it out, or set physics.leakage."
            raise Fault("no electrons pass without leakage", remedy, key)
