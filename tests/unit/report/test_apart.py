"""Curves that lie on one another carry marks, others do not."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from ecmcell.report.comparison.figures import voltage_overlay
from ecmcell.report.comparison.markers import tell_apart
from ecmcell.report.comparison.page import read_members
from ecmcell.report.drawing.style import BLUE, COLOURS, GREEN, VERMILION
from synthetic_run import CASE, write_series_run


def marked(figure: Figure) -> set[str]:
    """Colours of the curves with marks."""
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    return {mpl.colors.to_hex(line.get_color()) for line in lines if line.get_marker() != "None"}


@pytest.mark.parametrize(
    ("shift", "style", "hidden"),
    [(0.0, "-", {0, 2}), (0.002, "-", {0, 2}), (0.02, "-", set()), (0.0, "--", set())],
)
def test_only_hidden_curves_are_marked(shift: float, style: str, hidden: set[int]) -> None:
    """Sampled otherwise, over half of the range; dashes show what they lie on."""
    figure = Figure()
    axes = figure.add_subplot()
    x, other = np.linspace(0.0, 1.0, 50), np.linspace(0.3, 1.1, 23)
    axes.plot(x, x**2, color=BLUE)
    axes.plot(x, 1.0 - x, color=VERMILION)
    axes.plot(other, other**2 + shift, style, color=GREEN)
    axes.set_ylim(0.0, 1.0)
    marks = tell_apart(figure)
    expected = {(BLUE, VERMILION, GREEN)[k].lower() for k in hidden}
    assert marks.keys() == marked(figure) == expected
    assert len(set(marks.values())) == len(marks)


def test_marks_lie_between_one_another() -> None:
    """Evenly along the curves, however few points these have."""
    figure = Figure()
    axes = figure.add_subplot()
    for colour in COLOURS[:3]:
        axes.plot([0.0, 1.0], [0.0, 1.0], color=colour)
    tell_apart(figure)
    x = [line.get_xdata() for line in axes.get_lines() if line.get_linestyle() == "None"]
    assert len(x) == 3 and min(map(len, x)) >= 5
    assert np.diff(np.sort(np.concatenate(x))) == pytest.approx(x[1][0], rel=1e-6)


def test_too_many_curves_are_not_marked() -> None:
    figure = Figure()
    axes = figure.add_subplot()
    for grey in np.linspace(0.0, 0.9, 20):
        axes.plot([0.0, 1.0], [0.0, 1.0], color=(grey, grey, grey))
    assert tell_apart(figure) == {}
    assert not marked(figure)


def test_runs_that_agree_are_told_apart_in_the_comparison(tmp_path) -> None:
    paths = [tmp_path / name for name in ("one", "same", "other")]
    for path in paths:
        write_series_run(path, CASE, shift=0.3 * (path.name == "other"))
    members, _ = read_members(paths)
    figure = voltage_overlay(members, "").figure
    assert marked(figure) == {members[0].colour.lower(), members[1].colour.lower()}
    shown = [handle.get_marker() for handle in figure.legends[0].legend_handles]
    assert shown[2] == "" and len({*shown}) == 3
