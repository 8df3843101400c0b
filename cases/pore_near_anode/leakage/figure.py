"""The figure of the README: lithium's potential around the pore, and at its wall by contrast.

Run as `python3 cases/pore_near_anode/leakage/figure.py runs/leakage-study runs/cathode-study`.
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ecmcell.output import StoredRun
from ecmcell.report.drawing.style import MM, PAGE, new_figure, styled

HERE = Path(__file__).parent
POTENTIAL = "Lithium chemical potential [V]"
AT_PORE = "Maximum lithium chemical potential in pores [mV]"
LARGEST = 30.0  # mV
CONTRASTS = {1.0: "as_grains"} | {10.0**n: f"x1e{n}" for n in range(1, 7)}


def main() -> None:
    """Read and draw."""
    lithium, cathode = (Path(arg) for arg in sys.argv[1:])
    figure = new_figure(1.4 * PAGE, 62 * MM)
    axes = figure.subplots(1, 5, width_ratios=[1, 1, 1, 1, 1.9])
    maps = {
        "Li | Li, boundary as grains": lithium / "as_grains_usual",
        "Li | Li, boundary × 10⁴": lithium / "x1e4_usual",
        "Li | NMC811, as grains": cathode / "as_grains",
        "Li | NMC811, × 10⁴": cathode / "x1e4",
    }
    for axis, (title, run) in zip(axes, maps.items(), strict=False):
        drawn = draw(axis, StoredRun(run))
        axis.set(title=title, xlabel="x (µm)", xlim=(0.0, 20.0), ylim=(0.0, 24.0))
    axes[0].set_ylabel("y (µm)")
    figure.colorbar(drawn, ax=axes[:4], label="Lithium over metal (mV)", extend="min", shrink=0.8)
    labels = {"low": "Li, 0.1 mA cm⁻²", "usual": "Li, 1 mA cm⁻²", "high": "Li, 3 mA cm⁻²"}
    for current, label in labels.items():
        curve(axes[4], lithium, f"_{current}", label, "o-")
    curve(axes[4], cathode, "", "NMC811, 1 mA cm⁻²", "s--")
    axes[4].axhline(0.0, color="0.5", linewidth=0.8)
    axes[4].set(
        xscale="log",
        ylim=(-40.0, 75.0),
        xlabel="Boundary over grains (electrons)",
        ylabel="Maximum at the pore (mV)",
    )
    axes[4].legend(fontsize="x-small", loc="lower left", handlelength=1.2)
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "leakage.png", dpi=200)


def draw(axis: Axes, run: StoredRun):
    """Lithium's potential in the electrolyte at the end of a run."""
    values = 1e3 * run.field(len(run.states) - 1, "point", POTENTIAL)
    cells = run.mesh.cells[np.isfinite(values[run.mesh.cells]).all(axis=1)]
    axis.set_aspect("equal")
    x, y = run.mesh.points[:, :2].T
    filled = np.nan_to_num(values, nan=-LARGEST)
    return axis.tripcolor(
        x, y, cells, filled, cmap="RdBu_r", vmin=-LARGEST, vmax=LARGEST, shading="gouraud"
    )


def curve(axis: Axes, study: Path, ending: str, label: str, style: str) -> None:
    """The maximum potential at the pore against what the boundary conducts."""
    found = {
        contrast: StoredRun(study / f"{name}{ending}").series[AT_PORE][-1]
        for contrast, name in CONTRASTS.items()
        if (study / f"{name}{ending}").is_dir()
    }
    axis.plot(list(found), list(found.values()), style, label=label, markersize=4)


if __name__ == "__main__":
    with styled():
        main()
