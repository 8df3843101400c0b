"""Recipe `layered`: flat layers one on another, from the anode at x = 0 to the collector."""

from itertools import product
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from ecmcell.case.reading import Fault
from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.recipes.base import LARGEST_COUNT, Dimension, Extent, Recipe, Table
from ecmcell.microstructure.topology import assemble


class Layer(Table):
    """One layer; its phase is what the case calls it, `size` the largest cell along x."""

    phase: Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
    thickness: Extent
    size: Extent


class Layered(Recipe):
    """Keys of a recipe file that starts with `recipe = "layered"`.

    Attributes:
        dimension: 2 or 3.
        width: Width of the section; in 3D also its depth.
        size: Largest cell along the layers.
        layers: From the anode to the collector. Each becomes a grain.
    """

    recipe: Literal["layered"]
    dimension: Dimension
    width: Extent
    size: Extent
    layers: Annotated[list[Layer], Field(min_length=1)]

    def build(self, seed: int) -> MeshData:
        """Mesh the stack by regular columns; chance has no part in it."""
        counts = [_count(layer.thickness, layer.size) for layer in self.layers]
        aside = _count(self.width, self.size)
        if sum(counts) * aside ** (self.dimension - 1) > LARGEST_COUNT:
            raise Fault("the cells are too many to mesh", "Give larger sizes.", ["size"])
        ends = np.cumsum([0.0, *[layer.thickness for layer in self.layers]])
        parts = [np.linspace(ends[k], ends[k + 1], n + 1)[1:] for k, n in enumerate(counts)]
        across = np.linspace(0.0, self.width, aside + 1)
        axes = [np.concatenate([[0.0], *parts])] + [across] * (self.dimension - 1)
        points, cells, column = _simplices(axes)
        region = np.repeat(np.arange(len(counts)), counts)[column]
        mesh = assemble(
            points, cells, region, {k: layer.phase for k, layer in enumerate(self.layers)}
        )
        mesh.statistics["Thickness [um]"] = float(ends[-1])
        return mesh


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
