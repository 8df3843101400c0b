"""What a map needs of the microstructure, in a plane or in space."""

from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize


class View(Protocol):
    """Draws fields of one mesh into axes of a figure.

    Attributes:
        aspect: Width over height of a drawing.
        measures: Area (2D) or volume (3D) of every cell, shape (m,).
    """

    aspect: float
    measures: np.ndarray

    def field(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour cells by values on points (n,) or cells (m,); NaN stays grey."""

    def facets(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour interface facets by values, shape (k,)."""

    def flow(self, axes: Axes, vectors: np.ndarray) -> None:
        """Lines along a vector field on cells, shape (m, 3), over a drawn field."""

    def scale_bar(self, axes: Axes) -> None:
        """A bar of round length."""


def round_length(extent: float) -> float:
    """A length of 1, 2 or 5 times a power of ten, about a quarter of the extent."""
    wanted = extent / 4
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(max(step for step in (1, 2, 5) if step * power <= wanted) * power)


def simplex_measures(points: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Area of triangles or volume of tetrahedra, shape (m,)."""
    edges = points[cells[:, 1:]] - points[cells[:, :1]]
    if cells.shape[1] == 3:
        return np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1) / 2
    return np.abs(np.linalg.det(edges)) / 6
