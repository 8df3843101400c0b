"""Figures of the series: voltage, contact, stack, solver effort, balances."""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from ecmcell.columns import interfaces, losses, mechanics, run
from ecmcell.report.drawing.labels import axis_label, time_axis
from ecmcell.report.drawing.style import (
    BLUE,
    COLUMN,
    GREEN,
    GREY,
    INK,
    MM,
    PAGE,
    PURPLE,
    VERMILION,
    Plate,
    new_figure,
)
from ecmcell.report.sections.half_cycles import (
    CAPACITY,
    CURRENT,
    TIME,
    Branch,
    Series,
    areal_capacity,
    branches,
    left_out,
    some_branches,
)
from ecmcell.report.states import State

VOLTAGE = run.VOLTAGE.header
PASSED = "Capacity [mA.h.g-1]"  # since a charge or discharge began
AREAL = "Areal capacity [mA.h.cm-2]"
CONTACT, HOTSPOT = interfaces.CONTACT.header, interfaces.HOTSPOT.header
OPEN_CIRCUIT = losses.OPEN_CIRCUIT.header
BELOW_STRENGTH = interfaces.BELOW_STRENGTH.header
PRESSURE, LARGEST_STRESS = mechanics.PRESSURE.header, mechanics.HYDROSTATIC.header
ITERATIONS = tuple(column.header for column in (run.NEWTON, run.KRYLOV, run.FIXED_POINT))
REQUIRED_BALANCE = 1e-8
_SMALLEST_ERROR = 1e-17  # an exact zero is drawn here
_AT_REST: dict[str, Any] = {"linestyle": "--", "color": GREY}
_STEPS: dict[str, Any] = {"drawstyle": "steps-pre", "linewidth": 0.8}
_COLOURS = {"Charge": BLUE, "Discharge": VERMILION}


def voltage_plate(series: Series, states: Sequence[State]) -> Plate | None:
    """Voltage against capacity and time, with the current."""
    if TIME not in series or VOLTAGE not in series:
        return None
    halves = branches(series)
    parts = some_branches(halves)
    figure = new_figure(PAGE if parts else COLUMN, 62 * MM)
    grid = figure.add_gridspec(2, 2 if parts else 1, height_ratios=(3, 1))
    time, label = time_axis(series[TIME])
    over_time = figure.add_subplot(grid[0, -1])
    over_time.plot(time, series[VOLTAGE], color=INK, label="Cell")
    if OPEN_CIRCUIT in series:
        over_time.plot(time, series[OPEN_CIRCUIT], label="Open circuit, mean", **_AT_REST)
        over_time.legend()
    over_time.set_ylabel(axis_label(VOLTAGE))
    _mark(over_time, time, series[VOLTAGE], states)
    last = over_time
    if CURRENT in series:
        last = figure.add_subplot(grid[1, -1], sharex=over_time)
        over_time.tick_params(labelbottom=False)
        last.axhline(0, color=GREY, linewidth=0.5)
        last.plot(time, series[CURRENT], color=INK, drawstyle="steps-pre")
        last.set_ylabel("Current\n" + axis_label(CURRENT).removeprefix("Current density "))
        figure.align_ylabels([over_time, last])
    last.set_xlabel(label)
    if parts:
        over_capacity = figure.add_subplot(grid[:, 0])
        if OPEN_CIRCUIT in series:
            for part in parts:
                over_capacity.plot(part.capacity, series[OPEN_CIRCUIT][part.rows], **_AT_REST)
        _over_branches(over_capacity, series[VOLTAGE], parts, VOLTAGE)
        _mark_branches(over_capacity, series[VOLTAGE], parts, states)
        _areal_axis(over_capacity, series)
        letter_axes([over_capacity, over_time])
    caption = (
        "Cell voltage against the capacity passed in each charge and discharge (a), and voltage "
        "and current density against time (b); discharge currents are positive. "
        if parts
        else "Cell voltage and current density against time; discharge currents are positive. "
    )
    if OPEN_CIRCUIT in series:
        caption += "Dashed: mean open-circuit voltage of the active material. "
    marks = "Dots with letters are the states of the maps." if states else ""
    return Plate("voltage", "Voltage", caption + left_out(halves) + marks, figure)


