"""Recipe `layered`: flat layers one on another, from the anode at x = 0 to the collector."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import is_flat
from ecmcell.microstructure.mesh.topology import assemble
from ecmcell.microstructure.meshing.roughness import RoughFace, Roughness, roughened
from ecmcell.microstructure.recipes.base import LARGEST_COUNT, Dimension, Extent, Recipe, Table

SLENDEREST = 40.0
"""Ratio of the edges of a box up to which none of its cells is flat."""


class Layer(Table):
    """One layer of a stack between anode and collector.

    Attributes:
        phase: Name of the phase of the layer in the case.
        thickness: Thickness of the layer.
        size: Maximum edge length of the cells along x.
        roughness: Roughness of the face of the layer towards the anode; the opposite faces of the
            adjacent layers stay flat.
    """

    phase: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
    thickness: Extent
    size: Extent
    roughness: Roughness | None = None


class Lane(Table):
    """A straight strip across the layers, a phase of its own with fine cells; in 2D only.

    Attributes:
        phase: Name of the phase of the strip in the case.
        middle: Position of the middle of the strip along the layers.
        width: Width of the strip.
        size: Maximum edge length of the cells in the strip along the layers; from there cells grow
            to the `size` of the recipe.
        growth: Ratio, less one, by which a cell may be larger than the adjacent one.
        depth: Depth of the strip from the anode; through all layers if not given.
    """

    phase: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
    middle: Extent
    width: Extent
    size: Extent
    growth: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.2
    depth: Extent | None = None


class Layered(Recipe):
    """Keys of a recipe file that starts with `recipe = "layered"`.

    Attributes:
        dimension: Dimension of the mesh: 2 or 3.
        width: Width of the section; in 3D also the depth.
        size: Maximum edge length of the cells along the layers.
        layers: Layers from the anode to the collector, each layer one grain.
        lane: Strip of fine cells across the layers, for example where a crack is to run; none if
            not given.
    """

    recipe: Literal["layered"]
    dimension: Dimension
    width: Extent
    size: Extent
    layers: Annotated[list[Layer], Field(min_length=1)]
    lane: Lane | None = None

    @property
    def at_anode(self) -> str:
        """The phase of the first layer."""
        return self.layers[0].phase

    def build(self, seed: int) -> MeshData:
        """Mesh the stack by regular columns; chance has a part in random roughness only."""
        counts = [_count(layer.thickness, layer.size) for layer in self.layers]
        across = self._across()
        if sum(counts) * (len(across) - 1) ** (self.dimension - 1) > LARGEST_COUNT:
            raise Fault("the cells are too many to mesh", "Give larger sizes.", ["size"])
        ends = np.cumsum([0.0, *[layer.thickness for layer in self.layers]])
        parts = [np.linspace(ends[k], ends[k + 1], n + 1)[1:] for k, n in enumerate(counts)]
        axes = [np.concatenate([[0.0], *parts])] + [across] * (self.dimension - 1)
        points, cells, column = _simplices(axes)
        if is_flat(points, cells):
            raise self._flat(np.diff(axes[0]), np.diff(axes[1]))
        region = np.repeat(np.arange(len(counts)), counts)[column]
        phases = {k: layer.phase for k, layer in enumerate(self.layers)}
        if self.lane is not None:
            middles = points[cells].mean(axis=1)
            inside = np.abs(middles[:, 1] - self.lane.middle) < 0.5 * self.lane.width
            inside &= middles[:, 0] < (self.lane.depth or np.inf)
            region = np.where(inside, len(phases), region)
            phases[len(phases)] = self.lane.phase
        mesh = assemble(points, cells, region, phases)
        mesh.statistics["Thickness [um]"] = float(ends[-1])
        return roughened(mesh, self._rough(ends), seed)

    def _flat(self, along: npt.NDArray[np.float64], across: npt.NDArray[np.float64]) -> Fault:
        """What is wrong with boxes of these edges whose cells are flat, and what would do."""
        thin, narrow = along.min(), across.min()
        if across.max() / thin >= along.max() / narrow:
            given = f"cells {thin:.3g} um thick and {across.max():.3g} um wide are flat"
            remedy = f"Give at most {SLENDEREST * thin:.3g} um, and a width that is some of them."
            return Fault(given, remedy, ["size"])
        layer = int(np.argmax([x.thickness / _count(x.thickness, x.size) for x in self.layers]))
        given = f"cells {along.max():.3g} um thick and {narrow:.3g} um wide are flat"
        remedy = f"Give at most {SLENDEREST * narrow:.3g} um."
        return Fault(given, remedy, ["layers", layer, "size"])

    def _rough(self, ends: npt.NDArray[np.float64]) -> Iterator[RoughFace]:
        """The faces that are not flat."""
        for k, layer in enumerate(self.layers):
            if layer.roughness is not None:
                fixed = float(ends[max(k - 1, 0)]), float(ends[k + 1])
                key: tuple[str | int, ...] = ("layers", k, "roughness")
                yield RoughFace(layer.roughness, float(ends[k]), fixed, key)

    def _across(self) -> npt.NDArray[np.float64]:
        """Coordinates of the grid planes along the layers."""
        lane = self.lane
        if lane is None:
            count = _count(self.width, self.size)
            return np.asarray(np.linspace(0.0, self.width, count + 1), dtype=np.float64)
        low, high = lane.middle - 0.5 * lane.width, lane.middle + 0.5 * lane.width
        if low < 0.0 or high > self.width:
            remedy = f"It must lie within the width of {self.width:g} um."
            raise Fault("the lane leaves the section", remedy, ["lane", "width"])
        if self.dimension == 3:
            raise Fault("given in three dimensions", "Leave it out.", ["lane"])
        count = _count(lane.width, lane.size)
        within = np.linspace(low, high, count + 1)
        first = lane.width / count
        below = low - _graded(low, first, lane.growth, self.size)[::-1]
        above = high + _graded(self.width - high, first, lane.growth, self.size)
        return np.concatenate([below[:-1], within, above[1:]])


def _graded(length: float, first: float, growth: float, largest: float) -> npt.NDArray[np.float64]:
    """From 0 to a length in steps that grow from the first to the largest at most."""
    steps = [0.0]
    while sum(steps) < length:
        steps.append(min(max(steps[-1], first) * (1.0 + growth), largest))
    ends = np.cumsum(np.array(steps, dtype=np.float64))
    return ends * (length / ends[-1] if length > 0.0 else 1.0)


def _count(length: float, size: float) -> int:
    """Cells of at most this size along a length."""
    return int(np.ceil(length / size - 1e-9))


def _simplices(
    axes: list[npt.NDArray[np.float64]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Points, cells and slab along x of each cell.

    Every box is cut from its middle and, in 3D, the middles of its faces: 4 triangles or 24
    tetrahedra. The mesh is its own mirror image in every box: a flat problem keeps a flat solution.
    """
    dim = len(axes)
    fine = [np.insert(a, np.arange(1, len(a)), 0.5 * (a[1:] + a[:-1])) for a in axes]
    shape = [len(axis) for axis in fine]
    points = np.stack(np.meshgrid(*fine, indexing="ij"), axis=-1).reshape(-1, dim)
    middle = 2 * np.indices([len(axis) - 1 for axis in axes]).reshape(dim, -1) + 1
    cells = []
    for corners in _corner_paths(dim):
        vertices = [np.ravel_multi_index(tuple(middle + c[:, None]), shape) for c in corners]
        cells.append(np.stack(vertices, axis=1))
    used, joined = np.unique(np.concatenate(cells), return_inverse=True)
    return points[used], joined.reshape(-1, dim + 1), np.tile(middle[0] // 2, len(cells))


def _corner_paths(dim: int) -> list[npt.NDArray[np.int64]]:
    """Vertices of each simplex of a box, counted in half edges from its middle."""
    unit = np.eye(dim, dtype=np.int64)
    paths = []
    for axis, sign in product(range(dim), (-1, 1)):
        face = sign * unit[axis]
        others = [unit[i] for i in range(dim) if i != axis]
        if dim == 2:
            paths.append(np.array([0 * face, face - others[0], face + others[0]]))
            continue
        around = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        ring = [face + a * others[0] + b * others[1] for a, b in around]
        paths += [np.array([0 * face, face, ring[k], ring[(k + 1) % 4]]) for k in range(4)]
    return paths
