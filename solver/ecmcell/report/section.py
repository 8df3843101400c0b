"""Maps of a plane mesh."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Colormap, Normalize
from matplotlib.tri import LinearTriInterpolator, Triangulation

from ecmcell.output import OutputMesh
from ecmcell.report.style import INK, PALE
from ecmcell.report.view import round_length, simplex_measures

_FLOW_COLUMNS = 160  # points of the regular grid that streamlines are traced on, along the width


class Section:
    """A triangulated microstructure drawn as it lies."""

    def __init__(self, mesh: OutputMesh):
        self._mesh = mesh
        self._plane = mesh.points[:, :2]
        self.measures = simplex_measures(mesh.points, mesh.cells)
        low, high = self._plane.min(axis=0), self._plane.max(axis=0)
        self._low, self._size = low, high - low
        self.aspect = float(self._size[0] / self._size[1])
        self._merged, self._merged_cells = _merge(self._plane, mesh.cells)
        self._outlines = self._merged[_phase_edges(self._merged_cells, mesh.cell_phase)]

    def field(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour cells by values on points (n,) or cells (m,); NaN stays grey."""
        self._ground(axes)
        on_points = len(values) == len(self._plane)
        cell_values = values[self._mesh.cells].mean(axis=1) if on_points else values
        shown = np.isfinite(cell_values)
        if shown.any():
            triangles = Triangulation(*self._plane.T, self._mesh.cells[shown])
            given = np.nan_to_num(values) if on_points else values[shown]
            axes.tripcolor(
                triangles,
                given,
                norm=norm,
                cmap=colours,
                shading="gouraud" if on_points else "flat",
                rasterized=True,
            )
        self._outline(axes)

    def facets(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour interface facets by values, shape (k,)."""
        self._ground(axes)
        self._outline(axes)
        mesh = self._mesh
        lines = mesh.interface_points[mesh.interface_facets][:, :, :2]
        order = np.argsort(np.abs(values))  # the strongest on top
        axes.add_collection(
            LineCollection(
                list(lines[order]),
                array=values[order],
                norm=norm,
                cmap=colours,
                linewidths=1.6,
                capstyle="round",
                rasterized=True,
            )
        )

    def flow(self, axes: Axes, vectors: np.ndarray) -> None:
        """Streamlines of a vector field on cells, shape (m, 3)."""
        strength = np.linalg.norm(vectors, axis=1)
        carrying = np.isfinite(strength) & (strength > 0)
        if not carrying.any():
            return
        x, y, u, v = self._on_grid(vectors, carrying)
        axes.streamplot(
            x, y, u, v, color="white", linewidth=0.5, density=1.1, arrowsize=0.5, zorder=3
        )

    def scale_bar(self, axes: Axes) -> None:
        """A bar of round length below the lower left corner."""
        length = round_length(self._size[0])
        y = self._low[1] - 0.035 * self._size[1]
        axes.plot(
            [self._low[0], self._low[0] + length],
            [y, y],
            color=INK,
            linewidth=2,
            solid_capstyle="butt",
            clip_on=False,
        )
        axes.annotate(
            f"{length:g} µm",
            (self._low[0] + length, y),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )

    def _ground(self, axes: Axes) -> None:
        axes.set_axis_off()
        axes.set_aspect("equal")
        (x, y), (width, height) = self._low, self._size
        axes.set_xlim(x, x + width)
        axes.set_ylim(y - 0.06 * height, y + height)
        corners = self._plane[self._mesh.cells]
        axes.add_collection(
            PolyCollection(list(corners), facecolors=PALE, edgecolors=PALE, rasterized=True)
        )

    def _outline(self, axes: Axes) -> None:
        axes.add_collection(LineCollection(list(self._outlines), colors=INK, linewidths=0.35))

    def _on_grid(self, vectors: np.ndarray, carrying: np.ndarray) -> tuple[np.ndarray, ...]:
        """Means of the vectors at the points, interpolated on a regular grid; NaN elsewhere."""
        cells = self._merged_cells[carrying]
        weights = self.measures[carrying]
        total = np.bincount(cells.ravel(), np.repeat(weights, 3), len(self._merged))
        triangles = Triangulation(*self._merged.T, cells)
        x = np.linspace(self._low[0], self._low[0] + self._size[0], _FLOW_COLUMNS)
        rows = max(2, round(_FLOW_COLUMNS / self.aspect))
        y = np.linspace(self._low[1], self._low[1] + self._size[1], rows)
        grid = np.meshgrid(x, y)
        parts = []
        for part in vectors[carrying, :2].T:
            summed = np.bincount(cells.ravel(), np.repeat(weights * part, 3), len(self._merged))
            mean = np.divide(summed, total, out=np.zeros_like(summed), where=total > 0)
            parts.append(LinearTriInterpolator(triangles, mean)(*grid))
        return x, y, parts[0], parts[1]


def _merge(plane: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mesh with one point where several bodies meet."""
    size = np.ptp(plane, axis=0).max()
    _, first, place = np.unique(
        np.round(plane / size, 9), axis=0, return_index=True, return_inverse=True
    )
    return plane[first], place.reshape(-1)[cells]


def _phase_edges(cells: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Edges between two phases and on the outside, shape (e, 2)."""
    edges = np.sort(cells[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    unique, place = np.unique(edges, axis=0, return_inverse=True)
    place = place.reshape(-1)
    phases = np.repeat(phase, 3)
    low = np.full(len(unique), np.iinfo(np.int64).max)
    high = np.full(len(unique), -1)
    np.minimum.at(low, place, phases)
    np.maximum.at(high, place, phases)
    return unique[(low != high) | (np.bincount(place) == 1)]
