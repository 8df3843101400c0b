"""Recipe `layered`: flat layers one on another, from the anode at x = 0 to the collector."""

from itertools import permutations
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
    """Points, cells and slab along x of each cell: boxes cut into simplices (Kuhn)."""
    shape = [len(axis) for axis in axes]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    corner = np.indices([n - 1 for n in shape]).reshape(len(axes), -1)
    steps = np.eye(len(axes), dtype=np.int64)
    cells = []
    for order in permutations(range(len(axes))):
        path = np.cumsum([np.zeros(len(axes), dtype=np.int64), *steps[list(order)]], axis=0)
        vertices = [np.ravel_multi_index(tuple(corner + at[:, None]), shape) for at in path]
        cells.append(np.stack(vertices, axis=1))
    return points, np.concatenate(cells), np.tile(corner[0], len(cells))
