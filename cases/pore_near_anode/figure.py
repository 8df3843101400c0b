"""The figure of the study in the README: lithium in the flaw against time, with each pore.

Run as `python3 cases/pore_near_anode/figure.py runs/pore_near_anode-study` after the study.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import ecmcell

HERE = Path(__file__).parent
MM = 1 / 25.4  # inch
RUNS = {
    "none": "no pore",
    "ahead": "pore ahead",
    "aside": "pore aside",
    "connected": "flaw ends in pore",
}
COLUMNS = {
    "Filled crack 1 depth [um]": "Depth of lithium (µm)",
    "Filled crack 1 pressure [MPa]": "Pressure of lithium (MPa)",
    "Filled crack 1 plating current density [mA.cm-2]": "Plating in the crack (mA cm⁻²)",
}


def main() -> None:
    """Read and draw."""
    figure, axes = plt.subplots(1, 3, figsize=(180 * MM, 58 * MM), layout="constrained")
    for name, label in RUNS.items():
        series = ecmcell.open_run(Path(sys.argv[1]) / name).series
        for axis, column in zip(axes, COLUMNS, strict=True):
            axis.plot(series["Time [s]"] / 60.0, series[column], label=label)
    for axis, label in zip(axes, COLUMNS.values(), strict=True):
        axis.set(xlabel="Time (min)", ylabel=label, xscale="log", xlim=(0.05, None))
    axes[0].legend(loc="upper left", fontsize="x-small", handlelength=1.2)
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "study.png", dpi=200)


if __name__ == "__main__":
    with ecmcell.figure_style():
        main()
