"""Gmsh: particles in a layer beside a separator, as a graded simplex mesh."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import gmsh
import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.packing import Packing

MATRIX, SEPARATOR = -1, -2
"""Regions of cells that belong to no particle."""

SIMPLEX = {2: 2, 3: 4}
"""Gmsh's element type of the linear simplex of each dimension."""


@dataclass(frozen=True)
class Sizes:
    """Wanted edge lengths in um.

    Attributes:
        interface: At particle surfaces.
        largest: Far from them.
        growth: Growth of the size per distance from the nearest particle surface.
        cells_across_gap: Cells that fit between two particles, where that needs a finer size.
        smallest_gap: Below this width a gap is not refined further, um.
    """

    interface: float
    largest: float
    growth: float
    cells_across_gap: float
    smallest_gap: float


class SizeField:
    """Wanted size at a point, from the distances to the two nearest particle surfaces."""

    def __init__(self, packing: Packing, sizes: Sizes):
        self._centres = tuple(np.ascontiguousarray(packing.centres.T))
        self._radii = packing.radii
        self._sides = packing.lengths[1:]
        self._sizes = sizes

    def __call__(self, point: tuple[float, ...]) -> float:
        """Size at a point, shape (dim,), um."""
        sizes = self._sizes
        square = np.square(self._centres[0] - point[0])
        for centre, x in zip(self._centres[1:], point[1:], strict=True):
            square += np.square(centre - x)
        distance = np.sqrt(square) - self._radii
        nearest = distance.argmin()
        first = float(distance[nearest])
        distance[nearest] = np.inf
        others = [float(distance.min())]
        others += [min(x, side - x) for x, side in zip(point[1:], self._sides, strict=True)]
        gap = max(first + min(others), sizes.smallest_gap)
        fine = min(sizes.interface, gap / sizes.cells_across_gap)
        return min(fine + sizes.growth * abs(first), sizes.largest)


@contextmanager
def _session() -> Iterator[None]:
    """Gmsh, quiet, alone in its process and with nothing left to chance."""
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for name, value in {
            "General.Terminal": 0,
            "General.NumThreads": 1,
            "Mesh.RandomSeed": 1,
            "Mesh.Algorithm": 6,
            "Mesh.Algorithm3D": 1,
            "Mesh.MeshSizeExtendFromBoundary": 0,
            "Mesh.MeshSizeFromPoints": 0,
            "Mesh.MeshSizeFromCurvature": 0,
            "Mesh.OptimizeThreshold": 0.4,
        }.items():
            gmsh.option.setNumber(name, value)
        gmsh.model.add("microstructure")
        yield
    finally:
        gmsh.finalize()


def mesh_packing(
    packing: Packing, separator_thickness: float, sizes: Sizes
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Mesh a packing with the separator before it, at -separator_thickness <= x <= 0.

    Returns:
        Points, shape (n, dim), cells, shape (m, dim + 1), and the region of each cell, shape (m,):
        the number of its particle, `MATRIX` or `SEPARATOR`.
    """
    with _session():
        regions = _geometry(packing, separator_thickness)
        wanted, dim = SizeField(packing, sizes), packing.dim
        gmsh.model.mesh.setSizeCallback(
            lambda _dim, _tag, x, y, z, _size: wanted((x, y) if dim == 2 else (x, y, z))
        )
        gmsh.model.mesh.generate(dim)
        return _arrays(dim, regions)


def _geometry(packing: Packing, separator_thickness: float) -> dict[int, int]:
    """Build the conforming geometry; return the region of each entity of full dimension."""
    occ, dim = gmsh.model.occ, packing.dim
    layer = (dim, _box(np.zeros(dim), packing.lengths))
    separator_lengths = np.array([separator_thickness, *packing.lengths[1:]])
    corner = np.array([-separator_thickness, *np.zeros(dim - 1)])
    separator = (dim, _box(corner, separator_lengths))
    balls = [(dim, _ball(c, r)) for c, r in zip(packing.centres, packing.radii, strict=True)]
    _, (in_layer, in_separator, *in_balls) = occ.fragment([layer], [separator, *balls])
    regions = dict.fromkeys((tag for _, tag in in_layer), MATRIX)
    regions |= dict.fromkeys((tag for _, tag in in_separator), SEPARATOR)
    for particle, pieces in enumerate(in_balls):
        regions |= {tag: particle for _, tag in pieces if tag in regions}
    caps = {piece for pieces in in_balls for piece in pieces if piece[1] not in regions}
    occ.remove(sorted(caps), recursive=True)
    occ.synchronize()
    return regions


def _box(corner: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64]) -> int:
    if len(corner) == 2:
        return gmsh.model.occ.addRectangle(*corner, 0.0, *lengths)
    return gmsh.model.occ.addBox(*corner, *lengths)


def _ball(centre: npt.NDArray[np.float64], radius: float) -> int:
    if len(centre) == 2:
        return gmsh.model.occ.addDisk(*centre, 0.0, radius, radius)
    ball = gmsh.model.occ.addSphere(*centre, radius)
    # the poles on the x axis, so that a cut by the collector plane runs along a parallel
    gmsh.model.occ.rotate([(3, ball)], *centre, 0.0, 1.0, 0.0, np.pi / 2)
    return ball


def _arrays(
    dim: int, regions: dict[int, int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The mesh as arrays, without the points that no cell uses."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    cells, region = [], []
    for _, entity in gmsh.model.getEntities(dim):
        _, nodes = gmsh.model.mesh.getElementsByType(SIMPLEX[dim], entity)
        cells.append(np.asarray(nodes, dtype=np.int64).reshape(-1, dim + 1))
        region.append(np.full(len(cells[-1]), regions[entity], dtype=np.int64))
    used, compact = np.unique(np.concatenate(cells), return_inverse=True)
    row = np.empty(int(tags.max()) + 1, dtype=np.int64)
    row[tags] = np.arange(len(tags))
    points = coordinates.reshape(-1, 3)[row[used], :dim]
    return points, compact.reshape(-1, dim + 1), np.concatenate(region)
