"""Capacity, polarisation and contact from cycle to cycle."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ecmcell.columns import cycles as columns
from ecmcell.columns import interfaces
from ecmcell.report.drawing.labels import axis_label, number, plain_label
from ecmcell.report.drawing.style import (
    BLUE,
    GREEN,
    INK,
    MM,
    PAGE,
    SKY,
    VERMILION,
    Plate,
    new_figure,
)
from ecmcell.report.sections.curves import at_least, letter_axes
from ecmcell.report.sections.tables import NOTHING, Table, first_and_last

Cycles = dict[str, np.ndarray]
CYCLE, POLARISATION = columns.NUMBER.header, columns.POLARISATION.header
_CHARGE, DISCHARGED = columns.CHARGE.header, columns.DISCHARGE.header
MIN_CONTACT = "Minimum contact fraction"
_FRACTIONS = {
    "Contact fraction": (INK, "in contact"),
    MIN_CONTACT: (SKY, "in contact, minimum"),
    interfaces.DEBONDED.header: (VERMILION, "debonded"),
    "Inactive capacity fraction": (GREEN, "capacity inactive"),
}


def has_cycles(cycles: Cycles) -> bool:
    """Whether there is more than one cycle to compare."""
    return len(cycles.get(CYCLE, ())) > 1


def cycle_plate(cycles: Cycles) -> Plate | None:
    """Capacity, polarisation and what is left of the contact, against the cycle number."""
    if not has_cycles(cycles):
        return None
    fractions = [name for name in _FRACTIONS if name in cycles]
    count = 3 if fractions else 2
    figure = new_figure(PAGE * count / 3, 52 * MM)
    axes = [figure.add_subplot(1, count, n + 1) for n in range(count)]
    for name, colour, label in ((_CHARGE, BLUE, "Charge"), (DISCHARGED, VERMILION, "Discharge")):
        passed = np.where(cycles[name] > 0.0, cycles[name], np.nan)
        _line(axes[0], cycles[CYCLE], passed, colour, label)
    _finish(axes[0], axis_label("Capacity [mA.h.g-1]"), [cycles[_CHARGE], cycles[DISCHARGED]])
    _line(axes[1], cycles[CYCLE], 1e3 * cycles[POLARISATION], INK, "")
    _finish(axes[1], axis_label("Polarisation [mV]"), [1e3 * cycles[POLARISATION]])
    if fractions:
        for name in fractions:
            _line(axes[2], cycles[CYCLE], cycles[name], *_FRACTIONS[name])
        axes[2].set_ylim(-0.02, 1.02)
        _finish(axes[2], "Fraction", [])
    letter_axes(axes)
    caption = (
        "Capacity passed in each charge and discharge (a), and the polarisation, the mean voltage "
        "of the charge minus that of the discharge, weighted by charge (b)."
    )
    if fractions:
        caption += (
            " The state of the interfaces at the end of each cycle, and the minimum contact (c)."
        )
    return Plate("cycles", "From cycle to cycle", caption, figure)


def cycle_table(cycles: Cycles) -> Table:
    """All columns of `cycles.csv`, one row a cycle."""
    if not has_cycles(cycles):
        return NOTHING
    heads = tuple(plain_label(name) for name in cycles)
    rows = [
        tuple(
            number(int(v) if name == CYCLE else float(v))
            for name, v in zip(cycles, line, strict=True)
        )
        for line in zip(*cycles.values(), strict=True)
    ]
    return Table("", heads, tuple(first_and_last(rows)))


def _line(axis: Axes, x: np.ndarray, y: np.ndarray, colour: str, label: str) -> None:
    axis.plot(x, y, "o-", color=colour, label=label)


def _finish(axis: Axes, label: str, values: Sequence[np.ndarray]) -> None:
    axis.set(xlabel="Cycle", ylabel=label)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    if values:
        at_least(axis, np.concatenate(values), 0.02)
    if len(axis.lines) > 1:
        axis.legend()
