"""Adds electrodes of the study up to cells: prints two tables, draws a figure.

Run as `python3 cases/pressure_evolution/cells.py runs/pressure_evolution-study` after the study.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

import ecmcell

HERE = Path(__file__).parent
STACK = 35.0  # um, of the recipe
START, SPRING = 50.0, 0.5  # MPa, MPa/um, of the case and its study
FARADAY = 96485.33
MILLIAMPERE_HOUR = 3.6  # C
COLOURS = {"NMC811": "#0072b2", "graphite": "#222222", "LTO": "#009e73", "Li": "#d55e00"}


@dataclass
class Half:
    """The first half cycle of an electrode.

    Attributes:
        charge: That has passed, by frame, mAh/cm2.
        pressure: Change of the pressure, by frame, MPa.
        thickness: Change of the thickness of the stack on the spring, um.
        compliance: Of the stack as it was put together, um/MPa.
    """

    charge: dict[str, np.ndarray]
    pressure: dict[str, np.ndarray]
    thickness: np.ndarray
    compliance: float


def read(runs: Path, name: str) -> Half:
    """An electrode from its runs in both frames."""
    charge, pressure = {}, {}
    for frame in ("gap", "spring"):
        series = ecmcell.open_run(runs / f"{name}_{frame}").series
        first = series[series["Step"] == 1]
        hours = np.diff(first["Time [s]"], prepend=0.0) / 3600.0
        charge[frame] = np.cumsum(np.abs(first["Current density [mA.cm-2]"].to_numpy()) * hours)
        pressure[frame] = first["Stack pressure [MPa]"].to_numpy() - START
    strain = first["Axial strain of the stack"].to_numpy()
    return Half(charge, pressure, STACK * (strain - strain[0]), -STACK * strain[0] / START)


def main() -> None:
    """Read, print and draw."""
    halves = {name: read(Path(sys.argv[1]), name) for name in ("NMC811", "graphite", "LTO")}
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12.0, 3.4), layout="constrained")
    show_electrodes(halves, left, middle)
    show_cells(halves, right)
    for axes in (left, middle, right):
        axes.set_xlabel("Charge passed (mA h cm⁻²)")
        axes.axhline(0.0, color="0.7", linewidth=0.6, zorder=0)
        axes.legend(frameon=False)
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "pressure.png", dpi=120)


def show_electrodes(halves: dict[str, Half], left: Axes, middle: Axes) -> None:
    """A table of the electrodes, their thickness and their pressure at constant gap."""
    print(
        "| electrode | charge (mA h/cm²) | thickness (µm) | spring (MPa) | gap (MPa) | foreseen |"
    )
    print("|---|---|---|---|---|---|")
    for name, half in halves.items():
        free = half.thickness[-1] * (1.0 + SPRING * half.compliance)  # under constant pressure
        spring, gap = (half.pressure[frame][-1] for frame in ("spring", "gap"))
        row = f"{half.charge['spring'][-1]:.2f} | {half.thickness[-1]:+.2f} | {spring:+.2f}"
        print(f"| {name} | {row} | {gap:+.0f} | {free / half.compliance:+.0f} |")
        left.plot(half.charge["spring"], half.thickness, color=COLOURS[name], label=name)
        middle.plot(half.charge["gap"], half.pressure["gap"], color=COLOURS[name], label=name)
    left.set_title("Electrodes on the spring", loc="left", fontsize="medium")
    left.set_ylabel("Thickness of the stack, change (µm)")
    middle.set_title("Electrodes at constant gap", loc="left", fontsize="medium")
    middle.set_ylabel("Stack pressure, change (MPa)")


def show_cells(halves: dict[str, Half], axes: Axes) -> None:
    """A table of charged cells, and their pressure on the spring."""
    print("\n| cell, charged | thickness (µm) | spring (MPa) | gap (MPa) |\n|---|---|---|---|")
    cathode = halves["NMC811"]
    whole = cathode.charge["spring"][-1]
    grid = np.linspace(0.0, whole, 101)
    for anode in ("Li", "graphite", "LTO"):
        thickness = np.interp(grid, cathode.charge["spring"], cathode.thickness)
        soft = cathode.compliance
        if anode == "Li":
            thickness += plated(grid)
        else:  # as much of it as takes up the charge
            half, loading = halves[anode], whole / halves[anode].charge["spring"][-1]
            thickness += loading * np.interp(grid / loading, half.charge["spring"], half.thickness)
            soft += loading * half.compliance
        spring = thickness / (soft + 1.0 / SPRING)
        gap = "lithium flows" if anode == "Li" else f"{thickness[-1] / soft:+.0f}"
        print(f"| NMC811 \\| {anode} | {thickness[-1]:+.2f} | {spring[-1]:+.2f} | {gap} |")
        axes.plot(grid, spring, color=COLOURS[anode], label=f"NMC811 | {anode}")
    axes.set_title(f"Cells on a spring of {SPRING:g} MPa/µm", loc="left", fontsize="medium")
    axes.set_ylabel("Stack pressure, change (MPa)")


def plated(charge: np.ndarray) -> np.ndarray:
    """Thickness in um of the lithium that a charge in mAh/cm2 plates."""
    volume = ecmcell.material("Li").data.molar_volume * 1e6  # cm3/mol
    return charge * MILLIAMPERE_HOUR / FARADAY * volume * 1e4


if __name__ == "__main__":
    main()
