"""Boundaries: the electrodes."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.materials import check_known, needs_a, with_article
from ecmcell.case.schema import Case


@of_case
def boundaries(case: Case) -> None:
    """Whether electrodes are of metal, and the cell has active material or a counter electrode."""
    collector = case.boundaries.collector
    for name, electrode in (("anode", case.boundaries.anode), ("collector", collector)):
        if not isinstance(electrode, LithiumElectrode):
            continue
        metal = electrode.metal
        key: list[str | int] = ["boundaries", name, "metal"]
        if metal.kind != "metal":
            given = f"{metal.name} is {with_article(metal.kind)}"
            raise Fault(given, needs_a("metal"), key)
        if case.physics.stress_in_kinetics:
            check_known(metal, ("molar_volume",), key[:-1])
    symmetric = isinstance(collector, LithiumElectrode)
    if symmetric and case.active_phases:
        remedy = "Leave out the metal, or the active material."
        key = ["boundaries", "collector", "metal"]
        raise Fault("a lithium counter electrode beside active material", remedy, key)
    if not symmetric and not case.active_phases and not case.metal_phases:
        remedy = 'Add a phase of active material, or metal = "Li" for a symmetric cell.'
        raise Fault(
            "collects electrons, but there is no active material",
            remedy,
            ["boundaries", "collector"],
        )
