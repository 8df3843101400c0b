"""Lithium on boundaries against time: how thick it is, what touches, and how the current crowds."""

import numpy as np
from matplotlib.axes import Axes

from ecmcell.report.drawing.labels import time_axis
from ecmcell.report.drawing.style import BLUE, COLUMN, GREEN, GREY, MM, VERMILION, Plate, new_figure
from ecmcell.report.sections.curves import letter_axes
from ecmcell.report.sections.half_cycles import TIME, Series

_ENDS = ("Anode", "Collector")
_ROOM = 1.0
_THICKNESS, _VOIDS = "lithium thickness [um]", "voids [um]"
_FRACTIONS = {
    "lithium coverage": ("covered by lithium", GREEN),
    "contact beside voids": ("contact beside voids", BLUE),
}


def layer_plates(series: Series) -> list[Plate]:
    """A figure for each boundary whose lithium is a layer."""
    names = [name for name in _ENDS if f"{name} {_THICKNESS}" in series and TIME in series]
    return [_plate(series, name) for name in names]


def _plate(series: Series, name: str) -> Plate:
    time, label = time_axis(series[TIME])
    figure = new_figure(COLUMN, 120 * MM)
    axes: list[Axes] = list(figure.subplots(3, 1, sharex=True))
    low, high = (series[f"{name} {end} lithium thickness [um]"] for end in ("minimum", "maximum"))
    axes[0].fill_between(time, low, high, color=GREY, alpha=0.4, linewidth=0, label="from, to")
    axes[0].plot(time, series[f"{name} {_THICKNESS}"], color=BLUE, label="mean")
    axes[0].set_ylabel("Lithium (µm)")
    axes[0].legend()
    for column, (words, colour) in _FRACTIONS.items():
        if f"{name} {column}" in series:
            axes[1].plot(time, series[f"{name} {column}"], color=colour, label=words)
    if f"{name} {_VOIDS}" in series:
        deepest = series[f"{name} maximum voids [um]"]
        axes[1].plot(time, deepest, color=VERMILION, label="deepest voids (µm)")
    axes[1].margins(y=_ROOM)  # for the legend
    axes[1].set_ylim(bottom=0.0)
    axes[1].set_ylabel("Fraction")
    if axes[1].lines:
        axes[1].legend(loc="upper left")
    axes[2].plot(time, series[f"{name} hotspot factor"], color=BLUE, label="hotspot factor")
    real = np.abs(series[f"{name} current density of real contact [mA.cm-2]"])
    real = np.where(np.isfinite(series[f"{name} hotspot factor"]), real, np.nan)
    axes[2].plot(time, real, color=VERMILION, label="real contact (mA cm$^{-2}$)")
    axes[2].set_yscale("log")
    axes[2].set_ylabel("Current")
    axes[2].set_xlabel(label)
    axes[2].legend()
    letter_axes(axes)
    caption = (
        f"Lithium on the {name.lower()}: mean thickness and its range over the face (a), which "
        "without an inventory is its change since the start; what lithium covers and what voids "
        "leave of the contact (b); maximum over mean current density of the face, and current "
        "density of the real contact (c)."
    )
    return Plate(f"{name.lower()}_lithium", f"Lithium on the {name.lower()}", caption, figure)
