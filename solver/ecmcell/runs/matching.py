"""Whether a case can be run on a mesh: all checks of a mesh are asked for here, nowhere else."""

from ecmcell.case.load import match_dimension, match_grains, match_mesh, match_sizes
from ecmcell.case.schema import Case
from ecmcell.domain.plan import grain_centroids, touching_phases
from ecmcell.microstructure import MeshData
from ecmcell.microstructure.statistics import max_cells
from ecmcell.runs import paths


def match(case: Case, made: MeshData) -> None:
    """Refuse a mesh that is not one for a case, on one rank.

    Raises:
        InputError: Why not.
    """
    match_mesh(case, made.grain_phase, touching_phases(made))
    match_dimension(case, made.dim)
    match_grains(case, made.grain_phase, grain_centroids(made))
    match_sizes(case, max_cells(made))


def match_cell(case: Case, made: MeshData) -> None:
    """Refuse a mesh that is not one for a case, or through which no current passes.

    Raises:
        InputError: Why not.
    """
    match(case, made)
    paths.check(case, made)
