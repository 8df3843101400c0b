"""Figures of responses: a curve over one factor, a surface over two, scatter over more."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.tri import Triangulation

from ecmcell.report.comparison.figures import colours
from ecmcell.report.drawing.style import BLUE, COLUMN, INK, MM, PAGE, Plate, new_figure
from ecmcell.report.study.content import Axis, StudyContent
from ecmcell.report.study.labels import factor_labels, response_label, wrapped

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = 3  # of small figures
_SIDE = 50 * MM
_MOST_TICKS = 8  # along a field of colour
_EDGES = 60  # fields up to which their edges are drawn
_MOST_GROUPS = 12  # in a legend
_MOST_AXES = 6  # in a row of scatter
_MOST_NAMES = 10  # of choices below an axis


def response_plate(content: StudyContent) -> Plate | None:
    """How the responses depend on what was varied; None if there is nothing to show."""
    if not content.responses or not len(content.points) or not content.axes:
        return None
    numeric = [axis for axis in content.axes if axis.is_number]
    named = [axis for axis in content.axes if not axis.is_number]
    groups = _groups(content, named)
    if len(numeric) == 1 and len(groups) <= _MOST_GROUPS:
        return _curves(content, numeric[0], named, groups)
    if len(numeric) == 2 and not named:
        return _surfaces(content, numeric)
    return _scatter(content, list(content.axes)[:_MOST_AXES])


def _curves(
    content: StudyContent, axis: Axis, named: Sequence[Axis], groups: Sequence[tuple]
) -> Plate:
    """A curve over the only factor with numbers, one for each combination of the others."""
    labels = _labels(content)
    height = _SIDE + (8 * MM if named else 0.0)
    figure, frames = _small_figures(len(content.responses), height)
    tints = colours(len(groups))
    for frame, response in zip(frames, content.responses, strict=True):
        for group, tint in zip(groups, tints, strict=True):
            points = _of_group(content, named, group).sort_values(axis.column)
            spread = points[response + content.spread] if content.spread else None
            style = "o" if axis.is_drawn else "o-"
            frame.errorbar(
                points[axis.column], points[response], spread, fmt=style, color=tint, capsize=2
            )
        _scale(frame, axis, content)
        frame.set(xlabel=wrapped(labels[axis.column]), ylabel=wrapped(response_label(response)))
        _mark_failed(frame, content, axis)
    if named:
        lines = [
            Line2D([], [], color=tint, marker="o", label=", ".join(map(str, group)))
            for group, tint in zip(groups, tints, strict=True)
        ]
        figure.legend(handles=lines, loc="outside upper center", ncols=3)
    return Plate("responses", "Responses", _caption(content, "Each response over "), figure)


def _surfaces(content: StudyContent, axes: Sequence[Axis]) -> Plate:
    """A map over two factors: fields of a grid, or a surface through points."""
    figure, frames = _small_figures(len(content.responses), _SIDE)
    labels = _labels(content)
    draw = _surface if any(axis.is_drawn for axis in axes) else _fields
    for frame, response in zip(frames, content.responses, strict=True):
        points = content.points.dropna(subset=[response])
        values = [points[axis.column].to_numpy(float) for axis in axes]
        if len(points):
            shown = draw(frame, axes, values, points[response].to_numpy(float))
            figure.colorbar(shown, ax=frame)
        frame.set(xlabel=wrapped(labels[axes[0].column]), ylabel=wrapped(labels[axes[1].column]))
        frame.set_title(wrapped(response_label(response), 30))
    return Plate("responses", "Responses", _caption(content, "Each response over "), figure)


def _surface(
    frame: Axes, axes: Sequence[Axis], values: Sequence[np.ndarray], response: np.ndarray
) -> ScalarMappable:
    """Contours through points, where these span a plane, and the points themselves."""
    x, y = values
    flat = [np.log(v) if a.is_log else v for a, v in zip(axes, values, strict=True)]
    extents = [float(np.ptp(v)) for v in flat]
    if len(response) > 3 and min(*extents, float(np.ptp(response))) > 0.0:
        even = Triangulation(*((v - v.min()) / e for v, e in zip(flat, extents, strict=True)))
        frame.tricontourf(Triangulation(x, y, even.triangles), response, levels=12, alpha=0.8)
    for axis, scale in zip(axes, (frame.set_xscale, frame.set_yscale), strict=True):
        if axis.is_log:
            scale("log")
    return frame.scatter(x, y, c=response, s=8, edgecolors="white", linewidths=0.3)


def _fields(
    frame: Axes, axes: Sequence[Axis], values: Sequence[np.ndarray], response: np.ndarray
) -> ScalarMappable:
    """A field of colour for each pair of values, empty where no run is done."""
    across, along = (np.unique(v) for v in values)
    colour = np.full((len(along), len(across)), np.nan)
    colour[np.searchsorted(along, values[1]), np.searchsorted(across, values[0])] = response
    width = 0.5 if colour.size <= _EDGES else 0.0
    shown = frame.pcolormesh(colour, edgecolors="white", linewidth=width)
    frame.set_xticks(*_some_ticks(across), rotation=45)
    frame.set_yticks(*_some_ticks(along))
    return shown


def _some_ticks(values: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Middles of fields and their values, of as many as there is room for."""
    every = -(-len(values) // _MOST_TICKS)
    return np.arange(len(values))[::every] + 0.5, [f"{value:.4g}" for value in values[::every]]


def _scatter(content: StudyContent, axes: Sequence[Axis]) -> Plate:
    """A row of scatter for each response, an axis for each factor."""
    rows, columns = len(content.responses), len(axes)
    labels = _labels(content)
    figure = new_figure(PAGE, (34 * rows + 10) * MM)
    frames = figure.subplots(rows, columns, squeeze=False, sharex="col", sharey="row")
    for row, response in zip(frames, content.responses, strict=True):
        for frame, axis in zip(row, axes, strict=True):
            places = _places(content, axis, content.points)
            frame.plot(places, content.points[response], "o", color=BLUE, markersize=1.8, alpha=0.6)
        row[0].set_ylabel(wrapped(response_label(response), 18))
    for frame, axis in zip(frames[-1], axes, strict=True):
        _scale(frame, axis, content)
        _mark_failed(frame, content, axis)
        frame.set_xlabel(wrapped(labels[axis.column], 90 // columns))
    left = len(content.axes) - columns
    more = f"The first {columns} of {len(content.axes)} factors. " if left else ""
    return Plate(
        "responses", "Responses", _caption(content, f"{more}Each response over each of "), figure
    )


def _places(content: StudyContent, axis: Axis, runs: "pd.DataFrame") -> np.ndarray:
    """Values of a factor; numbers of choices, from 0, in the order of the study."""
    values = runs[axis.column]
    if axis.is_number:
        return np.asarray(values.to_numpy(float))
    names = list(dict.fromkeys(content.runs[axis.column]))
    return np.array([names.index(value) for value in values], dtype=float)


def _scale(frame: Axes, axis: Axis, content: StudyContent) -> None:
    if not axis.is_number:
        names = list(dict.fromkeys(content.runs[axis.column]))
        if len(names) <= _MOST_NAMES:
            frame.set_xticks(range(len(names)), names, rotation=90)
        frame.set_xlim(-0.5, len(names) - 0.5)
    elif axis.is_log:
        frame.set_xscale("log")


def _groups(content: StudyContent, named: Sequence[Axis]) -> list[tuple]:
    """The combinations of named choices that there are, in order."""
    columns = [content.points[axis.column] for axis in named]
    return list(dict.fromkeys(zip(*columns, strict=True))) if named else [()]


def _of_group(content: StudyContent, named: Sequence[Axis], group: tuple) -> "pd.DataFrame":
    points = content.points
    for axis, name in zip(named, group, strict=True):
        points = points[points[axis.column] == name]
    return points


def _small_figures(count: int, height: float) -> tuple[Figure, list[Axes]]:
    columns = min(count, _COLUMNS)
    rows = -(-count // columns)
    figure = new_figure(PAGE if columns > 1 else COLUMN, rows * height)
    return figure, [figure.add_subplot(rows, columns, k + 1) for k in range(count)]


def _labels(content: StudyContent) -> dict[str, str]:
    return factor_labels([axis.column for axis in content.axes])


def _mark_failed(frame: Axes, content: StudyContent, axis: Axis) -> None:
    """A cross on the axis wherever a run failed."""
    failed = content.runs[content.runs["status"] == "failed"]
    if len(failed):
        foot = frame.get_xaxis_transform()
        places = _places(content, axis, failed)
        frame.plot(places, [0.0] * len(places), "x", color=INK, transform=foot, clip_on=False)


def _caption(content: StudyContent, text: str) -> str:
    what = "what was varied, of the runs that are done"
    spread = "; means over replicas, bars of one standard deviation" if content.spread else ""
    failed = (content.runs["status"] == "failed").any()
    crosses = " Crosses on an axis, or empty fields, stand for runs that failed." if failed else ""
    return f"{text}{what}{spread}.{crosses}"
