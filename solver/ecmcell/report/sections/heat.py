"""Temperature of a cell that warms up, and where its heat comes from and goes."""

import numpy as np

from ecmcell.columns import heat
from ecmcell.report.drawing.labels import time_axis
from ecmcell.report.drawing.style import BLUE, COLUMN, GREEN, MM, VERMILION, Plate, new_figure
from ecmcell.report.sections.curves import letter_axes
from ecmcell.report.sections.half_cycles import TIME, Series

_ZERO_CELSIUS = 273.15
_FLOWS = {
    heat.GENERATION.header: ("generated", VERMILION),
    heat.REVERSIBLE.header: ("of which reversible", GREEN),
    heat.GIVEN_OFF.header: ("to the surroundings", BLUE),
}


def heat_plate(series: Series) -> Plate | None:
    """Temperature and heat against time; None if the temperature is held."""
    if heat.TEMPERATURE.header not in series or TIME not in series or len(series[TIME]) < 2:
        return None
    time, label = time_axis(series[TIME])
    figure = new_figure(COLUMN, 90 * MM)
    axes = figure.subplots(2, 1, sharex=True)
    axes[0].plot(time, np.asarray(series[heat.TEMPERATURE.header]) - _ZERO_CELSIUS, color=VERMILION)
    axes[0].set_ylabel("Temperature (°C)")
    for column, (words, colour) in _FLOWS.items():
        if np.any(series[column]):  # without entropic coefficients nothing is reversible
            axes[1].plot(time, series[column], color=colour, label=words)
    axes[1].set_ylabel("Heat (W m$^{-2}$)")
    axes[1].set_xlabel(label)
    axes[1].legend()
    letter_axes(list(axes))
    caption = (
        "Temperature of the cell as a whole (a). Heat that its losses and the entropy of lithium "
        "generate, the reversible part of it, and what it gives off to its surroundings, each per "
        "unit area of the footprint (b)."
    )
    return Plate("heat", "Temperature and heat", caption, figure)
