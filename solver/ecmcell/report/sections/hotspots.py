"""How the current is spread over lithium that does not touch everywhere or is not flat."""

import numpy as np
from matplotlib.axes import Axes

from ecmcell.output import StoredRun
from ecmcell.report.drawing.labels import axis_label, capital, duration, time_axis
from ecmcell.report.drawing.style import BLUE, INK, MM, PAGE, VERMILION, Plate, new_figure
from ecmcell.report.sections.curves import letter_axes
from ecmcell.report.sections.half_cycles import TIME, Series

_LOW, _HIGH = "From [mA.cm-2]", "To [mA.cm-2]"
_FRACTIONS = {"Fraction of contact": (BLUE, "-"), "Fraction of footprint": (VERMILION, "--")}
_FEW = 10  # time steps that get a dot each
# Currents that differ by a smaller factor are shown on a linear scale: labels of powers collide.
_NARROW = 5.0
_FACTOR, _RESISTANCE = "hotspot factor", "constriction resistance [ohm.cm2]"


def hotspot_plates(run: StoredRun) -> list[Plate]:
    """For each such electrode the last histogram, and what the crowding costs against time."""
    table = run.hotspots
    plates = []
    for electrode in dict.fromkeys(table.get("Electrode", np.empty(0))):
        last = max(table[TIME][table["Electrode"] == electrode])
        rows = (table["Electrode"] == electrode) & (table[TIME] == last)
        plates.append(_plate(electrode, {k: v[rows] for k, v in table.items()}, run.series))
    return plates


def _plate(electrode: str, bins: Series, series: Series) -> Plate:
    name, time = capital(electrode), float(bins[TIME][0])
    figure = new_figure(PAGE, 60 * MM)
    left, right = figure.subplots(1, 2)
    bare = _histogram(left, bins)
    shown, label = time_axis(series[TIME])
    dots, squares = "os" if len(shown) <= _FEW else ("", "")
    right.plot(shown, series[f"{name} {_FACTOR}"], color=INK, marker=dots)
    right.set(xlabel=label, ylabel=capital(_FACTOR))
    beside = right.twinx()
    beside.plot(
        shown,
        series[f"{name} {_RESISTANCE}"],
        color=BLUE,
        linestyle="--",
        marker=squares,
        mfc="none",
    )
    beside.set_ylabel(axis_label(capital(_RESISTANCE)), color=BLUE)
    beside.spines["right"].set_visible(True)
    for axis in (right, beside):  # what hardly changes keeps off the frame
        highest = axis.dataLim.ymax
        axis.set_ylim(0.0, 1.1 * highest if 0.0 < highest < np.inf else None)
    letter_axes([left, right])
    caption = (
        f"(a) Current density at the {electrode} after {duration(time)}, by the area of real "
        f"contact and by that of the footprint; {100 * bare:.3g} % of the footprint carries less "
        "than is shown. (b) Maximum over mean current density, and the resistance that the "
        "electrolyte has beyond that behind an equipotential."
    )
    return Plate(f"hotspots_{electrode}", f"Current at the {electrode}", caption, figure)


def _histogram(axis: Axes, bins: Series) -> float:
    """Draw the bins that hold anything; the fraction of the footprint in the first."""
    fractions = np.array([bins[name] for name in _FRACTIONS])
    inner = fractions[:, 1:-1]  # the outermost bins have no width to draw
    filled = np.flatnonzero(inner.sum(axis=0) > 0.0)
    if len(filled):
        part = slice(max(filled[0] - 1, 0), filled[-1] + 2)
        edges = np.append(bins[_LOW][1:-1][part], bins[_HIGH][1:-1][part][-1])
        for (name, (colour, line)), values in zip(_FRACTIONS.items(), inner, strict=True):
            label = name.removeprefix("Fraction of ")
            axis.stairs(100 * values[part], edges, color=colour, linestyle=line, label=label)
        axis.legend()
        axis.set_xscale("linear" if edges[-1] < _NARROW * edges[0] else "log")
    axis.set(xlabel=axis_label("Current density [mA.cm-2]"), ylabel="Fraction of the area (%)")
    return float(bins["Fraction of footprint"][0])
