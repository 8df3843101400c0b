"""Gmsh: particles in a layer beside a separator, as a graded simplex mesh."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import gmsh
import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.packing import Packing
from ecmcell.microstructure.topology import MeshingError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

MATRIX, SEPARATOR = -1, -2
"""Regions of cells that belong to no particle."""

SIMPLEX = {2: 2, 3: 4}
"""Gmsh's element type of the linear simplex of each dimension."""


LARGEST_GRID = 50_000_000
"""Points of the grid that holds the wanted sizes."""


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


def wanted_size(packing: Packing, sizes: Sizes, points: Floats) -> Floats:
    """Wanted size at points, shape (k, dim), from the two nearest surfaces, shape (k,)."""
    first = np.full(len(points), np.inf)
    second = np.minimum(points[:, 1:], packing.lengths[1:] - points[:, 1:]).min(axis=1)
    for centre, radius in zip(packing.centres, packing.radii, strict=True):
        distance = np.sqrt(((points - centre) ** 2).sum(axis=1)) - radius
        second = np.minimum(second, np.maximum(first, distance))
        first = np.minimum(first, distance)
    gap = np.maximum(first + second, sizes.smallest_gap)
    fine = np.minimum(sizes.interface, gap / sizes.cells_across_gap)
    return np.minimum(fine + sizes.growth * np.abs(first), sizes.largest)


@contextmanager
def _session(dim: int) -> Iterator[None]:
    """Gmsh, quiet, alone in its process and with nothing left to chance."""
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for name, value in {
            "General.Terminal": 0,
            "General.NumThreads": 1,
            "Mesh.RandomSeed": 1,
            "Mesh.Algorithm": 6 if dim == 2 else 1,  # MeshAdapt is best at the poles of spheres
            "Mesh.Algorithm3D": 10,
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
) -> tuple[Floats, Integers, Integers]:
    """Mesh a packing with the separator before it, at -separator_thickness <= x <= 0.

    Raises:
        MeshingError: Gmsh cannot make it, or not with these sizes.

    Returns:
        Points, shape (n, dim), cells, shape (m, dim + 1), and the region of each cell, shape (m,):
        the number of its particle, `MATRIX` or `SEPARATOR`.
    """
    with _session(packing.dim), TemporaryDirectory() as directory:
        regions = _geometry(packing, separator_thickness)
        _set_sizes(packing, separator_thickness, sizes, Path(directory, "sizes"))
        try:
            gmsh.model.mesh.generate(packing.dim)
        except Exception as error:  # noqa: BLE001 - Gmsh has no class of its own
            raise MeshingError(f"Gmsh gave up: {error}") from None
        return _arrays(packing.dim, regions)


def _set_sizes(packing: Packing, separator_thickness: float, sizes: Sizes, file: Path) -> None:
    """Give Gmsh the wanted sizes on a regular grid, which it asks millions of times."""
    low = np.array([-separator_thickness, *np.zeros(packing.dim - 1)])
    counts = np.ceil((packing.lengths - low) / (sizes.interface / 2)) + 1
    if counts.prod() > LARGEST_GRID:
        raise MeshingError(f"the interface size {sizes.interface:g} um is too fine for the box")
    counts = counts.astype(np.int32)
    steps = (packing.lengths - low) / (counts - 1)
    flat = [0.0] * (3 - packing.dim)
    grid = np.indices(counts).reshape(packing.dim, -1).T * steps + low
    with file.open("wb") as out:
        np.array([*low, *flat, *steps, *[1.0 for _ in flat]]).tofile(out)
        np.array([*counts, *[1 for _ in flat]], dtype=np.int32).tofile(out)
        wanted_size(packing, sizes, grid).tofile(out)
    field = gmsh.model.mesh.field.add("Structured")
    gmsh.model.mesh.field.setString(field, "FileName", str(file))
    gmsh.model.mesh.field.setAsBackgroundMesh(field)


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


def _box(corner: Floats, lengths: Floats) -> int:
    if len(corner) == 2:
        return gmsh.model.occ.addRectangle(*corner, 0.0, *lengths)
    return gmsh.model.occ.addBox(*corner, *lengths)


def _ball(centre: Floats, radius: float) -> int:
    if len(centre) == 2:
        return gmsh.model.occ.addDisk(*centre, 0.0, radius, radius)
    ball = gmsh.model.occ.addSphere(*centre, radius)
    # the poles on the x axis, so that a cut by the collector plane runs along a parallel
    gmsh.model.occ.rotate([(3, ball)], *centre, 0.0, 1.0, 0.0, np.pi / 2)
    return ball


def _arrays(dim: int, regions: dict[int, int]) -> tuple[Floats, Integers, Integers]:
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
