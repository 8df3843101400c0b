"""Mechanics: elastic constants, platens, and couplings."""

from collections.abc import Iterator

from ecmcell.case.checks.mechanics.cohesion import lacking
from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault, all_missing
from ecmcell.case.materials import check_known
from ecmcell.case.schema import Case
from ecmcell.case.tables import COUPLINGS


@of_case
def mechanics(case: Case) -> None:
    """Whether mechanics has all its data, or is off and nothing depends on it."""
    physics = case.physics
    if not physics.mechanics:
        for name in COUPLINGS:
            if getattr(physics, name):
                remedy = "Switch mechanics on, or leave this out."
                raise Fault("true without mechanics", remedy, ["physics", name])
        return
    all_missing([*_lacking(case), *lacking(case)])
    if case.cell.platen != "spring" and case.cell.platen_stiffness is not None:
        remedy = 'Leave it out, or set platen = "spring".'
        raise Fault("given without a spring", remedy, ["cell", "platen_stiffness"])
    for name, phase in case.phases.items():
        key: list[str | int] = ["phases", name]
        check_known(phase.material, ("youngs_modulus", "poisson_ratio"), key)
        swells = phase.material.kind == "active material" and not phase.is_anisotropic
        if swells and phase.material.partial_molar_volume is None:
            check_known(phase.material, ("volume_change",), key)


def _lacking(case: Case) -> Iterator[Fault]:
    """Data of the platen that are missing."""
    if case.cell.stack_pressure is None:
        remedy = 'Add it, e.g. stack_pressure = "5 MPa", or set physics.mechanics = false.'
        yield Fault("missing", remedy, ["cell", "stack_pressure"])
    if case.cell.platen == "spring" and case.cell.platen_stiffness is None:
        remedy = 'Add it, e.g. platen_stiffness = "0.5 MPa/um".'
        yield Fault("missing", remedy, ["cell", "platen_stiffness"])
