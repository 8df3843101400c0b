"""Draws what `ecmcell ccd cases/li_penetration --study` found, against the closed form.

docker/enter python3 cases/li_penetration/figure.py runs/li_penetration-ccd/ccd_study.csv
"""

import csv
import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from ecmcell.report.drawing.style import BLUE, GREY, MM, PAGE, VERMILION, new_figure, styled
from ecmcell.report.sections.curves import letter_axes

SAFE, CRITICAL = "Maximum without penetration [mA.cm-2]", "Minimum with penetration [mA.cm-2]"
CLOSED = "Closed form [mA.cm-2]"
SLOW = {"flaw_4um": 4.0, "flaw_8um": 8.0, "flaw_16um": 16.0}
FAST = {"fast_4um": 4.0, "fast_8um": 8.0}
TOUGH = {"toughness_half": 0.115, "flaw_8um": 0.23, "toughness_double": 0.46}
# Shear modulus over that of lithium, as `ecmcell check` tells it.
MODULI = {"LiBH4": 1.41, "flaw_8um": 3.26, "LLZO": 21.0}
Rows = dict[str, dict[str, str]]


def bars(
    axes: Axes, rows: Rows, at: dict[str, float], colour: str, label: str, style: str = "--"
) -> None:
    """Brackets as bars, the closed form as a line or marks."""
    known = {name: place for name, place in at.items() if name in rows}
    if not known:
        return
    places = np.array(list(known.values()))
    low, high, closed = (
        np.array([float(rows[name][key]) for name in known]) for key in (SAFE, CRITICAL, CLOSED)
    )
    middle = np.sqrt(low * high)
    errors = [middle - low, high - middle]
    axes.errorbar(places, middle, errors, fmt="o", color=colour, capsize=3, label=label)
    axes.plot(places, closed, style, color=GREY, linewidth=0.8, markersize=10)
    axes.set(xscale="log", yscale="log")
    axes.set_xticks(places, [f"{place:g}" for place in places])
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))


def main(table: Path) -> None:
    """Write the figure beside the case."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = {row["Variation"]: row for row in csv.DictReader(file)}
    with styled():
        figure = new_figure(PAGE, 62 * MM)
        sizes, tough, stiff = figure.subplots(1, 3)
        bars(sizes, rows, FAST, VERMILION, "fast kinetics")
        bars(sizes, rows, SLOW, BLUE, "slow kinetics")
        sizes.set_xlim(3.3, 19.5)
        sizes.legend(loc="center right")
        sizes.set(xlabel="Flaw (µm)", ylabel="Critical current density (mA cm$^{-2}$)")
        bars(tough, rows, TOUGH, BLUE, "")
        tough.set(xlabel="$K_{Ic}$ (MPa m$^{1/2}$)")
        bars(stiff, rows, MODULI, BLUE, "", "_")
        stiff.margins(0.3)
        stiff.axvline(2.0, color=GREY, linewidth=0.8)
        stiff.set(xlabel="Shear modulus over lithium's")
        for name, ratio in MODULI.items():
            text = "glass" if name == "flaw_8um" else name
            stiff.annotate(
                text,
                (ratio, float(rows[name][CRITICAL])),
                xytext=(-10, -18 if ratio < 2.0 else 6),
                textcoords="offset points",
            )
        letter_axes([sizes, tough, stiff])
        figures = Path(__file__).parent / "figures"
        figures.mkdir(exist_ok=True)
        figure.savefig(figures / "onset.png", dpi=200)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
