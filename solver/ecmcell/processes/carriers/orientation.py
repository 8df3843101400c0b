"""Crystal axes of grains."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.region import Region

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
    given = case.phases[phase].orientation or "random"
    if given == "random":
        of_grain = random_directions(len(domain.grain_phase), case.mesh.seed)
        of_cell = of_grain[domain.cell_grain[region.parents]]
    else:
        of_cell = np.array(given) / np.linalg.norm(given)
    axes.x.array.reshape(-1, 3)[space.dofmap.list.ravel()] = of_cell
    return axes


def random_directions(count: int, seed: int) -> npt.NDArray[np.float64]:
    """Unit vectors, shape (count, 3), evenly distributed over the sphere."""
    drawn = np.random.default_rng([seed, _STREAM]).normal(size=(count, 3))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
