"""Cut views in space: whatever lies before the cut, they are drawn."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from ecmcell.output import OutputMesh
from ecmcell.report.drawing.space import SpaceView
from ecmcell.report.drawing.style import new_figure
from synthetic_run import cube_mesh

LOW_HIGH, COLOURS = Normalize(0.0, 1.0), mpl.colormaps["viridis"]


@pytest.fixture(scope="module", params=[True, False], ids=["before", "behind"])
def lopsided(request: pytest.FixtureRequest) -> OutputMesh:
    """A cube with one phase in a layer wholly before the cut, or wholly behind it."""
    mesh = cube_mesh(6)
    depth = mesh.points[mesh.cells].mean(axis=1)[:, 1]
    low, high = mesh.points[:, 1].min(), mesh.points[:, 1].max()
    near = depth < low + (high - low) / 6 if request.param else depth > high - (high - low) / 6
    phase = np.where(near, 0, 1).astype(mesh.cell_phase.dtype)
    return replace(mesh, cell_phase=phase)


def picture(axes: Axes) -> np.ndarray:
    """Colours of the one picture in the axes, (rows, columns, 3)."""
    (image,) = axes.get_images()
    return np.asarray(image.get_array())[..., :3].astype(int)


def is_coloured(axes: Axes) -> np.bool:
    """Whether anything is drawn in the yellow of the scale's upper end."""
    red, green, blue = np.moveaxis(picture(axes), -1, 0)
    return ((red > 200) & (green > 180) & (blue < 90)).any()


@pytest.mark.parametrize("phase", [0, 1])
def test_a_field_of_one_phase_is_drawn_where_it_is_behind_the_cut(
    lopsided: OutputMesh, phase: int
) -> None:
    view, axes = SpaceView(lopsided), new_figure(3, 3).subplots()
    values = np.where(lopsided.cell_phase == phase, 1.0, np.nan)
    view.field(axes, values, LOW_HIGH, COLOURS)
    view.flow(axes, values[:, None] * [1.0, 0.0, 0.0])
    depth = lopsided.points[lopsided.cells][lopsided.cell_phase == phase][..., 1]
    assert is_coloured(axes) == (depth.max() > view._cut[1])
    view.scale_bar(axes)


def test_fields_and_facets_without_a_value_are_drawn_plain(lopsided: OutputMesh) -> None:
    view = SpaceView(lopsided)
    for drawn, count in (
        (view.field, len(lopsided.cells)),
        (view.facets, len(view.facet_measures)),
    ):
        axes = new_figure(3, 3).subplots()
        drawn(axes, np.full(count, np.nan), LOW_HIGH, COLOURS)
        assert not is_coloured(axes)
        assert np.ptp(picture(axes)) > 0  # pale, not an empty sheet


def test_the_cut_goes_where_interfaces_are_if_none_is_about_the_middle() -> None:
    mesh = cube_mesh(10)
    depth = mesh.interface_points[mesh.interface_facets][..., 1].mean(axis=1)
    front = depth < np.quantile(depth, 0.1)
    few = replace(
        mesh,
        interface_facets=mesh.interface_facets[front],
        interface_pair=mesh.interface_pair[front],
    )
    reach = few.interface_points[few.interface_facets][..., 1]
    assert reach.max() < 0.3 * np.ptp(mesh.points[:, 1])
    assert reach.min() <= SpaceView(few)._cut[1] <= reach.max()


def test_a_mesh_without_interfaces_is_drawn(lopsided: OutputMesh) -> None:
    none = replace(
        lopsided,
        interface_facets=lopsided.interface_facets[:0],
        interface_pair=lopsided.interface_pair[:0],
    )
    view = SpaceView(none)
    axes = new_figure(3, 3).subplots()
    view.field(axes, np.ones(len(none.cells)), LOW_HIGH, COLOURS)
    assert is_coloured(axes)
    view.facets(new_figure(3, 3).subplots(), np.empty(0), LOW_HIGH, COLOURS)
