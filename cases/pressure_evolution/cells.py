"""Adds electrodes of the study up to cells: prints two tables, draws a figure.

Run as `python3 cases/pressure_evolution/cells.py runs/pressure_evolution-study` after the study.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ecmcell.case.materials import material
from ecmcell.output import StoredRun

HERE = Path(__file__).parent
STACK = 35.0  # um, of the recipe
START, SPRING = 50.0, 0.5  # MPa, MPa/um, of the case and its study
EXCESS = 1.1  # capacity of the anode over that of the cathode
FARADAY = 96485.33
MILLIAMPERE_HOUR = 3.6  # C
COLOURS = {"NMC811": "#0072b2", "graphite": "#222222", "LTO": "#009e73", "Li": "#d55e00"}


@dataclass
class Half:
    """The first half cycle of an electrode.

    Attributes:
        charge: That has passed, mAh/cm2.
        thickness: Change of the thickness of the stack at constant pressure, um.
        pressure: Change of the pressure by frame, MPa, over `passed[frame]`, mAh/cm2.
        compliance: Of the stack as it was put together, um/MPa.
    """

    charge: np.ndarray
    thickness: np.ndarray
    pressure: dict[str, np.ndarray]
    passed: dict[str, np.ndarray]
    compliance: float


def read(runs: Path, name: str) -> Half:
    """An electrode from its three runs."""
    pressure, passed = {}, {}
    for frame in ("pressure", "gap", "spring"):
        series = StoredRun(runs / f"{name}_{frame}").series
        first = series["Step"] == 1
        hours = np.diff(series["Time [s]"][first], prepend=0.0) / 3600.0
        passed[frame] = np.cumsum(np.abs(series["Current density [mA.cm-2]"][first]) * hours)
        pressure[frame] = series["Stack pressure [MPa]"][first] - START
        if frame == "pressure":
            strain = series["Stack strain"][first]
    thickness = STACK * (strain - strain[0])
    return Half(passed["pressure"], thickness, pressure, passed, -STACK * strain[0] / START)


def main() -> None:
    """Read, print and draw."""
    runs = Path(sys.argv[1])
    halves = {name: read(runs, name) for name in ("NMC811", "graphite", "LTO")}
    print(
        "| electrode | capacity (mAh/cm²) | thickness at 50 MPa (µm) | gap (MPa) | foreseen | ",
        end="",
    )
    print("spring (MPa) | foreseen |\n|---|---|---|---|---|---|---|")
    for name, half in halves.items():
        soft = half.compliance
        row = [f"{half.charge[-1]:.2f}", f"{half.thickness[-1]:+.3f}"]
        for frame, give in (("gap", soft), ("spring", soft + 1.0 / SPRING)):
            row += [f"{half.pressure[frame][-1]:+.3g}", f"{half.thickness[-1] / give:+.3g}"]
        print(f"| {name} | {' | '.join(row)} |")
    print("\n| cell, charged | thickness (µm) | spring (MPa) | gap (MPa) |\n|---|---|---|---|")
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.4), layout="constrained")
    for name, half in halves.items():
        left.plot(half.charge, half.thickness, color=COLOURS[name], label=name)
    left.set_title("Electrodes, filling or (NMC811) emptying", loc="left", fontsize="medium")
    left.set_ylabel("Thickness of the stack, change (µm)")
    cathode = halves["NMC811"]
    grid = np.linspace(0.0, cathode.charge[-1], 101)
    for anode in ("Li", "graphite", "LTO"):
        thickness = np.interp(grid, cathode.charge, cathode.thickness)
        soft = cathode.compliance
        if anode == "Li":
            thickness += plated(grid)
        else:
            half = halves[anode]
            loading = EXCESS * cathode.charge[-1] / half.charge[-1]
            thickness += loading * np.interp(grid / loading, half.charge, half.thickness)
            soft += loading * half.compliance
        spring = thickness / (soft + 1.0 / SPRING)
        row = f"{thickness[-1]:+.2f} | {spring[-1]:+.2f} | {thickness[-1] / soft:+.0f}"
        print(f"| NMC811 \\| {anode} | {row} |")
        right.plot(grid, spring, color=COLOURS[anode], label=f"NMC811 | {anode}")
    right.set_title(
        f"Cells, charged on a spring of {SPRING:g} MPa/µm", loc="left", fontsize="medium"
    )
    right.set_ylabel("Stack pressure, change (MPa)")
    for axes in (left, right):
        axes.set_xlabel("Charge passed (mA h cm⁻²)")
        axes.axhline(0.0, color="0.7", linewidth=0.6, zorder=0)
        axes.legend(frameon=False)
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "cells.png", dpi=130)


def plated(charge: np.ndarray) -> np.ndarray:
    """Thickness in um of the lithium that a charge in mAh/cm2 plates."""
    volume = material("Li").molar_volume * 1e6  # cm3/mol
    return charge * MILLIAMPERE_HOUR / FARADAY * volume * 1e4


if __name__ == "__main__":
    main()
