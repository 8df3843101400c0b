"""Cut views of a mesh in space: surfaces drawn off-screen by VTK, lines by Matplotlib over them."""

import itertools
from typing import Any

import numpy as np
import pyvista as pv
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, Normalize

from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import OutputMesh
from ecmcell.report.drawing.style import INK, PALE
from ecmcell.report.drawing.view import draw_bar, draw_faint, round_length

_PIXELS = 1200  # width of a picture
_TETRAHEDRON, _TRIANGLE = 10, 5  # VTK's numbers
_TO_EYE = np.array([-0.35, -1.0, 0.45]) / np.linalg.norm([-0.35, -1.0, 0.45])
_CUT_MARGINS = (0.3, 0.02)  # of the depth, where no cut is tried
_MARGIN = 0.04  # around the box, as a fraction of its picture
_ARROWS = 22  # along the longer side of the cut


class SpaceView:
    """A tetrahedral microstructure in parallel projection, cut across its depth (y)."""

    def __init__(self, mesh: OutputMesh):
        self._mesh = mesh
        self.measures = sizes(mesh.points, mesh.cells)
        self.facet_measures = sizes(mesh.interface_points, mesh.interface_facets)
        self._box = np.array([mesh.points.min(axis=0), mesh.points.max(axis=0)])
        self._middle = self._box.mean(axis=0)
        depth = richest_depth(mesh, self.facet_measures)
        self._cut = np.array([self._middle[0], depth, self._middle[2]])
        self._rear_box = self._box.copy()
        self._rear_box[0, 1] = depth
        fraction = (depth - self._box[0, 1]) / np.ptp(self._box[:, 1])
        self.remark = f"Parallel projection; the front {100 * fraction:.0f} % are cut away. "
        right = np.cross([0.0, 0.0, 1.0], _TO_EYE)
        right /= np.linalg.norm(right)
        self._screen = np.array([right, np.cross(_TO_EYE, right)])
        corners = self._project(np.array(list(itertools.product(*self._box.T))))
        self._half = np.abs(corners).max(axis=0) * (1 + _MARGIN)
        self.aspect = float(self._half[0] / self._half[1])
        self._grid = _grid(mesh.points, mesh.cells, _TETRAHEDRON)
        self._grid.cell_data["phase"] = mesh.cell_phase

    def field(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour the rear half by values on points (n,) or cells (m,); NaN stays grey."""
        grid = self._grid.copy(deep=False)
        on_points = len(values) == len(self._mesh.points)
        cell_values = values[self._mesh.cells].mean(axis=1) if on_points else values
        data = grid.point_data if on_points else grid.cell_data
        data["value"] = np.nan_to_num(values)
        shown = np.isfinite(cell_values)
        scene = self._scene()
        if shown.any():
            _add_coloured(scene, self._rear(grid.extract_cells(shown)), norm, colours, shaded=False)
        if not shown.all():
            _add(scene, self._rear(grid.extract_cells(~shown)), color=PALE, lighting=False)
        self._finish(axes, scene)
        _draw(axes, self._floor_lines(), "0.75")
        _draw(axes, self._box_lines(self._rear_box), INK)
        self._outline_cut(axes)

    def cell_edges(self, axes: Axes) -> None:
        """Faint edges of what the cut makes of cells, over a drawn field."""
        edges = self._grid.slice(normal="y", origin=self._cut).extract_all_edges()
        if edges.n_lines:
            draw_faint(axes, self._project(edges.points)[edges.lines.reshape(-1, 3)[:, 1:]])

    def facets(self, axes: Axes, values: np.ndarray, norm: Normalize, colours: Colormap) -> None:
        """Colour all interface facets by values, shape (k,); NaN stays plain."""
        surface = _grid(self._mesh.interface_points, self._mesh.interface_facets, _TRIANGLE)
        surface.cell_data["value"] = values
        scene = self._scene()
        _add_coloured(scene, surface, norm, colours, shaded=True)
        self._finish(axes, scene)
        _draw(axes, self._box_lines(self._box), INK)

    def flow(self, axes: Axes, vectors: np.ndarray) -> None:
        """Arrows of one length along a vector field on cells, shape (m, 3), on the cut."""
        low, high = self._box
        step = max(high[0] - low[0], high[2] - low[2]) / _ARROWS
        x, z = np.meshgrid(
            np.arange(low[0] + step / 2, high[0], step), np.arange(low[2] + step / 2, high[2], step)
        )
        places = np.column_stack([x.ravel(), np.full(x.size, self._cut[1]), z.ravel()])
        cells = np.asarray(self._grid.find_containing_cell(places))
        along = np.nan_to_num(vectors[cells]) * [1.0, 0.0, 1.0]
        length = np.linalg.norm(along, axis=1)
        carrying = (cells >= 0) & (length > 0)
        if not carrying.any():
            return
        ends = along[carrying] / length[carrying, None]
        start, arrow = self._project(places[carrying]), ends @ self._screen.T
        axes.quiver(
            *start.T,
            *(0.75 * step * arrow).T,
            angles="xy",
            scale_units="xy",
            scale=1,
            pivot="middle",
            color="white",
            width=0.0035,
            headwidth=4,
        )

    def scale_bar(self, axes: Axes) -> None:
        """A bar of round length along the lower front edge of the box."""
        length = round_length(self._box[1, 0] - self._box[0, 0])
        ends = self._project(self._box[0] + np.array([[0.0, 0.0, 0.0], [length, 0.0, 0.0]]))
        ends[:, 1] -= (ends[0, 1] - axes.get_ylim()[0]) / 2
        draw_bar(axes, ends, length)

    def _project(self, points: np.ndarray) -> np.ndarray:
        """Points in um to the plane of the picture, in um."""
        return (points - self._middle) @ self._screen.T

    def _rear(self, grid: pv.DataSet) -> pv.DataSet:
        return grid.clip(normal="-y", origin=self._cut)

    def _scene(self) -> pv.Plotter:
        height = round(_PIXELS / self.aspect)
        scene = pv.Plotter(off_screen=True, window_size=[_PIXELS, height])
        scene.renderer.set_background("white")
        scene.renderer.enable_anti_aliasing("ssaa")
        scene.renderer.enable_parallel_projection()
        scene.camera.focal_point = self._middle
        scene.camera.position = self._middle + 4 * np.ptp(self._box) * _TO_EYE
        scene.camera.up = (0.0, 0.0, 1.0)
        scene.camera.parallel_scale = self._half[1]
        return scene

    def _finish(self, axes: Axes, scene: pv.Plotter) -> None:
        scene.renderer.reset_camera_clipping_range()
        picture = np.asarray(scene.screenshot(return_img=True))
        scene.close()
        width, height = self._half
        axes.imshow(picture, extent=(-width, width, -height, height), interpolation="antialiased")
        axes.set_axis_off()
        axes.set_xlim(-width, width)
        axes.set_ylim(-height, height)

    def _floor_lines(self) -> np.ndarray:
        """Outline of the floor before the cut, shape (3, 2, 2)."""
        (left, front, bottom), right, rear = self._box[0], self._box[1, 0], self._cut[1]
        corners = np.array([[left, rear], [left, front], [right, front], [right, rear]])
        line = self._project(np.column_stack([corners, np.full(4, bottom)]))
        return np.stack([line[:-1], line[1:]], axis=1)

    def _box_lines(self, box: np.ndarray) -> np.ndarray:
        """Edges of a box (low and high corner) that it does not hide, shape (9, 2, 2)."""
        corners = list(itertools.product((0, 1), repeat=3))
        hidden = tuple(int(component < 0) for component in _TO_EYE)
        edges = [
            pair
            for pair in itertools.combinations(corners, 2)
            if np.abs(np.subtract(*pair)).sum() == 1 and hidden not in pair
        ]
        return self._project(box[np.array(edges), np.arange(3)])

    def _outline_cut(self, axes: Axes) -> None:
        """Edges of the phases on the cut."""
        for phase in np.unique(self._mesh.cell_phase):
            part = self._grid.extract_cells(self._mesh.cell_phase == phase)
            cut = part.slice(normal="y", origin=self._cut)
            edges = cut.extract_feature_edges(
                boundary_edges=True, feature_edges=False, manifold_edges=False
            )
            if edges.n_lines:
                ends = edges.lines.reshape(-1, 3)[:, 1:]
                _draw(axes, self._project(edges.points)[ends], INK)


def richest_depth(mesh: OutputMesh, areas: np.ndarray) -> float:
    """Depth in um where a cut crosses most interface: about the middle, else anywhere.

    Args:
        mesh: A mesh in space.
        areas: Area of each interface facet, shape (k,).
    """
    depths = mesh.interface_points[mesh.interface_facets][:, :, 1]
    low, high = mesh.points[:, 1].min(), mesh.points[:, 1].max()
    for margin in _CUT_MARGINS:
        places = low + np.linspace(margin, 1 - margin, 41) * (high - low)
        places = places[np.argsort(np.abs(places - (low + high) / 2))]  # the middle wins a tie
        crossed = (depths.min(axis=1) <= places[:, None]) & (places[:, None] < depths.max(axis=1))
        richness = np.where(crossed, areas, 0.0).sum(axis=1)
        if richness.any():
            break
    return float(places[np.argmax(richness)])


def _draw(axes: Axes, lines: np.ndarray, colour: str) -> None:
    axes.add_collection(LineCollection(list(lines), colors=colour, linewidths=0.35, clip_on=False))


def _grid(points: np.ndarray, cells: np.ndarray, kind: int) -> pv.UnstructuredGrid:
    sized = np.column_stack([np.full(len(cells), cells.shape[1]), cells]).astype(np.int64)
    return pv.UnstructuredGrid(sized.ravel(), np.full(len(cells), kind, np.uint8), points)


def _add(scene: pv.Plotter, part: pv.DataSet, **drawn: Any) -> None:
    """Add a part unless nothing of it is left behind the cut: PyVista refuses what is empty."""
    if part.n_cells:
        scene.add_mesh(part, **drawn)


def _add_coloured(
    scene: pv.Plotter, part: pv.DataSet, norm: Normalize, colours: Colormap, shaded: bool
) -> None:
    _add(
        scene,
        part,
        scalars="value",
        cmap=colours,
        clim=(norm.vmin or 0.0, norm.vmax or 0.0),
        lighting=shaded,
        ambient=0.35 if shaded else 1.0,
        diffuse=0.65 if shaded else 0.0,
        show_scalar_bar=False,
        nan_color=PALE,
    )
