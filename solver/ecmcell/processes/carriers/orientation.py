"""Crystal axes of grains."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.case.orientations import OrientationTable
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.region import Region

Floats = npt.NDArray[np.float64]

# Keeps these random numbers apart from those that a recipe draws with the same seed.
_STREAM = 1


def crystal_axes(case: Case, domain: Domain, region: Region) -> fem.Function:
    """Crystal axis c of each cell of a region, a unit vector of three components also in 2D.

    It is the same on any number of ranks. A section shows grains whose axes point anywhere in
    space, not only in its plane.
    """
    space = fem.functionspace(region.mesh, ("Discontinuous Lagrange", 0, (3,)))
    axes = fem.Function(space, name="Crystal axis")
    (phase,) = {subdomain.phase for subdomain in region.subdomains}
    of_cell = _axes_of_grains(case, domain, phase)[domain.cell_grain[region.parents]]
    axes.x.array.reshape(-1, 3)[space.dofmap.list.ravel()] = of_cell
    return axes


def _axes_of_grains(case: Case, domain: Domain, phase: str) -> Floats:
    """Crystal axis of every grain, shape (grains, 3); it counts in those of the phase only."""
    given, count = case.phases[phase].orientation or "random", len(domain.grain_phase)
    if isinstance(given, OrientationTable):
        grains = np.flatnonzero(np.array(domain.grain_phase) == phase)
        axes = np.zeros((count, 3))
        axes[grains] = given.crystal_axes(grains, domain.plan.grain_centroid)
        return axes
    if given == "random":
        return random_directions(count, case.mesh.seed)
    return np.tile(np.array(given) / np.linalg.norm(given), (count, 1))


def random_directions(count: int, seed: int) -> Floats:
    """Unit vectors, shape (count, 3), evenly distributed over the sphere."""
    drawn = np.random.default_rng([seed, _STREAM]).normal(size=(count, 3))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
