"""Lithium on a boundary that runs out, and voids in lithium."""

from ecmcell.case.checks.mechanics.plasticity import CREEP, check_exponent
from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault, toml
from ecmcell.case.interfaces import LithiumElectrode, ReactingInterface
from ecmcell.case.materials import check_known
from ecmcell.case.schema import Case


@of_case
def layers(case: Case) -> None:
    """Whether inventories and void growth of lithium on boundaries can be followed."""
    for tag, electrode in case.boundaries:
        if isinstance(electrode, LithiumElectrode):
            _layer(case, electrode, tag)


@of_case
def voids(case: Case) -> None:
    """Whether voids are given only at interfaces of meshed lithium that may debond."""
    for key, (pair, law) in zip(case.interfaces, case.interface_laws(), strict=True):
        if isinstance(law, ReactingInterface):
            _voids(case, law, pair, ["interfaces", key])


def _layer(case: Case, electrode: LithiumElectrode, tag: str) -> None:
    """Whether inventory and void growth of an electrode can be followed."""
    if not electrode.is_layer:
        return
    at: list[str | int] = ["boundaries", tag]
    name = "inventory" if electrode.inventory is not None else "void_growth"
    if electrode.is_reversible:
        remedy = f'{name} asks how fast it reacts: give e.g. "100 A/m^2".'
        raise Fault("infinite", remedy, [*at, "exchange_current_density"])
    if electrode.filled_cracks is not None:
        remedy = "Give one of the two: what cracks take does not count there."
        raise Fault("given beside filled_cracks", remedy, [*at, name])
    check_known(electrode.metal, ("molar_volume",), at)
    if electrode.void_growth is not None:
        check_known(electrode.metal, CREEP, at)
        check_exponent(electrode.metal, at)
        if case.cell.stack_pressure is None:
            remedy = 'Voids close under it: add it, e.g. stack_pressure = "5 MPa".'
            raise Fault("missing", remedy, ["cell", "stack_pressure"])
    inventory = electrode.inventory
    if inventory is None:
        return
    if inventory.nucleation_sites is not None and inventory.nucleation_overpotential == 0.0:
        remedy = "Give a nucleation_overpotential for the collector between the sites."
        raise Fault(
            "given, but nucleation takes no overpotential",
            remedy,
            [*at, "inventory", "nucleation_sites"],
        )
    first = case.protocol[0]
    stripping = "discharge" if tag == "anode" else "charge"
    if inventory.thickness == 0.0 and first.kind == stripping:
        given = f"{toml(first.text)} strips the {tag}, where there is no lithium"
        raise Fault(given, "Begin the other way round.", ["protocol", *first.key])


def _voids(case: Case, law: ReactingInterface, pair: tuple[str, str], at: list[str]) -> None:
    """Whether the voids of an interface have metal beside them and room to open."""
    if law.voids is None:
        return
    if not {*pair} & {*case.metal_phases}:
        raise Fault("given where there is no metal", "Leave it out.", [*at, "voids"])
    if case.plates and not (law.debonds and case.physics.debonding):
        remedy = "Add a table cohesion."
        raise Fault("given at an interface that never debonds", remedy, [*at, "voids"])
