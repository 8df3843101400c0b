"""The figure of the README: voids under a composite cathode.

Run as `python3 cases/void_constriction_llzo/stripping/composite/figure.py RUN` after it.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ecmcell

HERE = Path(__file__).parent
FIELDS = {
    "Voids [um]": ("Voids (µm)", 1.0),
    "Electrode current density [mA.cm-2]": ("Current density (mA cm$^{-2}$)", 1.0),
}
COLOURS = ("#56b4e9", "#0072b2", "#d55e00")


def main() -> None:
    """Read and draw."""
    run = ecmcell.open_run(sys.argv[1])
    figure, axes = plt.subplots(1, 3, figsize=(12.0, 3.3), layout="constrained")
    times = run.states["Time [s]"] / 3600.0
    states = [1, 2, len(times) - 1]
    for axis, (name, (label, factor)) in zip(axes, FIELDS.items(), strict=False):
        for colour, state in zip(COLOURS, states, strict=True):
            faces = run.interfaces(state=state)
            there = np.isfinite(faces["Voids [um]"])
            middles, values = faces.cell_centers().points[there, 1], faces[name][there]
            order = np.argsort(middles)
            hours = f"{times[state]:.1f} h"
            axis.plot(middles[order], factor * values[order], color=colour, label=hours)
        axis.set(xlabel="Place on the lithium (µm)", ylabel=label)
        axis.set_ylim(bottom=0.0)
        axis.legend(frameon=False, fontsize="small")
    series = run.series
    time = series["Time [s]"] / 3600.0
    axes[2].plot(time, series["Anode contact beside voids"], color="#0072b2")
    axes[2].plot(time, series["Anode hotspot factor"], color="#d55e00")
    axes[2].text(2.5, 0.6, "contact beside voids", color="#0072b2")
    axes[2].text(2.5, 1.9, "hotspot factor", color="#d55e00")
    axes[2].set(xlabel="Time (h)", ylim=(0.0, 2.4))
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "composite.png", dpi=130)


if __name__ == "__main__":
    main()
