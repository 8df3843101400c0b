"""The figure of the README from the study: how even lithium is, and how much of it comes back.

Run as `python3 cases/anode_free/figure.py runs/anode_free-study` after it.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ecmcell

HERE = Path(__file__).parent
CURRENTS = {"0.5": "#d55e00", "1": "#e69f00", "2": "#009e73", "5": "#0072b2"}
PRESSURES = ("1", "3", "4", "5")
THICKNESS, MEAN = "Lithium thickness [um]", "Anode lithium thickness [um]"


def profile(run: ecmcell.Run) -> tuple[np.ndarray, np.ndarray]:
    """Thickness of the lithium against the place on the collector when the charge has ended."""
    state = next(k for k, label in run.states["State"].items() if "Charge" in label)
    faces = run.interfaces(state=state)
    there = np.isfinite(faces[THICKNESS])
    middles, thickness = faces.cell_centers().points[there, 1], faces[THICKNESS][there]
    order = np.argsort(middles)
    return middles[order], thickness[order]


def main() -> None:
    """Read and draw."""
    runs = Path(sys.argv[1])
    figure, axes = plt.subplots(1, 3, figsize=(12.0, 3.5), layout="constrained")
    for current, colour in CURRENTS.items():
        run = ecmcell.open_run(runs / f"{current}-mA-5-MPa")
        axes[0].plot(*profile(run), color=colour, label=f"{current} mA cm$^{{-2}}$")
        series = run.series
        charging = series["Step"] == 1
        passed = -np.cumsum(
            series["Current density [mA.cm-2]"] * np.diff(series["Time [s]"], prepend=0.0)
        )
        factor = series["Anode hotspot factor"]
        axes[1].plot(passed[charging] / 3600.0, factor[charging], color=colour)
    axes[0].set(xlabel="Place (µm)", ylabel="Lithium (µm)", xlim=(0, 100), ylim=(0, 130))
    axes[0].set_title("After 3 mA h cm$^{-2}$", loc="left", fontsize="medium")
    axes[0].legend(frameon=False, fontsize="small")
    axes[1].set(xscale="log", xlabel="Charge (mA h cm$^{-2}$)", ylabel="Hotspot factor")
    axes[1].set(xlim=(1e-4, 3.0), ylim=(0.8, 7.0))
    axes[1].set_title("While it is plated", loc="left", fontsize="medium")

    shown = [(f"{p} MPa", f"2-mA-{p}-MPa") for p in PRESSURES] + [("spring\n3 to 6", "2-mA-spring")]
    for place, (_, name) in enumerate(shown):
        thickness = ecmcell.open_run(runs / name).series[MEAN]
        back = 1.0 - thickness.iloc[-1] / thickness.max()
        axes[2].bar(place, 100.0 * back, color="#0072b2", width=0.6)
        axes[2].text(place, 100.0 * back + 2.0, f"{100.0 * back:.0f}", ha="center")
    axes[2].set_xticks(range(len(shown)), [name for name, _ in shown])
    axes[2].set(ylabel="Stripped again (%)", ylim=(0, 110))
    axes[2].set_title("At 2 mA cm$^{-2}$, down to $-$0.5 V", loc="left", fontsize="medium")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "anode_free.png", dpi=130)


if __name__ == "__main__":
    main()
