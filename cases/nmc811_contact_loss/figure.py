"""The figure of the study in the README: contact and capacity, cycle by cycle.

Run as `python3 cases/nmc811_contact_loss/figure.py runs/nmc811_contact_loss-study` after the study.
"""

import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import ecmcell

HERE = Path(__file__).parent
PRESSURES = ("0.1-MPa", "2-MPa", "20-MPa", "100-MPa")
STYLES = {"returns": "-", "stays-lost": "--"}
COLUMNS = {
    "Minimum contact fraction": ("Contact fraction at 4.2 V", 1.0, (0.0, 1.0)),
    "Polarisation [V]": ("Polarisation (mV)", 1e3, (0.0, 250.0)),
    "Discharge capacity [mA.h.g-1]": ("Discharge capacity (mA h g⁻¹)", 1.0, (160.0, 185.0)),
}


def main() -> None:
    """Read and draw."""
    runs = Path(sys.argv[1])
    colours = dict(zip(PRESSURES, mpl.colormaps["viridis"]([0.0, 0.3, 0.6, 0.88]), strict=True))
    figure, axes = plt.subplots(1, 3, figsize=(11.0, 3.3), layout="constrained")
    for axis, (column, (label, scale, limits)) in zip(axes, COLUMNS.items(), strict=True):
        for pressure, colour in colours.items():
            for kind, style in STYLES.items():
                cycles = ecmcell.open_run(runs / f"{pressure}_{kind}").cycles
                values = scale * cycles[column]
                axis.plot(cycles["Cycle"], values, style, marker="o", markersize=4, color=colour)
        axis.set(xlabel="Cycle", ylabel=label, xticks=(1, 2, 3), ylim=limits)
    handles = [Line2D([], [], color=c, label=p.replace("-", " ")) for p, c in colours.items()]
    handles += [
        Line2D([], [], color="0.3", linestyle=s, label=f"lost contact {k.replace('-', ' ')}")
        for k, s in STYLES.items()
    ]
    figure.legend(handles=handles, frameon=False, loc="outside right center")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "study.png", dpi=120)


if __name__ == "__main__":
    main()
