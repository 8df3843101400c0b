"""Curves that lie on one another: marks tell them apart where colours cannot."""

from collections.abc import Iterable
from itertools import combinations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

_MARKS = "os^Dv<>P"
_SIZE = 3.5  # points
_NEAR = 0.005  # of the height of the axes: about the width of a line
_FRACTION = 0.5  # of the shorter curve that lies on the other for it to be hidden
_SPACING = 0.16  # of marks along a curve, in a square that the axes fill
_POINTS = 101


def tell_apart(figure: Figure) -> dict[str, str]:
    """Put marks on the curves of every colour that lie on those of another.

    Returns:
        The marks by colour, for a legend; empty where nothing is hidden, or too much.
    """
    by_axes = [_by_colour(axes) for axes in figure.axes]
    colours = list(dict.fromkeys(colour for lines in by_axes for colour in lines))
    hidden = {
        colour
        for axes, lines in zip(figure.axes, by_axes, strict=True)
        for pair in combinations(lines, 2)
        if _coincide(axes, *(lines[c] for c in pair))
        for colour in pair
    }
    told = [colour for colour in colours if colour in hidden]
    if len(told) > len(_MARKS):  # too many to be told apart by name
        return {}
    marks = {colour: _MARKS[k] for k, colour in enumerate(told)}
    for axes, lines in zip(figure.axes, by_axes, strict=True):
        for k, colour in enumerate(told):
            for line in lines.get(colour, ()):
                _mark(axes, line, marks[colour], k / len(told))
    return marks


def _mark(axes: Axes, line: Line2D, mark: str, start: float) -> None:
    """Put marks at even distances on a curve, above all others, where it has points or not."""
    line.set(marker=mark, markersize=_SIZE)  # for a legend
    line.set_markevery([])
    points = np.asarray(line.get_xydata(), dtype=float)
    points = points[np.isfinite(points).all(axis=1)]
    spans = [np.ptp(limits) for limits in (axes.get_xlim(), axes.get_ylim())]
    lengths = np.hypot(*(np.diff(points, axis=0) / spans).T)
    passed = np.concatenate([[0.0], np.cumsum(lengths)])
    places = np.arange(start, passed[-1] / _SPACING) * _SPACING
    at = [np.interp(places, passed, values) for values in points.T]
    axes.add_line(
        Line2D(*at, color=line.get_color(), marker=mark, markersize=_SIZE, ls="", zorder=3)
    )


def _by_colour(axes: Axes) -> dict[str, list[Line2D]]:
    found: dict[str, list[Line2D]] = {}
    for line in axes.get_lines():
        if len(np.asarray(line.get_xydata())) > 1:
            found.setdefault(mpl.colors.to_hex(line.get_color()), []).append(line)
    return found


def _coincide(axes: Axes, ones: Iterable[Line2D], others: Iterable[Line2D]) -> bool:
    """Whether a curve of one colour lies on one of the other over most of the shorter one."""
    height = float(np.ptp(axes.get_ylim()))
    return any(
        one.get_linestyle() == other.get_linestyle() and _shared(one, other, height) > _FRACTION
        for one in ones
        for other in others
    )


def _shared(one: Line2D, other: Line2D, height: float) -> float:
    """Fraction of the shorter of two curves on which they are closer than a line is wide."""
    curves = [np.asarray(line.get_xydata(), dtype=float) for line in (one, other)]
    curves = [curve[np.isfinite(curve).all(axis=1)] for curve in curves]
    if min(map(len, curves)) < 2:
        return 0.0
    curves = [curve[np.argsort(curve[:, 0], kind="stable")] for curve in curves]
    low = max(curve[0, 0] for curve in curves)
    high = min(curve[-1, 0] for curve in curves)
    shorter = min(float(np.ptp(curve[:, 0])) for curve in curves)
    if high <= low or shorter == 0.0:
        return 0.0
    x = np.linspace(low, high, _POINTS)
    first, second = (np.interp(x, *curve.T) for curve in curves)
    return float((np.abs(first - second) < _NEAR * height).mean() * (high - low) / shorter)
