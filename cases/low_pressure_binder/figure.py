"""The figure of the README from the study: contact through the first charge.

Run as `python3 cases/low_pressure_binder/figure.py runs/low_pressure_binder-study` after the study.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import ecmcell

HERE = Path(__file__).parent
COLOURS = {"linear": "#d55e00", "cross-linked": "#0072b2"}
STYLES = {"0.1-MPa": "-", "2-MPa": "--"}


def main() -> None:
    """Read and draw."""
    runs = Path(sys.argv[1])
    figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.4), layout="constrained", sharey=True)
    for axis, rate in zip(axes, ("C/20", "C/5"), strict=True):
        for binder, colour in COLOURS.items():
            for pressure, style in STYLES.items():
                name = f"{pressure}_{binder}_{rate.replace('/', '-')}"
                series = ecmcell.open_run(runs / name).series
                charge = series["Step"] == 1
                passed = -series["Discharge capacity [mA.h.g-1]"][charge]
                contact = series["Contact fraction"][charge]
                axis.plot(passed, contact, color=colour, linestyle=style)
                axis.plot(passed.iloc[-1], contact.iloc[-1], "o", color=colour, markersize=4)
        axis.set_title(f"Charge at {rate} to 4.2 V", loc="left", fontsize="medium")
        axis.set_xlabel("Capacity (mA h g⁻¹)")
        axis.set_xlim(0, 180)
    axes[0].set_ylabel("Contact fraction")
    axes[0].set_ylim(0.0, 1.02)
    handles = [Line2D([], [], color=c, label=f"{b} binder") for b, c in COLOURS.items()]
    handles += [
        Line2D([], [], color="0.3", linestyle=s, label=p.replace("-", " "))
        for p, s in STYLES.items()
    ]
    axes[0].legend(handles=handles, frameon=False, loc="lower left")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "contact.png", dpi=130)


if __name__ == "__main__":
    main()
