"""What a mesh in the plane is a section of."""

from ecmcell.case.checks.registry import of_case, of_dimension
from ecmcell.case.faults import Fault, toml
from ecmcell.case.schema import Case

_LOOSE = "generalised plane strain"


@of_case
def section(case: Case) -> None:
    """Whether the assumption for a section goes with the rest of the case."""
    cell = case.cell
    if cell.lateral_pressure is not None and cell.section not in (None, _LOOSE):
        given = f"given, but in {cell.section} nothing across the section balances it"
        remedy = f"Leave it out, or set section = {toml(_LOOSE)}."
        raise Fault(given, remedy, ["cell", "lateral_pressure"])
    if cell.section != "plane stress" or not case.physics.mechanics:
        return
    for names, does, switch in (
        (case.cracking_phases, "may crack", "cracking"),
        (case.flowing_phases, "flows", "plasticity"),
    ):
        if names:
            remedy = (
                f"What cracks or flows strains across the section by itself, which is not solved "
                f"for in plane stress: take another section, or set physics.{switch} = false."
            )
            raise Fault(f'"plane stress", but {names[0]} {does}', remedy, ["cell", "section"])


@of_dimension
def match_dimension(case: Case, dim: int) -> None:
    """Whether a mesh of so many coordinates is a section, if the case speaks of one."""
    for name in ("section", "lateral_pressure") if dim == 3 else ():
        if getattr(case.cell, name) is not None:
            remedy = "Leave it out: only a mesh in the plane is a section."
            raise Fault(f"given, but the mesh has {dim} coordinates", remedy, ["cell", name])