def contact_plate(series: Series, states: Sequence[State]) -> Plate | None:
    """Contact fraction and hotspot factor against capacity, or time without one."""
    panels = [name for name in (CONTACT, BELOW_STRENGTH, HOTSPOT) if name in series]
    if not panels or TIME not in series:
        return None
    figure = new_figure(PAGE if len(panels) > 1 else COLUMN, 58 * MM)
    halves = branches(series)
    parts = some_branches(halves)
    time, label = time_axis(series[TIME])
    axes = [figure.add_subplot(1, len(panels), n + 1) for n in range(len(panels))]
    for axis, name in zip(axes, panels, strict=True):
        if parts:
            _over_branches(axis, series[name], parts, name)
            _mark_branches(axis, series[name], parts, states)
        else:
            axis.plot(time, series[name], color=INK)
            axis.set(xlabel=label, ylabel=name)
            at_least(axis, series[name], 0.02)
            _mark(axis, time, series[name], states)
        if name in (CONTACT, BELOW_STRENGTH):
            _fraction_limits(axis)
    if len(axes) > 1:
        letter_axes(axes)
    sentences = {
        CONTACT: "The contact fraction is the fraction of the interface area that conducts.",
        BELOW_STRENGTH: "The fraction below strength is the fraction of the interface area whose "
        "normal traction stays below the strength of the interface; nothing debonds.",
        HOTSPOT: "The hotspot factor is the maximum over the mean magnitude of the "
        "current density on the interface.",
    }
    caption = " ".join([*(sentences[name] for name in panels), left_out(halves)]).strip()
    return Plate("contact", "Contact and current hotspots", caption, figure)


def stress_plate(series: Series, section: str) -> Plate | None:
    """Stack pressure and the maximum hydrostatic stress against time; what a section is."""
    caption = (
        "Pressure that the platen exerts on the stack, and the maximum hydrostatic stress "
        f"(tension positive) anywhere in the cell. {section}"
    )
    names, title = (PRESSURE, LARGEST_STRESS), "Stack pressure and stress"
    return _time_panels(series, names, "stack", title, caption.strip())


def effort_plate(series: Series) -> Plate | None:
    """Time steps and iterations."""
    iterations = {
        "Newton iterations": (BLUE, "Newton"),
        "Fixed-point iterations": (GREEN, "Fixed point"),
    }
    linear = "Krylov iterations"
    panels: list[Callable[[Axes], None]] = []
    if TIME not in series:
        return None
    time, label = time_axis(series[TIME])

    def steps(axis: Axes) -> None:
        axis.plot(time, series[run.LENGTH.header], color=INK, drawstyle="steps-pre")
        axis.set(ylabel=axis_label(run.LENGTH.header), yscale="log")

    def counts(axis: Axes) -> None:
        for name, (colour, short) in iterations.items():
            if name in series:
                axis.plot(time, series[name], color=colour, label=short, **_STEPS)
        axis.set_ylabel("Iterations")
        axis.set_ylim(bottom=0)
        axis.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        _legend_above(axis)

    def krylov(axis: Axes) -> None:
        axis.plot(time, series[linear], color=PURPLE, **_STEPS)
        axis.set_ylabel("Krylov iterations")
        axis.set_ylim(bottom=0)

    if run.LENGTH.header in series:
        panels.append(steps)
    if any(name in series for name in iterations):
        panels.append(counts)
    if linear in series:
        panels.append(krylov)
    if not panels:
        return None
    figure = new_figure(PAGE * min(1.0, len(panels) / 2.5), 50 * MM)
    axes = [figure.add_subplot(1, len(panels), n + 1) for n in range(len(panels))]
    for axis, draw in zip(axes, panels, strict=True):
        draw(axis)
        axis.set_xlabel(label)
    if len(axes) > 1:
        letter_axes(axes)
    caption = f"Accepted time steps ({len(time)} of them) and the iterations that each took."
    return Plate("effort", "Solver effort", caption, figure)


def balance_plate(series: Series) -> Plate | None:
    """Balance errors on a logarithmic axis."""
    names = [name for name in series if name.endswith("balance error")]
    if not names or TIME not in series:
        return None
    figure = new_figure(COLUMN, 55 * MM)
    axis = figure.add_subplot()
    time, label = time_axis(series[TIME])
    for name, colour in zip(names, (BLUE, VERMILION, GREEN, PURPLE), strict=False):
        errors = np.maximum(np.abs(series[name]), _SMALLEST_ERROR)
        axis.plot(time, errors, color=colour, label=name.removesuffix(" balance error"))
    axis.axhline(REQUIRED_BALANCE, color=GREY, linestyle="--", linewidth=0.8)
    axis.annotate(
        "required",
        (1, REQUIRED_BALANCE),
        xycoords=("axes fraction", "data"),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        color=GREY,
    )
    axis.set(xlabel=label, ylabel="Relative balance error", yscale="log")
    _legend_above(axis)
    caption = (
        "Relative error of the balances at every accepted time step; below the dashed line a run "
        "counts as balanced."
    )
    return Plate("balances", "Balances", caption, figure)


