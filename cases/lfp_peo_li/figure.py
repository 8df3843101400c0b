"""The figures of the README from the study: discharges warm and cold, and the salt at their ends.

Run as `python3 cases/lfp_peo_li/figure.py runs/lfp_peo_li-study` after the study.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

import ecmcell

HERE = Path(__file__).parent
COLOURS = {"62": "#d55e00", "40": "#e69f00", "25": "#0072b2"}
STYLES = {"0.02C": ":", "0.15C": "-", "1C": "--", "3C": "-."}
SALT, BINS = "Salt concentration [mol.m-3]", 50


def discharges(axis: Axes, runs: Path) -> None:
    """Voltage against capacity, and a point where a discharge ends."""
    for temperature, colour in COLOURS.items():
        for rate, style in STYLES.items():
            series = ecmcell.open_run(runs / f"{temperature}-degC_{rate}").series
            passed, voltage = series["Discharge capacity [mA.h.g-1]"], series["Voltage [V]"]
            axis.plot(passed, voltage, color=colour, linestyle=style)
            axis.plot(passed.iloc[-1], voltage.iloc[-1], "o", color=colour, markersize=4)
    axis.set_xlim(0.0, 170.0)
    axis.set_ylim(2.45, 3.5)
    axis.set_xlabel("Capacity (mA h g⁻¹)")
    axis.set_ylabel("Voltage (V)")
    axis.set_title("Discharge to 2.5 V", loc="left", fontsize="medium")
    handles = [Line2D([], [], color=c, label=f"{t} °C") for t, c in COLOURS.items()]
    handles += [Line2D([], [], color="0.3", linestyle=s, label=r) for r, s in STYLES.items()]
    place = {"loc": "lower left", "bbox_to_anchor": (0.42, 0.0)}
    axis.legend(handles=handles, frameon=False, fontsize="small", **place)


def profiles(axis: Axes, runs: Path) -> None:
    """Salt at the end of a discharge, averaged over the width."""
    for temperature, colour in COLOURS.items():
        for rate in ("0.15C", "1C", "3C"):
            if (temperature, rate) in (("25", "1C"), ("25", "3C"), ("40", "3C")):
                continue  # over before much has happened
            run = ecmcell.open_run(runs / f"{temperature}-degC_{rate}")
            cells = run.fields().point_data_to_cell_data()
            salt, x = cells[SALT], cells.cell_centers().points[:, 0]
            there = np.isfinite(salt)
            edges = np.linspace(cells.bounds[0], cells.bounds[1], BINS + 1)
            place = np.digitize(x[there], edges[1:-1])
            count = np.bincount(place, minlength=BINS)
            mean = np.bincount(place, salt[there], minlength=BINS) / count
            middle = 0.5 * (edges[1:] + edges[:-1])
            axis.plot(middle, mean, color=colour, linestyle=STYLES[rate])
    axis.axvline(0.0, color="0.8", linewidth=0.8)
    axis.set_xlabel("Separator, and from 0 composite (µm)")
    axis.set_ylabel("Salt (mol m⁻³)")
    axis.set_ylim(bottom=0.0)
    axis.set_title("Salt at the end of it", loc="left", fontsize="medium")


def main() -> None:
    """Read and draw."""
    runs = Path(sys.argv[1])
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
    discharges(left, runs)
    profiles(right, runs)
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "discharge.png", dpi=130)


if __name__ == "__main__":
    main()
