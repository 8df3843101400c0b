"""Draws what `ecmcell ccd cases/li_penetration --study` found, against the closed form.

docker/enter python3 cases/li_penetration/figure.py runs/li_penetration-ccd/ccd_study.csv
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

import ecmcell

SAFE, CRITICAL = "Maximum without penetration [mA.cm-2]", "Minimum with penetration [mA.cm-2]"
CLOSED = "Closed form [mA.cm-2]"
SLOW = {"flaw_4um": 4.0, "flaw_8um": 8.0, "flaw_16um": 16.0}
FAST = {"fast_4um": 4.0, "fast_8um": 8.0}
TOUGH = {"toughness_half": 0.115, "flaw_8um": 0.23, "toughness_double": 0.46}
# Shear modulus over that of lithium, as `ecmcell check` tells it.
MODULI = {"LiBH4": 1.41, "flaw_8um": 3.26, "LLZO": 21.0}
BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#888888"
MM = 1 / 25.4  # inch


def bars(
    axes: Axes, rows: pd.DataFrame, at: dict[str, float], colour: str, label: str, style: str = "--"
) -> None:
    """Brackets as bars, the closed form as a line or marks."""
    known = {name: place for name, place in at.items() if name in rows.index}
    if not known:
        return
    places = np.array(list(known.values()))
    low, high, closed = rows.loc[list(known), [SAFE, CRITICAL, CLOSED]].to_numpy().T
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
    rows = pd.read_csv(table, index_col="Variation")
    with ecmcell.figure_style():
        figure, axes = plt.subplots(1, 3, figsize=(180 * MM, 62 * MM), layout="constrained")
        sizes, tough, stiff = axes
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
                (ratio, rows.loc[name, CRITICAL]),
                xytext=(-10, -18 if ratio < 2.0 else 6),
                textcoords="offset points",
            )
        for axis, letter in zip(axes, "abc", strict=True):
            axis.set_title(f"({letter})", loc="left", weight="bold")
        figures = Path(__file__).parent / "figures"
        figures.mkdir(exist_ok=True)
        figure.savefig(figures / "onset.png", dpi=200)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
