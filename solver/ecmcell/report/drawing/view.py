"""What a map needs of the microstructure, in a plane or in space."""

from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, Normalize

from ecmcell.report.drawing.style import INK


class View(Protocol):
    """Draws fields of one mesh into axes of a figure.

    Attributes:
        aspect: Width over height of a drawing.
        measures: Area (2D) or volume (3D) of every cell, shape (m,).
        facet_measures: Length (2D) or area (3D) of every interface facet, shape (k,).
        remark: What a caption must say of the way it is drawn; may be empty.
    """

    aspect: float
    remark: str
    measures: np.ndarray
    facet_measures: np.ndarray

    def field(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour cells by values on points (n,) or cells (m,); NaN stays grey."""

    def cell_edges(self, axes: Axes) -> None:
        """Faint edges of the cells over a drawn field."""

    def facets(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour interface facets by values, shape (k,); NaN stays plain."""

    def flow(self, axes: Axes, vectors: np.ndarray) -> None:
        """Lines along a vector field on cells, shape (m, 3), over a drawn field."""

    def scale_bar(self, axes: Axes) -> None:
        """A bar of round length."""


def round_length(extent: float) -> float:
    """A length of 1, 2 or 5 times a power of ten, about a quarter of the extent."""
    wanted = extent / 4
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(max(step for step in (1, 2, 5) if step * power <= wanted) * power)


def draw_faint(axes: Axes, lines: np.ndarray) -> None:
    """Lines of cells, shape (e, 2, 2), that leave what is below them to be seen."""
    axes.add_collection(
        LineCollection(list(lines), colors=INK, linewidths=0.12, alpha=0.45, rasterized=True)
    )


def draw_bar(axes: Axes, ends: np.ndarray, length: float) -> None:
    """A scale bar between two points, shape (2, 2), with its length in um beside it."""
    (bar,) = axes.plot(*ends.T, color=INK, linewidth=2, solid_capstyle="butt", clip_on=False)
    text = axes.annotate(
        f"{length:g} µm",
        (ends[1, 0], ends[1, 1]),
        xytext=(3, -1),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
    )
    for part in (bar, text):
        part.set_in_layout(False)  # panels with and without a bar stay alike
