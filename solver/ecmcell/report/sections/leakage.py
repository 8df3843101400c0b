"""Electrons that leak through electrolytes, and where lithium may form in these."""

import numpy as np

from ecmcell.columns import leakage
from ecmcell.report.drawing.labels import time_axis
from ecmcell.report.drawing.style import BLUE, COLUMN, GREY, MM, VERMILION, Plate, new_figure
from ecmcell.report.sections.curves import letter_axes
from ecmcell.report.sections.half_cycles import TIME, Series

_CURRENT, _MAXIMUM = leakage.CURRENT.header, leakage.MAXIMUM.header
_FRACTION = "Volume fraction above lithium"


def leakage_plate(series: Series) -> Plate | None:
    """What leaks, and how far lithium is above the metal, against time; None if nothing leaks."""
    if _CURRENT not in series or TIME not in series or len(series[TIME]) < 2:
        return None
    time, label = time_axis(series[TIME])
    figure = new_figure(COLUMN, 100 * MM)
    axes = figure.subplots(3, 1, sharex=True)
    axes[0].plot(time, series[_CURRENT], color=BLUE)
    axes[0].set_ylabel("Leakage current\ndensity (mA cm$^{-2}$)")
    axes[1].plot(time, series[_MAXIMUM], color=VERMILION)
    axes[1].axhline(0.0, color=GREY, linestyle="--", linewidth=0.8)
    axes[1].set_ylabel("Maximum lithium\npotential (mV)")
    axes[2].plot(time, 100.0 * np.asarray(series[_FRACTION]), color=VERMILION)
    axes[2].set_ylabel("Volume above\nlithium (%)")
    axes[2].set_xlabel(label)
    letter_axes(list(axes))
    caption = (
        "Current density of the electrons that leak through the electrolytes; the maximum chemical "
        "potential of lithium in these over that of the metal, and the fraction of their volume "
        "where it is above: lithium may form there in a pore, or in a crack that it opens (7.4 MPa "
        "per mV)."
    )
    return Plate("leakage", "Leakage", caption, figure)
