"""Boundaries that collect electrons."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import ElectronCollector
from ecmcell.case.schema import Case


@of_case
def collectors(case: Case) -> None:
    """Whether collectors have something to collect electrons from."""
    for name, electrode in case.boundaries:
        if not isinstance(electrode, ElectronCollector):
            continue
        hosts = name == "collector" and case.active_phases
        if not hosts and not case.metal_phases:
            given = "collects electrons, but there is no active material"
            if name == "anode":
                given = "collects electrons, but there is no metal"
            remedy = 'Give metal = "Li" and its exchange_current_density, or mesh the lithium'
            remedy += "; active material lies at the collector only." if name == "anode" else "."
            raise Fault(given, remedy, ["boundaries", name])
        if not hosts and electrode.contact_resistance > 0.0:
            remedy = "Leave it out: a metal touches its collector perfectly."
            raise Fault("given at a metal", remedy, ["boundaries", name, "contact_resistance"])
