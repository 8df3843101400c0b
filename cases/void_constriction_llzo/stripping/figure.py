"""The figure of the README: critical current of stripping by pressure, and what goes before it.

Run as `python3 cases/void_constriction_llzo/stripping/figure.py CCD CYCLE` after
`ecmcell ccd cases/void_constriction_llzo/stripping --study --output CCD` and
`ecmcell run cases/void_constriction_llzo/stripping/strips --output CYCLE`.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import ecmcell
from ecmcell.processes.closed_form import critical_stripping

HERE = Path(__file__).parent
BLUE, RED, GREY = "#0072b2", "#d55e00", "0.5"
SAFE, CRITICAL = "Maximum without contact loss [mA.cm-2]", "Minimum with contact loss [mA.cm-2]"
# Kasemchainan et al. 2019, doi:10.1038/s41563-019-0438-9: MPa, mA/cm2.
MEASURED = [(3.0, 0.2), (7.0, 1.0)]
PER_HOUR = {"without end": "1e6 hours", "for 5 hours": "5 hours"}


def closed_form(pressure: float, duration: str) -> float:
    """Critical current of stripping in mA/cm2 for so long."""
    protocol = [f"Discharge at 0.2 mA/cm2 for {duration}"]
    changes = {"cell.stack_pressure": f"{pressure} MPa", "protocol": protocol}
    return 0.1 * critical_stripping(ecmcell.Case.load(HERE, changes).data)


def main() -> None:
    """Read and draw."""
    rows = pd.read_csv(Path(sys.argv[1]) / "ccd_study.csv")
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12.0, 3.5), layout="constrained")
    for number, row in rows.iterrows():
        pressure = float(row["cell.stack_pressure"].removesuffix(" MPa"))
        bar = {"linewidth": 5, "solid_capstyle": "butt", "color": BLUE}
        label = None if number else "found"
        left.plot([pressure] * 2, [row[SAFE], row[CRITICAL]], **bar, label=label)
    pressures = np.geomspace(0.4, 8.0, 60)
    for style, (label, duration) in zip(("--", "-"), PER_HOUR.items(), strict=True):
        current = [closed_form(float(p), duration) for p in pressures]
        left.plot(pressures, current, style, color=BLUE, linewidth=1, label=f"closed form, {label}")
    left.plot(*zip(*MEASURED, strict=True), "s", color=RED, label="measured, Li$_6$PS$_5$Cl")
    left.set(xscale="log", yscale="log", ylim=(0.01, 200.0))
    left.set_xticks([0.5, 1, 2, 3, 5, 7], ["0.5", "1", "2", "3", "5", "7"])
    left.set_xticks([], minor=True)
    left.set(xlabel="Stack pressure (MPa)", ylabel="Critical current density (mA cm$^{-2}$)")
    left.set_title("When contact is lost", loc="left", fontsize="medium")
    left.legend(frameon=False, fontsize="small", loc="upper left")

    series = ecmcell.open_run(sys.argv[2]).series
    time = series["Time [s]"] / 3600.0
    middle.plot(
        time, series["Anode contact beside voids"], color=BLUE, label="contact beside voids"
    )
    middle.plot(time, series["Anode maximum voids [um]"], color=RED, label="deepest voids (µm)")
    middle.set(xlabel="Time (h)", ylim=(0.0, 1.3))
    middle.legend(frameon=False, fontsize="small", loc="upper left", ncols=2)
    middle.set_title("Strips, stripped and plated", loc="left", fontsize="medium")

    rows_shown = np.isfinite(series["Anode hotspot factor"])
    real = np.abs(series["Anode current density of real contact [mA.cm-2]"])
    factor = np.where(rows_shown, series["Anode hotspot factor"], np.nan)
    real = np.where(rows_shown, real, np.nan)
    right.plot(time, factor, color=BLUE, label="hotspot factor of the face")
    right.plot(time, real, color=RED, label="current density of real contact (mA cm$^{-2}$)")
    right.set(yscale="log", xlabel="Time (h)", ylim=(0.2, 400.0))
    right.legend(frameon=False, fontsize="small", loc="upper left")
    right.set_title("What that does to the current", loc="left", fontsize="medium")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "stripping.png", dpi=130)


if __name__ == "__main__":
    main()
