"""Gmsh: from a geometry and wanted edge lengths to a simplex mesh as plain arrays."""

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.mesh.facets import MeshingError
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SIMPLEX = {2: 2, 3: 4}
"""Gmsh's element type of the linear simplex of each dimension."""


LARGEST_GRID = 50_000_000
"""Points of the grid that holds the wanted sizes."""


@dataclass(frozen=True)
class SizeGrid:
    """Wanted edge lengths as a function that is tabulated on a regular grid over a box.

    Gmsh asks for sizes millions of times: a table answers faster than formulas of many surfaces.

    Attributes:
        low: Corner of the box, shape (dim,), um.
        high: The opposite corner.
        step: Largest distance of grid points.
        wanted: Edge lengths, shape (k,), at points, shape (k, dim).
    """

    low: Floats
    high: Floats
    step: float
    wanted: Callable[[Floats], Floats]


def mesh_regions(
    dim: int, build: Callable[[], Mapping[int, int]], sizes: SizeGrid | str
) -> tuple[Floats, Integers, Integers]:
    """Mesh a geometry.

    Args:
        dim: 2 or 3.
        build: Makes the geometry in the current Gmsh model; gives the region of each entity of full
            dimension by its tag.
        sizes: Wanted edge lengths in um, tabulated or as a formula of x, y, z in Gmsh's words.

    Raises:
        MeshingError: Gmsh cannot make it, or not with these sizes.

    Returns:
        Points, shape (n, dim), cells, shape (m, dim + 1), and the region of each cell, shape (m,).
    """
    with _session(dim), TemporaryDirectory() as directory:
        try:
            regions = build()
            if isinstance(sizes, str):
                _follow_formula(sizes)
            else:
                _follow_grid(sizes, Path(directory, "sizes"))
            with _silence():
                gmsh.model.mesh.generate(dim)
        except MeshingError:
            raise
        except Exception as error:
            raise MeshingError(f"Gmsh gave up: {error}") from None
        return _arrays(dim, regions)


def box(corner: Floats, lengths: Floats) -> int:
    """Add a rectangle or box to the model; its tag."""
    if len(corner) == 2:
        return gmsh.model.occ.addRectangle(*corner, 0.0, *lengths)
    return gmsh.model.occ.addBox(*corner, *lengths)


def ball(centre: Floats, radius: float) -> int:
    """Add a disc or sphere to the model; its tag."""
    if len(centre) == 2:
        return gmsh.model.occ.addDisk(*centre, 0.0, radius, radius)
    ball = gmsh.model.occ.addSphere(*centre, radius)
    # the poles on the x axis, so that a cut by the collector plane runs along a parallel
    gmsh.model.occ.rotate([(3, ball)], *centre, 0.0, 1.0, 0.0, np.pi / 2)
    return ball


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


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing reaches standard output: Gmsh's boundary recovery prints past its own settings."""
    libc = ctypes.CDLL(None)
    kept = os.dup(1)
    with Path(os.devnull).open("w") as nowhere:
        libc.fflush(None)
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            libc.fflush(None)
            os.dup2(kept, 1)
            os.close(kept)


def _follow_formula(formula: str) -> None:
    field = gmsh.model.mesh.field.add("MathEval")
    gmsh.model.mesh.field.setString(field, "F", formula)
    gmsh.model.mesh.field.setAsBackgroundMesh(field)


def _follow_grid(sizes: SizeGrid, file: Path) -> None:
    low, high, dim = sizes.low, sizes.high, len(sizes.low)
    counts = np.ceil((high - low) / sizes.step) + 1
    if counts.prod() > LARGEST_GRID:
        raise MeshingError(f"the size {2 * sizes.step:g} um is too fine for the box")
    counts = counts.astype(np.int32)
    steps = (high - low) / (counts - 1)
    flat = [0.0] * (3 - dim)
    grid = np.indices(counts).reshape(dim, -1).T * steps + low
    with file.open("wb") as out:
        np.array([*low, *flat, *steps, *[1.0 for _ in flat]]).tofile(out)
        np.array([*counts, *[1 for _ in flat]], dtype=np.int32).tofile(out)
        sizes.wanted(grid).tofile(out)
    field = gmsh.model.mesh.field.add("Structured")
    gmsh.model.mesh.field.setString(field, "FileName", str(file))
    gmsh.model.mesh.field.setAsBackgroundMesh(field)


def _arrays(dim: int, regions: Mapping[int, int]) -> tuple[Floats, Integers, Integers]:
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
