"""Lithium in cracks: pressure, depth and plating of every filled crack, and the path of a short."""

import re
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from ecmcell.columns import lithium
from ecmcell.output import StoredRun
from ecmcell.report.drawing.labels import axis_label, duration, time_axis
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.drawing.quantities import CRACK
from ecmcell.report.drawing.style import (
    COLOURS,
    COLUMN,
    GREY,
    INK,
    MM,
    PAGE,
    VERMILION,
    Plate,
    new_figure,
)
from ecmcell.report.sections.curves import letter_axes
from ecmcell.report.sections.half_cycles import TIME, Series

_PARTS = ("pressure [MPa]", "depth [um]", "plating current density [mA.cm-2]")
_TOTAL = lithium.INTO_CRACKS.header
_CRITERION = "Flaw K_I over K_Ic"
_TALLEST, _ROOM = 90 * MM, 0.06  # the latter under the map, for its scale bar


def filled_crack_plates(run: StoredRun) -> list[Plate]:
    """Filled cracks against time, and where a short circuit ran; none without lithium in cracks."""
    short: Any = run.summary.get("short circuit") or {}
    plates = [filled_crack_plate(run.series, short.get(TIME)), short_plate(run)]
    return [plate for plate in plates if plate is not None]


def filled_crack_plate(series: Series, short: float | None) -> Plate | None:
    """Pressure, depth and plating current of every filled crack against time.

    Args:
        series: The series of the run.
        short: When the cell was short-circuited, s.
    """
    names = [n for n in _names(series) if np.isfinite(series[f"{n} {_PARTS[0]}"]).any()]
    if not names or TIME not in series:
        return None
    time, label = time_axis(series[TIME])
    shown = [*_PARTS, *([_CRITERION] if _CRITERION in series else [])]
    figure = new_figure(COLUMN, (38 * len(shown) + 6) * MM)
    axes: list[Axes] = list(figure.subplots(len(shown), 1, sharex=True))
    for axis, part in zip(axes, _PARTS, strict=False):
        for number, name in enumerate(names):
            colour = COLOURS[number % len(COLOURS)]
            axis.plot(time, series[f"{name} {part}"], color=colour, label=name.lower())
        axis.set_ylabel(axis_label(part[0].upper() + part[1:]))
    if len(names) > 1:
        axes[2].plot(time, series[_TOTAL], color=INK, linestyle=":", label="all")
        axes[2].legend()
    if _CRITERION in series:
        axes[3].plot(time, series[_CRITERION], color=INK)
        axes[3].axhline(1.0, color=GREY, linestyle="--", linewidth=0.8)
        axes[3].set_ylabel("$K_I/K_{Ic}$, closed form")
    caption = (
        "Pressure of the lithium in each crack that reaches the anode, how far the crack reaches, "
        "and the current that plates in it, per unit of footprint area. "
    )
    if _CRITERION in series:
        caption += (
            "Below, what the closed form says of the flaws at the present overpotential of the "
            "anode: they should grow above 1. "
        )
    if short is not None:
        at = short * time[-1] / series[TIME][-1]
        for axis in axes:
            axis.axvline(at, color=VERMILION, linewidth=0.8)
        axes[0].annotate(
            "short", (at, 1.0), xycoords=("data", "axes fraction"), ha="right", va="bottom"
        )
        caption += f"The cell is short-circuited after {duration(short)}."
    axes[-1].set_xlabel(label)
    letter_axes(axes)
    return Plate("filled_cracks", "Lithium in cracks", caption.strip(), figure)


def short_plate(run: StoredRun) -> Plate | None:
    """The way that lithium took to the cathode, over the cracks of the last stored state."""
    mesh, short = run.mesh, run.summary.get("short circuit")
    if mesh is None or mesh.dim != 2 or not isinstance(short, dict) or not run.states:
        return None
    damage = run.field(len(run.states) - 1, "point", CRACK)
    if damage is None:
        return None
    view, path = PlaneView(mesh), np.array(short["Path [um]"])
    height = min(0.6 * PAGE / view.aspect, _TALLEST)
    figure = new_figure(height * view.aspect, height)
    axes = figure.add_subplot()
    view.field(axes, damage, Normalize(0.0, 1.0), mpl.colormaps["Greys"])
    axes.plot(*path.T, color=VERMILION, linewidth=1.5)
    low, high = axes.get_ylim()
    axes.set_ylim(low - _ROOM * (high - low), high)
    view.scale_bar(axes)
    caption = (
        "Shortest path through cracks filled with lithium from the anode (left) to the cathode, "
        "over the damage of the last stored state."
    )
    return Plate("short_circuit", "Path of the short circuit", caption, figure, is_picture=True)


def _names(series: Series) -> list[str]:
    """The filled cracks of a series, in order."""
    found = (re.fullmatch(r"(Filled crack \d+) pressure \[MPa\]", name) for name in series)
    return [match[1] for match in found if match]
