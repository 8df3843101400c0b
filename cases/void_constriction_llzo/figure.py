"""The figure of the README from the study: what voids cost, and whether pressure closes them.

Run as `python3 cases/void_constriction_llzo/figure.py runs/void_constriction_llzo-study` after it.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import ecmcell

HERE = Path(__file__).parent
COVERAGES = ("1.0", "0.5", "0.2", "0.1")
COLOURS = {"0.1": "#d55e00", "0.3": "#e69f00", "1": "#0072b2"}
STYLES = {"0.05": ":", "0.2": "--", "1": "-"}


def main() -> None:
    """Read and draw."""
    runs = Path(sys.argv[1])
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.4), layout="constrained")
    fractions, resistances, factors = [], [], []
    for coverage in COVERAGES:
        last = ecmcell.open_run(runs / f"coverage-{coverage}").series.iloc[-1]
        fractions.append(float(coverage))
        resistances.append(-1e3 * last["Voltage [V]"] / last["Current density [mA.cm-2]"])
        factors.append(last["Anode hotspot factor"])
    left.loglog(fractions, resistances, "o-", color="#0072b2")
    left.loglog(fractions, factors, "s--", color="#d55e00")
    left.text(0.27, 24.0, "resistance (Ω cm²)", color="#0072b2")
    left.text(0.12, 6.0, "hotspot factor", color="#d55e00", rotation=-30)
    left.set_xlabel("Fraction of the foil in contact")
    left.set_title("Before anything flows", loc="left", fontsize="medium")

    for pressure, colour in COLOURS.items():
        for current, style in STYLES.items():
            run = ecmcell.open_run(runs / f"{pressure}-MPa-{current}-mA")
            flowing = run.series.iloc[1:]
            time, contact = flowing["Time [s]"], flowing["Anode contact"]
            right.plot(time, contact, color=colour, linestyle=style)
    right.set_xscale("log")
    right.set_xlabel("Time (s)")
    right.set_ylabel("Contact fraction")
    right.set_ylim(0.0, 1.02)
    right.set_title("While lithium is stripped", loc="left", fontsize="medium")
    handles = [Line2D([], [], color=c, label=f"{p} MPa") for p, c in COLOURS.items()]
    handles += [
        Line2D([], [], color="0.3", linestyle=s, label=f"{i} mA cm⁻²") for i, s in STYLES.items()
    ]
    right.legend(handles=handles, frameon=False, fontsize="small")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "voids.png", dpi=130)


if __name__ == "__main__":
    main()