def _time_panels(
    series: Series, names: Sequence[str], file: str, title: str, caption: str
) -> Plate | None:
    present = [name for name in names if name in series]
    if not present or TIME not in series:
        return None
    figure = new_figure(PAGE if len(present) > 1 else COLUMN, 50 * MM)
    time, label = time_axis(series[TIME])
    axes = [figure.add_subplot(1, len(present), n + 1) for n in range(len(present))]
    for axis, name in zip(axes, present, strict=True):
        axis.plot(time, series[name], color=INK)
        axis.set(xlabel=label, ylabel=textwrap.fill(axis_label(name), 22))
        at_least(axis, series[name], 0.02)
    if len(axes) > 1:
        letter_axes(axes)
    return Plate(file, title, caption, figure)


def _over_branches(axis: Axes, values: np.ndarray, parts: Sequence[Branch], name: str) -> None:
    named: set[str] = set()
    for part in parts:
        label = None if part.kind in named else part.kind
        named.add(part.kind)
        axis.plot(part.capacity, values[part.rows], color=_COLOURS[part.kind], label=label)
    axis.set(xlabel=axis_label(PASSED), ylabel=axis_label(name))
    axis.set_xlim(left=0)
    at_least(axis, values, 0.02)
    axis.legend()


def _areal_axis(axis: Axes, series: Series) -> None:
    """The capacity per footprint above that per gram."""
    largest = np.abs(series[CAPACITY]).max()
    if largest == 0.0:
        return
    ratio = float(np.abs(areal_capacity(series)).max() / largest)

    def to_areal(per_gram: ArrayLike) -> ArrayLike:
        return np.asarray(per_gram, dtype=float) * ratio

    def from_areal(areal: ArrayLike) -> ArrayLike:
        return np.asarray(areal, dtype=float) / ratio

    above = axis.secondary_xaxis("top", functions=(to_areal, from_areal))
    above.set_xlabel(axis_label(AREAL))


def at_least(axis: Axes, values: np.ndarray, fraction: float) -> None:
    """Keep round-off from filling the axis: show at least this fraction of the value."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return
    low, high = float(finite.min()), float(finite.max())
    least = fraction * max(abs(low), abs(high)) or fraction
    if high - low < least:
        middle = (low + high) / 2
        axis.set_ylim(middle - least, middle + least)


def _mark(axis: Axes, x: np.ndarray, y: np.ndarray, states: Sequence[State]) -> None:
    for state in states:
        if state.row is not None:
            _dot(axis, x, y, state.row, state.letter)


def _mark_branches(
    axis: Axes, y: np.ndarray, parts: Sequence[Branch], states: Sequence[State]
) -> None:
    for state in states:
        for part in parts:
            place = np.flatnonzero(part.rows == state.row)
            if len(place):
                _dot(axis, part.capacity, y[part.rows], int(place[0]), state.letter)


def _dot(axis: Axes, x: np.ndarray, y: np.ndarray, row: int, letter: str) -> None:
    """A dot on a curve; its letter stands on the side that the curve leaves free."""
    rises = y[row] > y[max(row - 1, 0)]
    axis.plot([x[row]], [y[row]], "o", color=INK, markersize=3.5, clip_on=False, zorder=5)
    axis.annotate(
        letter,
        (x[row], y[row]),
        xytext=(-3, 3) if rises else (3, 3),
        ha="right" if rises else "left",
        textcoords="offset points",
        weight="bold",
    )


def _fraction_limits(axis: Axes) -> None:
    """A fraction is never more than one, and zero is in sight when it has lost half."""
    low, high = axis.get_ylim()
    axis.set_ylim(0.0 if low < 0.5 else low, min(high, 1.01))


def _legend_above(axis: Axes) -> None:
    axis.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=4,
        borderaxespad=0,
        columnspacing=1.0,
        handlelength=1.0,
        handletextpad=0.5,
    )


def letter_axes(axes: Sequence[Axes]) -> None:
    """Number the panels of a figure."""
    for axis, letter in zip(axes, "abcdef", strict=False):
        axis.set_title(f"({letter})", loc="left", weight="bold")
