"""The figure of the README: what cracks cost, straight ones and those that the cathode makes.

Run as `python3 cases/separator_crack/figure.py STRAIGHT RUN...`: the directory of the study of
straight cracks, then those of runs of the cell.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import brentq
from scipy.special import ellipj, ellipk, ellipkm1

import ecmcell

HERE = Path(__file__).parent
LENGTH, WIDTH = 30.0, 60.0  # um, of the separator
MORE = 2.2  # um by which a crack of the phase field seems longer, its length being 1 um
JOINT = 30.0  # um, of cathode and separator
CONDUCTIVITY = "Effective ionic conductivity [mS.cm-1]"


def resistance(crack: float, length: float, width: float) -> float:
    """Resistance of a strip with an edge crack in its middle plane, over that without it.

    The middle plane is an equipotential, so half of the strip is a rectangle with an electrode on
    one side and another on the part of the opposite side that is not cracked. z -> sn^2 maps it to
    a half plane with both electrodes on its edge, whose conductance is K(m)/K(1 - m) for the
    cross-ratio m of their four ends.
    """
    aspect = 0.5 * length / width

    def mismatch(log: float) -> float:
        rest = np.exp(log)  # 1 - k^2
        return float(ellipk(rest) / ellipkm1(rest)) - aspect

    rest = np.exp(brentq(mismatch, -60.0, np.log(1.0 - 1e-9)))
    square = 1.0 - rest
    sn = ellipj(ellipkm1(rest) * crack / width, square)[0]
    # Ends 0, 1, 1/k^2 and 1/(k sn)^2: cross-ratio and its complement without differences of nearly
    # equal numbers.
    complement = rest / (1.0 - (square * sn**2)) if crack else rest
    return float(ellipk(complement) / ellipkm1(complement)) / aspect


def straight(runs: Path) -> np.ndarray:
    """Length of each straight crack in um, and resistance over that without one."""
    study = ecmcell.StudyResult(ecmcell.read_study(HERE / "straight"), runs)
    lengths = study.table["crack [um]"]
    found = [
        (lengths[name], 1.0 / run.series[CONDUCTIVITY].iloc[-1]) for name, run in study.runs.items()
    ]
    values = np.array(sorted(found))
    values[:, 1] /= values[0, 1]
    return values


def main() -> None:
    """Read and draw."""
    exact = np.linspace(0.0, 55.0, 112)
    points = straight(Path(sys.argv[1]))
    figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.4), layout="constrained")
    over = [resistance(a, LENGTH, WIDTH) for a in exact]
    longer = [resistance(a + MORE, LENGTH, WIDTH) for a in exact]
    axes[0].plot(exact, over, color="0.3", label="exact")
    axes[0].plot(exact, longer, "--", color="0.3", label=f"exact, {MORE:g} µm longer")
    axes[0].plot(points[:, 0], points[:, 1], "o", color="#0072b2", label="phase field")
    axes[0].set_xlabel("Length of a straight crack (µm)")
    for name in sys.argv[2:]:
        series = ecmcell.open_run(name).series
        length = series["Crack length separator [um]"] + JOINT * series.get(
            "Debonded fraction", 0.0
        )
        conducts = series[CONDUCTIVITY]
        label = Path(name).name.replace("-", " ").removeprefix("swells ")
        axes[1].plot(length, conducts.iloc[0] / conducts, ".-", label=label)
    axes[1].set_xlabel("Length of all cracks and of the debonded joint (µm)")
    for axis in axes:
        axis.set_ylabel("Resistance over that without cracks")
        axis.set_xlim(left=0.0)
        axis.legend(frameon=False, fontsize="small")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "resistance.png", dpi=130)


if __name__ == "__main__":
    main()
