"""Maps of a plane mesh."""

from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, Normalize, to_rgba

from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import OutputMesh
from ecmcell.report.drawing.raster import Raster
from ecmcell.report.drawing.style import INK, PALE
from ecmcell.report.drawing.view import draw_bar, draw_faint, round_length

_FIELD_PIXELS, _FLOW_PIXELS = 1200, 240  # along the width
_DENSITY = 1.7  # of streamlines along the longer side
_LINES = 30  # for a density of one, as Matplotlib has it


class PlaneView:
    """A triangulated microstructure drawn as it lies."""

    remark = ""

    def __init__(self, mesh: OutputMesh):
        self._mesh = mesh
        plane = mesh.points[:, :2]
        self.measures = sizes(mesh.points, mesh.cells)
        self.facet_measures = sizes(mesh.interface_points, mesh.interface_facets)
        self._low, self._size = plane.min(axis=0), np.ptp(plane, axis=0)
        self.aspect = float(self._size[0] / self._size[1])
        self._merged, self._merged_cells = _merge(plane, mesh.cells)
        self._outlines = self._merged[_phase_edges(self._merged_cells, mesh.cell_phase)]

    def field(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour cells by values on points (n,) or cells (m,); NaN stays grey."""
        raster = self._fine
        if len(values) == len(self._mesh.points):
            pixels = raster.from_points(values, self._mesh.cells)
        else:
            pixels = raster.from_cells(values)
        painted = colours(norm(np.nan_to_num(pixels)))
        painted[np.isnan(pixels)] = to_rgba(PALE)
        self._show(axes, painted)

    def cell_edges(self, axes: Axes) -> None:
        """Faint edges of all cells over a drawn field."""
        draw_faint(axes, self._merged[np.unique(_edges(self._merged_cells), axis=0)])

    def facets(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour interface facets by values, shape (k,); NaN stays plain."""
        shades = np.linspace(0.83, 0.96, len(self._mesh.phase_names))[self._mesh.cell_phase]
        grey = self._fine.from_cells(shades)
        self._show(axes, np.stack([grey, grey, grey, np.ones_like(grey)], axis=-1))
        lines = self._mesh.interface_points[self._mesh.interface_facets][:, :, :2]
        order = np.argsort(np.abs(values))[: np.isfinite(values).sum()]  # the strongest on top
        axes.add_collection(
            LineCollection(
                list(lines[order]),
                array=values[order],
                norm=norm,
                cmap=colours,
                linewidths=1.2,
                capstyle="round",
                rasterized=True,
            )
        )

    def flow(self, axes: Axes, vectors: np.ndarray) -> None:
        """Streamlines of a vector field on cells, shape (m, 3)."""
        carrying = np.nan_to_num(np.linalg.norm(vectors, axis=1)) > 0
        if not carrying.any():
            return
        raster = self._coarse
        smooth = [
            raster.from_points(self._point_means(part, carrying), self._merged_cells)
            for part in vectors[:, :2].T
        ]
        idle = raster.from_cells(carrying.astype(float)) != 1
        u, v = (np.where(idle, np.nan, part) for part in smooth)
        density = (_DENSITY * min(1.0, self.aspect), _DENSITY * min(1.0, 1 / self.aspect))
        # Lines begin half their distance off the edges: those along an edge would lie on it.
        ends = self._low, self._low + self._size
        across = [
            low + (np.arange(count) + 0.5) * (high - low) / count
            for low, high, count in zip(*ends, (int(_LINES * d) for d in density), strict=True)
        ]
        axes.streamplot(
            raster.x,
            raster.y,
            u,
            v,
            color="white",
            linewidth=0.5,
            density=density,
            arrowsize=0.5,
            start_points=np.stack(np.meshgrid(*across), axis=-1).reshape(-1, 2),
        )

    def scale_bar(self, axes: Axes) -> None:
        """A bar of round length below the lower left corner."""
        length = round_length(self._size[0])
        y = (axes.get_ylim()[0] + self._low[1]) / 2
        draw_bar(axes, np.array([[self._low[0], y], [self._low[0] + length, y]]), length)

    @cached_property
    def _fine(self) -> Raster:
        return Raster.of(self._merged, self._merged_cells, _FIELD_PIXELS)

    @cached_property
    def _coarse(self) -> Raster:
        return Raster.of(self._merged, self._merged_cells, _FLOW_PIXELS)

    def _show(self, axes: Axes, painted: np.ndarray) -> None:
        """Put colours (rows, columns, 4) into the axes, clear outside the mesh, with outlines."""
        painted[self._fine.cell < 0] = 0.0
        (x, y), (width, height) = self._low, self._size
        axes.imshow(painted, extent=(x, x + width, y, y + height), origin="lower")
        axes.add_collection(
            LineCollection(list(self._outlines), colors=INK, linewidths=0.35, clip_on=False)
        )
        axes.set_axis_off()
        axes.set_xlim(x, x + width)
        axes.set_ylim(y, y + height)

    def _point_means(self, values: np.ndarray, carrying: np.ndarray) -> np.ndarray:
        """Means over the carrying cells around each merged point, weighted by area."""
        places = self._merged_cells[carrying].ravel()
        weights = np.repeat(self.measures[carrying], 3)
        count = len(self._merged)
        total = np.bincount(places, weights, count)
        summed = np.bincount(places, weights * np.repeat(values[carrying], 3), count)
        return np.divide(summed, total, out=np.zeros(count), where=total > 0)


def _merge(plane: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mesh with one point where several bodies meet."""
    size = np.ptp(plane, axis=0).max()
    _, first, place = np.unique(
        np.round(plane / size, 9), axis=0, return_index=True, return_inverse=True
    )
    return plane[first], place.reshape(-1)[cells]


def _edges(cells: np.ndarray) -> np.ndarray:
    """The three edges of each cell, the lower number first, shape (3 m, 2)."""
    return np.sort(cells[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)


def _phase_edges(cells: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Edges between two phases and on the outside, shape (e, 2)."""
    unique, place = np.unique(_edges(cells), axis=0, return_inverse=True)
    place = place.reshape(-1)
    phases = np.repeat(phase, 3)
    low = np.full(len(unique), phases.max())
    high = np.full(len(unique), phases.min())
    np.minimum.at(low, place, phases)
    np.maximum.at(high, place, phases)
    return unique[(low != high) | (np.bincount(place) == 1)]
