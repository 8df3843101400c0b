"""Effective conductivities against the fraction of electrolyte: prints a table, draws a figure.

Run as `python3 cases/percolation_window/sweep.py`. Values are means over all axes and seeds; bars
reach from minimum to maximum.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ecmcell

HERE = Path(__file__).parent
FRACTIONS = np.array([0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50, 0.60])
SEEDS = (1, 2, 3)
CARRIERS = {"ions": "catholyte", "electrons": "active"}
COLOURS = {"ions": "#0072b2", "electrons": "#d55e00"}


def main() -> None:
    """Sweep, print and draw."""
    ratios: dict[str, list[list[float]]] = {carrier: [] for carrier in CARRIERS}
    print("| electrolyte | ions | reached | electrons | reached | interface [1/um] |")
    print("|---|---|---|---|---|---|")
    for fraction in FRACTIONS:
        fractions = {"active": 1 - fraction, "catholyte": fraction}
        ratio: dict[str, list[float]] = {carrier: [] for carrier in CARRIERS}
        reached: dict[str, list[float]] = {carrier: [] for carrier in CARRIERS}
        surface = []
        for seed in SEEDS:
            changes = {"mesh.seed": seed, "mesh.overrides.fractions": fractions}
            case = ecmcell.Case.load(HERE, changes)
            found = case.microstructure().statistics
            surface.append(found["Specific surface active|catholyte [um-1]"])
            for carrier, result in ecmcell.effective_properties(case)["Carriers"].items():
                for direction in result["Axes"].values():
                    ratio[carrier].append(direction["Ratio to bulk"])
                    reached[carrier].append(direction["Percolating fraction"][CARRIERS[carrier]])
        row = [
            f"{np.mean(ratio[carrier]):.3f} | {np.mean(reached[carrier]):.0%}"
            for carrier in CARRIERS
        ]
        print(f"| {fraction:.0%} | {' | '.join(row)} | {np.mean(surface):.2f} |", flush=True)
        for carrier, values in ratio.items():
            ratios[carrier].append(values)
    draw({carrier: np.array(values) for carrier, values in ratios.items()})


def draw(ratios: dict[str, np.ndarray]) -> None:
    """Both ratios to bulk, of shape (fractions, samples), against the fraction of electrolyte."""
    figure, axes = plt.subplots(figsize=(5, 3.2), layout="constrained")
    axes.axvspan(25, 50, color="0.92")
    axes.text(37.5, 0.02, "window of the literature", ha="center", color="0.4")
    for carrier, values in ratios.items():
        mean = values.mean(axis=1)
        bars = np.abs(np.array([values.min(axis=1), values.max(axis=1)]) - mean)
        axes.errorbar(
            100 * FRACTIONS,
            mean,
            bars,
            marker="o",
            capsize=3,
            color=COLOURS[carrier],
            label=carrier,
        )
    axes.set_xlabel("electrolyte [vol %]")
    axes.set_ylabel("effective over bulk conductivity")
    axes.set_ylim(0, None)
    axes.legend(frameon=False, loc="upper center")
    figure.savefig(HERE / "figures" / "percolation.png", dpi=150)


if __name__ == "__main__":
    main()
