"""The figure of the README: what gives way when, and how much of each at the end.

Run as `python3 cases/what_cracks_first/figure.py runs/what_cracks_first-study` after the study.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import ecmcell

HERE = Path(__file__).parent
COLOURS = {"weak": "#d55e00", "strong": "#0072b2"}
DEBONDED, CRACKS = "Debonded fraction", "Crack length catholyte [um]"
BEGUN = {DEBONDED: 0.01, CRACKS: 0.5}  # what counts as begun: a fraction of the interface, um
CONDUCTIVITY = "Effective ionic conductivity [mS.cm-1]"


def begins(series: pd.DataFrame, name: str) -> float:
    """State of charge at which something has begun; nan if it never does."""
    begun = series["State of charge"][series[name] > BEGUN[name]]
    return np.nan if begun.empty else begun.iloc[0]


def main() -> None:
    """Read and draw."""
    figure, axes = plt.subplots(2, 2, figsize=(8.5, 6.2), layout="constrained")
    axes = axes.ravel()
    print(
        "interface  toughness  debonds at  cracks at  debonded  crack length  conductivity  charge"
    )
    study = ecmcell.StudyResult(ecmcell.read_study(HERE), Path(sys.argv[1]))
    runs, chosen = study.runs, study.table.query("status == 'done'")
    for interface, colour in COLOURS.items():
        found = []
        for name in chosen.index[chosen["interface"] == interface]:
            series = runs[name].series
            last = series.iloc[-1]
            found.append(
                (
                    float(chosen.loc[name, "toughness"]),
                    begins(series, DEBONDED),
                    begins(series, CRACKS),
                    last[DEBONDED],
                    last[CRACKS],
                    last[CONDUCTIVITY],
                    -last["Discharge capacity [mA.h.g-1]"],
                )
            )
            print(interface, " ".join(f"{value:9.3g}" for value in found[-1]))
        toughness, debonds, cracks, debonded, length, conductivity, _ = np.array(found).T
        axes[0].plot(
            toughness, debonds, "o-", color=colour, label=f"{interface} interface: it debonds"
        )
        axes[0].plot(
            toughness,
            cracks,
            "s--",
            color=colour,
            label=f"{interface} interface: electrolyte cracks",
        )
        for axis, values in zip(axes[1:], (debonded, length, conductivity), strict=True):
            axis.plot(toughness, values, "o-", color=colour, label=f"{interface} interface")
    axes[0].set(ylabel="State of charge at\nwhich it begins", ylim=(0.0, 1.2))
    axes[1].set(ylabel="Debonded fraction of the\ninterface at 4.2 V", ylim=(0.0, 1.0))
    axes[2].set(ylabel="Crack length in the\nelectrolyte at 4.2 V (µm)", ylim=(0.0, None))
    axes[3].set(ylabel="Ionic conductivity\nat 4.2 V (mS/cm)", ylim=(0.0, None))
    for axis in axes:
        axis.set_xlabel("Toughness of the electrolyte (MPa m$^{1/2}$)")
        axis.set_xlim(0.0, 1.6)
    axes[0].legend(frameon=False, fontsize="x-small")
    axes[1].legend(frameon=False, fontsize="small")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "study.png", dpi=120)


if __name__ == "__main__":
    main()
