"""Values at nodes, of second order also at surfaces, from values in the middle of cells."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from mpi4py import MPI
from scipy.sparse import csr_array
from ufl.core.expr import Expr

from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.domain.region import Region
from ecmcell.microstructure.mesh.simplices import sizes

Array = npt.NDArray[np.float64]

# Rings of nodes that a patch may reach, and the first with which one serves a node on a surface.
_RINGS, _FIRST = 4, 2
# Distance of a node from the middle of the cells around it, over their spread: 0 to 0.4 inside,
# 1.4 on a plane face.
_SURROUNDED = 0.75
# The same for a node and the nodes of its patch, up to which these tell a slope: 3 on plane faces.
_FARTHEST = 4.0
# Spread in one direction over that in another, below which it is rounding.
_ROUND = 1e-8


class Recovery:
    """A linear function fitted to means around the nodes nearby, and its value at each node.

    The gradient of linear functions errs by first order from cell to cell. In means over the cells
    around a node that these surround the errors cancel, on surfaces they do not: there the values
    are those of a linear function through means inside (patch recovery; Zienkiewicz and Zhu 1992,
    doi:10.1002/nme.1620330702). Where a body is too thin to have such a function, values are the
    means over the cells around.

    Args:
        domain: The domain.
        region: Where.
        terms: What to recover in each part of the region, a number or a vector of some. It may
            jump between parts: patches keep to one, and nodes that parts share get the mean.
        patches: Those of each part.
        known: What the terms hold that is known at the nodes and does not belong to the result, as
            an array of the local nodes. It may be steep: it is taken off at the node.

    Attributes:
        nodes: Functions linear between the nodes, of one number.
    """

    def __init__(
        self,
        domain: Domain,
        region: Region,
        terms: Mapping[Subdomain, Expr],
        patches: Mapping[Subdomain, "Patches"],
        known: Callable[[], Array] | None = None,
    ):
        (shape,) = {value.ufl_shape for value in terms.values()}
        # In the middle of cells: there the strain of linear displacements answers to the swelling.
        pairs = [(value, domain.centres(subdomain)) for subdomain, value in terms.items()]
        self._cells = Average(domain, region.constants(shape), pairs)
        self._known, self._patches = known, [patches[subdomain] for subdomain in terms]
        self._found = fem.Function(region.continuous(shape))
        self.nodes = region.scalars
        self._owned = region.scalars.dofmap.index_map.size_local
        total = sum(p.volumes for p in self._patches)
        self._fractions = [
            np.divide(p.volumes, total, out=np.zeros_like(total), where=total > 0.0)
            for p in self._patches
        ]

    def update(self) -> fem.Function:
        """Evaluate with the present fields."""
        out = self._found.x.array.reshape(-1, self._found.function_space.dofmap.bs)
        out[:] = 0.0
        for fraction, values in self.sides():
            out += fraction[:, None] * values
        return self._found

    def sides(self) -> Iterator[tuple[Array, Array]]:
        """What each part tells of the local nodes: its share in the volume around, and values."""
        cells = self._cells.update().x.array.reshape(-1, self._found.function_space.dofmap.bs)
        known = 0.0 if self._known is None else self._known().reshape(-1, cells.shape[1])
        for patches, fraction in zip(self._patches, self._fractions, strict=True):
            found = np.column_stack([patches.at_nodes(values) for values in cells.T])
            yield fraction, found - known

    def owned(self) -> Array:
        """Up-to-date values of the nodes that this rank owns."""
        return self.update().x.array[: self._owned]


class Patches:
    """The cells of a part around each node, and the nodes nearby that cells surround.

    All sums run over the cells that each rank owns, and then over ranks.

    Args:
        domain: The domain.
        region: What the part belongs to.
        subdomain: Whose cells count.
        is_smooth: Whether what is recovered is all but linear over a patch; else means have to do.

    Attributes:
        volumes: Volume of the cells around each local node.
    """

    def __init__(
        self, domain: Domain, region: Region, subdomain: Subdomain, is_smooth: bool = True
    ):
        space, dim = region.scalars, region.mesh.geometry.dim
        self._map, self._comm = space.dofmap.index_map, region.mesh.comm
        self._work: dict[int, la.Vector] = {}
        nodes = space.dofmap.list[: region.mesh.topology.index_map(dim).size_local]
        points = space.tabulate_dof_coordinates()[:, :dim]
        here = domain.cell_subdomain[region.parents[: len(nodes)]] == subdomain.index
        volumes = np.where(here, sizes(points, nodes), 0.0)
        rows = np.repeat(volumes > 0.0, dim + 1)
        pairs = nodes.ravel()[rows], np.repeat(np.arange(len(volumes)), dim + 1)[rows]
        shape = len(points), len(volumes)
        self._around = csr_array((np.ones(len(pairs[0])), pairs), shape=shape)

        middles = points[nodes].mean(axis=1).reshape(-1, dim)
        self._volumes = volumes
        moments = self._sum(volumes[:, None] * _products(middles))
        self.volumes = moments[:, 0]
        self._first = moments[:, : dim + 1]  # of the means: volumes, times their places
        self._weights: list[Array] = []  # of what rings of nodes tell, for the value at each node
        self._alone = np.ones(len(points), dtype=bool)
        self._inside: Array = np.zeros((len(points), 1))
        if is_smooth:
            self._fit(points, moments)

    def at_nodes(self, values: Array) -> Array:
        """What the values in the middle of cells tell of the nodes."""
        of_cells = self._volumes * values[: len(self._volumes)]
        means = self._divided(self._sum(of_cells[:, None]))
        out = np.where(self._alone, means[:, 0], 0.0)
        moments = self._first * self._inside * means
        for weights in self._weights:
            moments = self._spread(moments)
            out += np.einsum("ni,ni->n", weights, moments)
        return out

    def _fit(self, points: Array, moments: Array) -> None:
        """Find for each node the fewest rings of surrounded nodes that tell a linear function."""
        dim = points.shape[1]
        around = Fit(moments.reshape(-1, dim + 1, dim + 1), points)
        self._inside = (around.distance < _SURROUNDED)[:, None].astype(float)
        places = self._divided(self._first)
        moments = self.volumes[:, None] * self._inside * _products(places[:, 1:])
        for ring in range(1, _RINGS + 1):
            moments = self._spread(moments)
            fit = Fit(moments.reshape(-1, dim + 1, dim + 1), points)
            serves = self._alone & (fit.distance < _FARTHEST)
            if ring < _FIRST:
                serves &= self._inside[:, 0] > 0.0
            self._weights.append(np.where(serves[:, None], fit.weights, 0.0))
            self._alone &= ~serves
            left = bool((self._alone & (self.volumes > 0.0)).any())
            if not self._comm.allreduce(left, op=MPI.LOR):
                break

    def _divided(self, sums: Array) -> Array:
        volumes = self.volumes[:, None]
        return np.divide(sums, volumes, out=np.zeros_like(sums), where=volumes > 0.0)

    def _spread(self, of_nodes: Array) -> Array:
        """Sums over the nodes of the cells around each node."""
        return self._sum(self._around.T @ of_nodes)

    def _sum(self, of_cells: Array) -> Array:
        """Sums over the cells around each node."""
        columns = of_cells.shape[1]
        if columns not in self._work:
            self._work[columns] = la.vector(self._map, columns)
        work = self._work[columns]
        work.array[:] = (self._around @ of_cells).ravel()
        work.scatter_reverse(la.InsertMode.add)
        work.scatter_forward()
        return work.array.reshape(-1, columns).copy()


class Fit:
    """A linear function fitted at each node to what lies around.

    Args:
        moments: Of 1, x, y(, z) with each other.
        points: The nodes.
        least: Spread in one direction over the largest, up to which it tells no slope.

    Attributes:
        weights: What the moments of a function with 1, x, y(, z) are multiplied by, for the value
            of its fit at the node.
        distance: Of the node from the middle of what lies around, over its spread in the direction
            in which this is largest; infinite where no function is fixed.
    """

    def __init__(self, moments: Array, points: Array, least: float = _ROUND):
        size = moments[:, 0, 0]
        here = np.flatnonzero(size > 0.0)
        scaled, size = moments[here] / size[here, None, None], size[here, None]
        middle = scaled[:, 0, 1:]
        spread, axes = np.linalg.eigh(scaled[:, 1:, 1:] - middle[:, :, None] * middle[:, None, :])
        known = spread > least * spread[:, -1:]
        offset = np.einsum("nij,ni->nj", axes, points[here] - middle)
        slope = np.divide(offset, spread, out=np.zeros_like(offset), where=known)
        far = np.where(known, np.abs(offset) / np.sqrt(np.where(known, spread, 1.0)), np.inf)
        slope = np.einsum("nij,nj->ni", axes, slope)
        constant = 1.0 - np.einsum("ni,ni->n", slope, middle)
        self.weights = np.zeros(moments.shape[:2])
        self.weights[here] = np.column_stack((constant, slope)) / size
        self.distance = np.full(len(points), np.inf)
        self.distance[here] = far.max(axis=1)


def _linear(places: Array) -> Array:
    """The values of 1, x, y(, z)."""
    return np.column_stack((np.ones(len(places)), places))


def _products(places: Array) -> Array:
    """The products of 1, x, y(, z) with each other, one row for each place."""
    values = _linear(places)
    return (values[:, :, None] * values[:, None, :]).reshape(-1, values.shape[1] ** 2)
