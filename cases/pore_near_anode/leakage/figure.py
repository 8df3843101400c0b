"""The figure of the README: lithium's potential around the pore, and at its wall by contrast.

Run as `python3 cases/pore_near_anode/leakage/figure.py runs/leakage-study runs/cathode-study`.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

import ecmcell

HERE = Path(__file__).parent
MM = 1 / 25.4  # inch
POTENTIAL = "Lithium chemical potential [V]"
AT_PORE = "Maximum lithium chemical potential in pores [mV]"
LARGEST = 30.0  # mV
CONTRASTS = {1.0: "as_grains"} | {10.0**n: f"x1e{n}" for n in range(1, 7)}


def main() -> None:
    """Read and draw."""
    lithium, cathode = (Path(arg) for arg in sys.argv[1:])
    figure = plt.figure(figsize=(252 * MM, 62 * MM), layout="constrained")
    axes = figure.subplots(1, 5, width_ratios=[1, 1, 1, 1, 1.9])
    maps = {
        "Li | Li, boundary as grains": lithium / "as_grains_usual",
        "Li | Li, boundary × 10⁴": lithium / "x1e4_usual",
        "Li | NMC811, as grains": cathode / "as_grains",
        "Li | NMC811, × 10⁴": cathode / "x1e4",
    }
    for axis, (title, run) in zip(axes, maps.items(), strict=False):
        drawn = draw(axis, ecmcell.open_run(run))
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


def draw(axis: Axes, run: ecmcell.Run):
    """Lithium's potential in the electrolyte at the end of a run."""
    mesh = run.fields()
    values, triangles = 1e3 * mesh[POTENTIAL], mesh.cell_connectivity.reshape(-1, 3)
    cells = triangles[np.isfinite(values[triangles]).all(axis=1)]
    axis.set_aspect("equal")
    x, y = mesh.points[:, :2].T
    filled = np.nan_to_num(values, nan=-LARGEST)
    return axis.tripcolor(
        x, y, cells, filled, cmap="RdBu_r", vmin=-LARGEST, vmax=LARGEST, shading="gouraud"
    )


def curve(axis: Axes, study: Path, ending: str, label: str, style: str) -> None:
    """The maximum potential at the pore against what the boundary conducts."""
    found = {
        contrast: ecmcell.open_run(study / f"{name}{ending}").series[AT_PORE].iloc[-1]
        for contrast, name in CONTRASTS.items()
        if (study / f"{name}{ending}").is_dir()
    }
    axis.plot(list(found), list(found.values()), style, label=label, markersize=4)


if __name__ == "__main__":
    with ecmcell.figure_style():
        main()
