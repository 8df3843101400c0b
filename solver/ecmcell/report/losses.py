"""Figure of where the voltage goes: the losses, one on another."""

import numpy as np
from matplotlib.axes import Axes

from ecmcell.report.curves import Branch, Series, branches
from ecmcell.report.style import (
    BLUE,
    COLUMN,
    GREEN,
    GREY,
    INK,
    MM,
    ORANGE,
    PAGE,
    PURPLE,
    SKY,
    VERMILION,
    Plate,
    new_figure,
)
from ecmcell.report.words import axis_label

COLOURS = {
    "Ionic ohmic": BLUE,
    "Electronic ohmic": SKY,
    "Charge transfer": VERMILION,
    "Film": ORANGE,
    "Lithium electrode": GREEN,
    "Solid diffusion": PURPLE,
    "Stress": GREY,
}
ENDING = " loss [V]"
_CAPACITY = "Capacity [mA.h.g-1]"
_MILLI = 1e3
_MOST = 4  # half cycles that fit on a page


def loss_plate(series: Series) -> Plate | None:
    """Losses against capacity, those that help below zero; a panel for each half cycle."""
    names = [name for name in COLOURS if name + ENDING in series]
    parts = [part for part in branches(series) if len(part.rows) > 2][:_MOST]
    if not names or not parts:
        return None
    width = PAGE if len(parts) > 1 else COLUMN
    figure = new_figure(width, 62 * MM)
    first: Axes | None = None
    heights: list[np.ndarray] = []
    depths: list[np.ndarray] = []
    widths: list[np.ndarray] = []
    for place, part in enumerate(parts):
        axis = figure.add_subplot(1, len(parts), place + 1, sharey=first)
        above, below = _stack(axis, series, part, names)
        heights.append(above)
        depths.append(below)
        widths.append(np.diff(part.capacity))
        axis.set_title(part.kind)
        axis.set_xlabel(axis_label(_CAPACITY))
        if first is None:
            first = axis
            axis.set_ylabel("Loss (mV)")
        else:
            axis.tick_params(labelleft=False)
    top = _top(np.concatenate(heights), np.concatenate(widths))
    figure.axes[0].set_ylim(min(1.05 * np.concatenate(depths).min(), -0.02 * top), top)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center")
    caption = (
        "Difference between the open-circuit voltage at the mean stoichiometry and the cell "
        "voltage (line), split into what each process dissipates over the current. Parts below "
        "zero work with the current. The end of a branch may leave the frame."
    )
    return Plate("losses", "Voltage losses", caption, figure)


def _top(height: np.ndarray, width: np.ndarray) -> float:
    """Upper limit that shows 95 % of the capacity; the steep end of a branch would rule it."""
    order = np.argsort(height)
    share = np.cumsum(width[order]) / max(width.sum(), 1e-300)
    usual = float(np.interp(0.95, share, height[order]))
    return float(min(1.05 * height.max(), 1.6 * usual)) if usual > 0.0 else float(height.max())


def _stack(
    axis: Axes, series: Series, part: Branch, names: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one branch and return the heights of its positive and negative losses, mV."""
    sign = -1.0 if part.kind == "Charge" else 1.0
    rows, capacity = part.rows[1:], part.capacity[1:]
    above, below = np.zeros(len(rows)), np.zeros(len(rows))
    total = np.zeros(len(rows))
    for name in names:
        loss = _MILLI * sign * series[name + ENDING][rows]
        total += loss
        for base, share in ((above, np.maximum(loss, 0.0)), (below, np.minimum(loss, 0.0))):
            if np.any(share):
                axis.fill_between(capacity, base, base + share, color=COLOURS[name], linewidth=0.0)
            base += share
        axis.plot([], [], color=COLOURS[name], linewidth=5, label=name)
    axis.plot(capacity, total, color=INK, linewidth=0.8, label="Sum")
    axis.axhline(0.0, color=INK, linewidth=0.5)
    return above, below
