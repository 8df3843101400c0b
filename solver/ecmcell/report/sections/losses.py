"""Figures of where the voltage goes: the losses, one on another."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecmcell.report.drawing.labels import axis_label
from ecmcell.report.drawing.style import (
    BLUE,
    BROWN,
    COLUMN,
    GREEN,
    GREY,
    INDIGO,
    INK,
    MM,
    ORANGE,
    PAGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    Plate,
    new_figure,
)
from ecmcell.report.sections.half_cycles import Branch, Series, branches

COLOURS = {
    "Ionic ohmic": BLUE,
    "Electronic ohmic": SKY,
    "Salt concentration": BROWN,
    "Grain boundary": YELLOW,
    "Charge transfer": VERMILION,
    "Film": ORANGE,
    "Lithium electrode": GREEN,
    "Solid diffusion": PURPLE,
    "Stress": GREY,
    "Leakage": INDIGO,
}
ENDING = " loss [V]"
_CAPACITY = "Capacity [mA.h.g-1]"
_MILLI = 1e3
_MOST = 4  # half cycles or runs that fit on a page
_CAPTION = (
    "Difference between the open-circuit voltage at the mean stoichiometry and the cell voltage "
    "(line), split into what each process dissipates over the current. Parts below zero work with "
    "the current. The end of a branch may leave the frame."
)


def loss_plate(series: Series) -> Plate | None:
    """Losses against capacity, those that help below zero; a panel for each half cycle."""
    names = [name for name in COLOURS if name + ENDING in series]
    parts = [part for part in branches(series) if len(part.rows) > 2][:_MOST]
    if not names or not parts:
        return None
    figure = new_figure(PAGE if len(parts) > 1 else COLUMN, 68 * MM)
    axes = figure.subplots(1, len(parts), squeeze=False, sharey=True)[0]
    _fill([(axis, series, part) for axis, part in zip(axes, parts, strict=True)], names)
    for axis, part in zip(axes, parts, strict=True):
        axis.set_title(part.kind)
        axis.set_xlabel(axis_label(_CAPACITY))
    axes[0].set_ylabel("Loss (mV)")
    _name(figure, axes[0])
    return Plate("losses", "Voltage losses", _CAPTION, figure)


def loss_columns(runs: Mapping[str, Series]) -> Plate | None:
    """Losses of the first charge and discharge of each run, a column a run; None if too many.

    Args:
        runs: Series by what a run is called.
    """
    halves = {
        (kind, label): next((part for part in branches(series) if part.kind == kind), None)
        for kind in ("Charge", "Discharge")
        for label, series in runs.items()
    }
    there = {key: half for key, half in halves.items() if half is not None and len(half.rows) > 2}
    kinds, labels = (list(dict.fromkeys(key[k] for key in there)) for k in (0, 1))
    names = [n for n in COLOURS if any(n + ENDING in runs[label] for label in labels)]
    if not names or not 2 <= len(labels) <= _MOST:
        return None
    figure = new_figure(PAGE, (45 * len(kinds) + 20) * MM)
    grid = figure.subplots(len(kinds), len(labels), squeeze=False, sharex=True, sharey="row")
    for row, kind in zip(grid, kinds, strict=True):
        shown = [
            (k, there[kind, label]) for k, label in enumerate(labels) if (kind, label) in there
        ]
        _fill([(row[k], runs[labels[k]], half) for k, half in shown], names)
        row[0].set_ylabel(f"{kind}\nloss (mV)")
    for axis, label in zip(grid[0], labels, strict=True):
        axis.set_title(textwrap.fill(label, 100 // len(labels)))
    for axis in grid[-1]:
        axis.set_xlabel(axis_label(_CAPACITY))
    _name(figure, grid[0, 0])
    return Plate("losses", "Voltage losses of the first charge and discharge", _CAPTION, figure)


def _name(figure: Figure, axis: Axes) -> None:
    """Name the colours below the panels."""
    handles, labels = axis.get_legend_handles_labels()
    ncols = 4 if figure.get_figwidth() > COLUMN else 2
    figure.legend(handles, labels, loc="outside lower center", ncols=ncols)


def _fill(panels: Sequence[tuple[Axes, Series, Branch]], names: Sequence[str]) -> None:
    """Draw each branch into its axes and give them limits in which all can be read."""
    drawn = [_stack(axis, series, part, names) for axis, series, part in panels]
    height = np.concatenate([above for above, _ in drawn])
    depth = np.concatenate([below for _, below in drawn])
    top = _top(height, np.concatenate([np.diff(part.capacity) for _, _, part in panels]))
    for axis, _, _ in panels:
        axis.set_ylim(min(1.05 * depth.min(), -0.02 * top), top)


def _top(height: np.ndarray, width: np.ndarray) -> float:
    """Upper limit that shows 95 % of the capacity; the steep end of a branch would rule it."""
    order = np.argsort(height)
    fraction = np.cumsum(width[order]) / max(width.sum(), 1e-300)
    usual = float(np.interp(0.95, fraction, height[order]))
    return float(min(1.05 * height.max(), 1.6 * usual)) if usual > 0.0 else float(height.max())


def _stack(
    axis: Axes, series: Series, part: Branch, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one branch and return the heights of its positive and negative losses, mV."""
    sign = -1.0 if part.kind == "Charge" else 1.0
    rows, capacity = part.rows[1:], part.capacity[1:]
    above, below = np.zeros(len(rows)), np.zeros(len(rows))
    total = np.zeros(len(rows))
    for name in names:
        axis.plot([], [], color=COLOURS[name], linewidth=5, label=name)
        if name + ENDING not in series:
            continue
        loss = _MILLI * sign * series[name + ENDING][rows]
        total += loss
        for base, fraction in ((above, np.maximum(loss, 0.0)), (below, np.minimum(loss, 0.0))):
            if np.any(fraction):
                axis.fill_between(
                    capacity, base, base + fraction, color=COLOURS[name], linewidth=0.0
                )
            base += fraction
    axis.plot(capacity, total, color=INK, linewidth=0.8, label="Sum")
    axis.axhline(0.0, color=INK, linewidth=0.5)
    return above, below
