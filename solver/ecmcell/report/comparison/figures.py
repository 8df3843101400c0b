"""Figures of several runs: curves over one another, totals side by side."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ecmcell.output import StoredRun
from ecmcell.report.comparison.markers import tell_apart
from ecmcell.report.drawing.labels import axis_label, time_axis
from ecmcell.report.drawing.style import COLOURS, INK, MM, PAGE, Plate, new_figure
from ecmcell.report.sections.curves import (
    BELOW_STRENGTH,
    CONTACT,
    HOTSPOT,
    ITERATIONS,
    LARGEST_STRESS,
    PASSED,
    PRESSURE,
    VOLTAGE,
    at_least,
    letter_axes,
)
from ecmcell.report.sections.cycles import (
    CYCLE,
    DISCHARGED,
    MIN_CONTACT,
    POLARISATION,
    has_cycles,
)
from ecmcell.report.sections.half_cycles import (
    TIME,
    Branch,
    branches,
    left_out,
    mean_over,
    some_branches,
)
from ecmcell.report.sections.losses import COLOURS as LOSS_COLOURS
from ecmcell.report.sections.losses import ENDING as LOSS_ENDING
from ecmcell.report.sections.tables import WALL_TIME, plain_number

_STYLES = {"Charge": "--", "Discharge": "-"}
_OVERLAID = (CONTACT, BELOW_STRENGTH, HOTSPOT, PRESSURE, LARGEST_STRESS)
_EFFORT = {
    "Newton iterations": "Newton\niterations",
    "Krylov iterations": "Krylov\niterations",
    "Fixed-point iterations": "Fixed point",
}
_WIDTH_OF_LETTER = 1.6 * MM
_BY_CYCLE = (DISCHARGED, POLARISATION, MIN_CONTACT)
_KINDS = ("Charge", "Discharge")


@dataclass(frozen=True)
class Member:
    """One of several runs.

    Attributes:
        number: From 1, as the runs were given.
        name: Name of its directory, long enough to be told from the others.
        label: What it is called in figures.
        colour: Of its curves.
        run: The run.
    """

    number: int
    name: str
    label: str
    colour: str
    run: StoredRun


def colours(count: int) -> list[str]:
    """Colours for so many runs; a scale once there are too many to tell apart by name."""
    if count <= len(COLOURS):
        return list(COLOURS[:count])
    scale = mpl.colormaps["viridis"](np.linspace(0.0, 0.92, count))
    return [mpl.colors.to_hex(colour) for colour in scale]


def voltage_overlay(members: Sequence[Member], meaning: str) -> Plate:
    """Voltage of every run against capacity and time.

    Args:
        members: The runs.
        meaning: What their labels are; may be empty.
    """
    halves = [branches(member.run.series) for member in members]
    count = 2 if any(halves) else 1
    figure = new_figure(PAGE, 62 * MM + _legend_height(members))
    axes = [figure.add_subplot(1, count, n + 1) for n in range(count)]
    if count > 1:
        _over_capacity(axes[0], members, halves, VOLTAGE)
    _over_time(axes[-1], members, VOLTAGE)
    if count > 1:
        letter_axes(axes)
    _legend(figure, members, meaning)
    caption = "Cell voltage against time. "
    if count > 1:
        caption = (
            "Cell voltage against the capacity passed in each charge (dashed) and discharge "
            "(solid) (a), and against time (b). "
        ) + left_out(max(halves, key=len))
    return Plate("voltages", "Voltage", caption, figure)


def contact_overlay(members: Sequence[Member], meaning: str) -> Plate | None:
    """Contact, hotspots, pressure and stress of the runs that have them, against capacity.

    Args:
        members: The runs.
        meaning: What their labels are; may be empty.
    """
    having = {name: [m for m in members if _has_numbers(m, name)] for name in _OVERLAID}
    names = [name for name, some in having.items() if some]
    if not names:
        return None
    rows = -(-len(names) // 2)
    figure = new_figure(PAGE, (52 * rows + 6) * MM + _legend_height(members))
    axes = [figure.add_subplot(rows, min(2, len(names)), n + 1) for n in range(len(names))]
    by_time = False
    for axis, name in zip(axes, names, strict=True):
        halves = [branches(member.run.series) for member in having[name]]
        if all(halves):
            _over_capacity(axis, having[name], halves, name)
        else:
            by_time = True
            _over_time(axis, having[name], name)
        at_least(axis, np.concatenate([m.run.series[name] for m in having[name]]), 0.02)
        if name in (CONTACT, BELOW_STRENGTH):
            axis.set_ylim(0.0, 1.01)
    if len(axes) > 1:
        letter_axes(axes)
    _legend(figure, members, meaning)
    caption = (
        "Contact or fraction below strength, hotspot factor, stack pressure and maximum "
        "hydrostatic stress of the runs that have them; charge dashed, discharge solid. "
    )
    if by_time:
        caption += "Against time where a run has no capacity."
    return Plate("contacts", "Contact, hotspots and pressure", caption, figure)


def cycle_overlay(members: Sequence[Member], meaning: str) -> Plate | None:
    """Capacity, polarisation and contact of the runs of more than one cycle, cycle by cycle.

    Args:
        members: The runs.
        meaning: What their labels are; may be empty.
    """
    having = [member for member in members if has_cycles(member.run.cycles)]
    names = [name for name in _BY_CYCLE if any(name in member.run.cycles for member in having)]
    if not having:
        return None
    figure = new_figure(PAGE, 58 * MM + _legend_height(having))
    axes = [figure.add_subplot(1, len(names), n + 1) for n in range(len(names))]
    for axis, name in zip(axes, names, strict=True):
        shown = [member for member in having if name in member.run.cycles]
        for member in shown:
            cycles = member.run.cycles
            axis.plot(cycles[CYCLE], cycles[name], "o-", color=member.colour)
        at_least(axis, np.concatenate([m.run.cycles[name] for m in shown]), 0.02)
        axis.set(xlabel=CYCLE, ylabel=textwrap.fill(axis_label(name), 20))
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        if name == MIN_CONTACT:
            axis.set_ylim(0.0, 1.01)
    letter_axes(axes)
    _legend(figure, having, meaning)
    caption = "Capacity of each discharge, polarisation, and the minimum contact of each cycle."
    return Plate("cycles", "From cycle to cycle", caption, figure)


def loss_bars(members: Sequence[Member], meaning: str) -> Plate | None:
    """Mean losses of the first charge and the first discharge of every run.

    Args:
        members: The runs.
        meaning: What their labels are; may be empty.
    """
    means = {
        kind: {m.number: found for m in members if (found := mean_losses(m.run, kind))}
        for kind in _KINDS
    }
    kinds = [kind for kind in _KINDS if means[kind]]
    if not kinds:
        return None
    names = [
        name
        for name in LOSS_COLOURS
        if any(name in found for by_run in means.values() for found in by_run.values())
    ]
    figure = new_figure(PAGE, (6 * len(members) + 30) * MM)
    axes = figure.subplots(1, len(kinds), squeeze=False, sharey=True)[0]
    for axis, kind in zip(axes, kinds, strict=True):
        for number, found in means[kind].items():
            ends = {1.0: 0.0, -1.0: 0.0}
            for name in names:
                loss = 1e3 * found.get(name, 0.0)
                side = 1.0 if loss >= 0.0 else -1.0
                axis.barh(number, loss, left=ends[side], color=LOSS_COLOURS[name], height=0.7)
                ends[side] += loss
            axis.plot([sum(ends.values())], [number], "o", color=INK, markersize=3.5)
        axis.axvline(0.0, color=INK, linewidth=0.5)
        axis.set(title=kind, xlabel="Mean loss (mV)")
    _run_axis(axes[0], members, meaning)
    patches = [mpl.patches.Patch(color=LOSS_COLOURS[name], label=name) for name in names]
    dot = Line2D([], [], color=INK, marker="o", linestyle="", markersize=3.5, label="Sum")
    figure.legend(handles=[*patches, dot], loc="outside lower center", ncols=4)
    caption = (
        "Voltage losses of the first charge and the first discharge, averaged over the capacity "
        "passed. Parts below zero work with the current; the dot is the sum."
    )
    return Plate("mean_losses", "Mean voltage losses", caption, figure)


def effort_bars(members: Sequence[Member], meaning: str) -> Plate:
    """Time steps, iterations and wall time of every run.

    Args:
        members: The runs.
        meaning: What their labels are; may be empty.
    """
    totals: dict[str, dict[int, float]] = {
        "Time steps": {m.number: float(len(m.run.series[TIME])) for m in members}
    }
    for name in ITERATIONS:
        totals[_EFFORT[name]] = {
            m.number: float(np.nansum(m.run.series[name])) for m in members if _has_numbers(m, name)
        }
    walls = {m.number: plain_number(m.run.summary.get(WALL_TIME)) for m in members}
    totals["Wall time (s)"] = {n: wall for n, wall in walls.items() if wall is not None}
    shown = {title: found for title, found in totals.items() if found}
    figure = new_figure(PAGE, (6 * len(members) + 20) * MM)
    axes = figure.subplots(1, len(shown), squeeze=False, sharey=True)[0]
    tint = {member.number: member.colour for member in members}
    for axis, (title, found) in zip(axes, shown.items(), strict=True):
        axis.barh(list(found), list(found.values()), color=[tint[n] for n in found], height=0.7)
        axis.set_xlabel(title)
        axis.xaxis.set_major_locator(MaxNLocator(nbins=3))
    _run_axis(axes[0], members, meaning)
    caption = "Accepted time steps, iterations summed over them, and wall time of the whole run."
    return Plate("efforts", "Solver effort", caption, figure)


def mean_losses(run: StoredRun, kind: str) -> dict[str, float]:
    """Losses in V of the first charge or discharge, averaged over its capacity; empty if none.

    Positive takes from what the cell gives or adds to what it needs.
    """
    series = run.series
    half = next((half for half in branches(series) if half.kind == kind), None)
    if half is None or half.capacity[-1] <= 0.0:
        return {}
    sign = -1.0 if kind == "Charge" else 1.0
    return {
        name: sign * mean_over(half, series[name + LOSS_ENDING])
        for name in LOSS_COLOURS
        if name + LOSS_ENDING in series
    }


def _has_numbers(member: Member, name: str) -> bool:
    values = member.run.series.get(name)
    return values is not None and values.dtype.kind == "f" and bool(np.isfinite(values).any())


def _over_capacity(
    axis: Axes, members: Iterable[Member], halves: Iterable[list[Branch]], name: str
) -> None:
    for member, parts in zip(members, halves, strict=True):
        for part in some_branches(parts):
            axis.plot(
                part.capacity,
                member.run.series[name][part.rows],
                color=member.colour,
                linestyle=_STYLES[part.kind],
            )
    axis.set(xlabel=axis_label(PASSED), ylabel=textwrap.fill(axis_label(name), 22))
    axis.set_xlim(left=0)


def _over_time(axis: Axes, members: Sequence[Member], name: str) -> None:
    longest = max((m.run.series[TIME] for m in members), key=lambda times: float(times[-1]))
    scaled, label = time_axis(longest)
    unit = float(longest[-1] / scaled[-1]) if scaled[-1] else 1.0
    for member in members:
        axis.plot(member.run.series[TIME] / unit, member.run.series[name], color=member.colour)
    axis.set(xlabel=label, ylabel=textwrap.fill(axis_label(name), 22))


def _legend(figure: Figure, members: Sequence[Member], meaning: str) -> None:
    marks = tell_apart(figure)
    lines = [
        Line2D([], [], color=m.colour, label=m.label, marker=marks.get(m.colour.lower(), ""))
        for m in members
    ]
    figure.legend(
        handles=lines,
        loc="outside upper center",
        ncols=_legend_columns(members),
        title=meaning or None,
    )


def _legend_columns(members: Sequence[Member]) -> int:
    """As many as the page has room for."""
    widest = max(len(m.label) for m in members) * _WIDTH_OF_LETTER + 13 * MM
    return max(1, min(len(members), int(PAGE / widest)))


def _legend_height(members: Sequence[Member]) -> float:
    """Height in inch of the legend above a figure, with its title."""
    return (-(-len(members) // _legend_columns(members)) * 4.5 + 5) * MM


def _run_axis(axis: Axes, members: Sequence[Member], meaning: str) -> None:
    """Runs from top to bottom."""
    axis.set_yticks([m.number for m in members], [m.label for m in members])
    axis.set_ylim(len(members) + 0.6, 0.4)
    axis.set_ylabel(meaning)
