"""What is known at the nodes of faces, smoothed along them without loss of order."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.domain.recovery import Fit
from ecmcell.domain.region import Region

Array = npt.NDArray[np.float64]

# Spread of a patch in one direction over that in another, below which it is but the bend of a face.
_BENT = 0.05


class Smoothing:
    """A linear function fitted to values at nodes over the facets around each node.

    Forces on the nodes of a face over the area around them are right on average and of second
    order, but in space scatter from node to node as cells differ in shape. Over a patch the scatter
    averages out, and a linear function takes the place of the patch's middle by the node's.

    Args:
        domain: The domain.
        region: What the values belong to.
        faces: Where, with the side of each on which the region lies.
    """

    def __init__(
        self, domain: Domain, region: Region, faces: Sequence[tuple[FacetSet, str | None]]
    ):
        x = ufl.SpatialCoordinate(domain.mesh)
        linear = [domain.constant(1.0), *(x[i] for i in range(domain.dim))]
        products = ufl.as_vector([a * b for a in linear for b in linear])
        self._given = fem.Function(region.scalars)
        size = len(linear)
        terms, moments = [], []
        for face, side in faces:
            measure = domain.ds(face) if isinstance(face, ExteriorBoundary) else domain.dS(face)
            given = self._given if side is None else self._given(side)
            here = ufl.as_vector(linear) if side is None else ufl.as_vector(linear)(side)
            terms.append((given * here, measure, side))
            moments.append((products if side is None else products(side), measure, side))
        self._moments = Average(domain, region.continuous((size,)), terms)
        of_place = Average(domain, region.continuous((size**2,)), moments).update().x.array
        points = region.scalars.tabulate_dof_coordinates()[:, : domain.dim]
        self._weights = Fit(of_place.reshape(-1, size, size), points, _BENT).weights
        self._found = fem.Function(region.scalars)

    def __call__(self, values: Array) -> fem.Function:
        """Smooth values at the local nodes; zero away from the faces."""
        self._given.x.array[:] = values
        moments = self._moments.update().x.array.reshape(self._weights.shape)
        self._found.x.array[:] = np.einsum("ni,ni->n", self._weights, moments)
        return self._found


class SmoothAverage(Average):
    """A quantity on a face averaged around nodes of the region on one side of it, and smoothed.

    Args:
        domain: The domain.
        region: The region.
        face: The face.
        value: The quantity.
        side: Where the region lies.
    """

    def __init__(
        self, domain: Domain, region: Region, face: FacetSet, value: Expr, side: str | None
    ):
        super().__init__(domain, region.scalars, [(value, domain.nodal(face), side)])
        self._smoothing = Smoothing(domain, region, [(face, side)])

    def update(self) -> fem.Function:
        """Evaluate with the present fields."""
        return self._smoothing(super().update().x.array)
