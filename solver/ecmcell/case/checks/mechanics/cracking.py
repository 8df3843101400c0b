"""Cracks in phases."""

from ecmcell.case.checks.registry import of_case, of_dimension, of_sizes
from ecmcell.case.faults import Fault
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case

# A mesh of just the size that is needed passes.
_ROUNDING = 1.0 + 1e-6


@of_case
def cracking(case: Case) -> None:
    """Whether cracks in a phase can be told apart in tension and compression."""
    if not case.physics.mechanics:
        return
    for name, phase in case.phases.items():
        if phase.cracking is not None and phase.cracking.split == "spectral":
            if phase.is_anisotropic:
                remedy = 'Use split = "volumetric-deviatoric".'
                raise Fault(
                    "not for anisotropic strain", remedy, ["phases", name, "cracking", "split"]
                )


@of_dimension
def match_dimension(case: Case, dim: int) -> None:
    """Whether flaws lie in a mesh of so many coordinates."""
    for name in case.cracking_phases:
        law = needed(case.phases[name].cracking)
        key = ["phases", name, "cracking"]
        for index, flaw in enumerate(law.flaws):
            if len(flaw.begin) != dim:
                remedy = f"The mesh has {dim} coordinates."
                raise Fault("not a point of the mesh", remedy, [*key, "flaws", index, "begin"])
        if law.penny_cracks and dim != 3:
            remedy = f"The mesh has {dim} coordinates: give flaws with begin and end."
            raise Fault(
                "there are no penny-shaped cracks in the plane", remedy, [*key, "penny_cracks"]
            )


@of_sizes
def match_sizes(case: Case, sizes: dict[str, float]) -> None:
    """Whether a mesh is fine enough for cracks."""
    for name in case.cracking_phases:
        law, largest = needed(case.phases[name].cracking), case.max_cells[name]
        if sizes[name] > largest * _ROUNDING:
            length = f"{law.regularisation_length:g} um"
            given = f"{length}, but the cells of {name} are up to {sizes[name]:.3g} um"
            remedy = (
                f"Cracks need cells of at most half the length, {largest:.3g} um: refine the mesh, "
                f"or give a length of at least {2 * sizes[name]:.3g} um."
            )
            raise Fault(given, remedy, ["phases", name, "cracking", "regularisation_length"])
