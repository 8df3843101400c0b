"""The figure of the README from the study: where the current goes, and what constriction costs.

Run as `python3 cases/contact_maps/figure.py runs/contact_maps-study` after it.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

import ecmcell

HERE = Path(__file__).parent
FAST, SLOW = "1000-A-m-2", "100-A-m-2"
MAPPED = {
    "picture": "image of voids",
    "large_discs": "discs of 11 µm",
    "coarse_chance": "random, 4 µm",
    "pressed": "peaks of a rough face, 4 µm",
}
COMPARED = ["small_discs", "fine_chance", "large_discs", "picture", "coarse_chance", "pressed"]
NAMES = {"small_discs": "discs of 4.5 µm", "fine_chance": "random, 2 µm"} | MAPPED
CURRENT = "Electrode current density [mA.cm-2]"
MAXIMUM = 1.5  # mA/cm2


def main() -> None:
    """Read and draw."""
    runs = Path(sys.argv[1])
    figure = plt.figure(figsize=(9.0, 5.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.0, 1.15))
    axes = above.subplots(1, len(MAPPED))
    for axis, (name, title) in zip(axes, MAPPED.items(), strict=True):
        drawn = face(axis, ecmcell.open_run(runs / f"{FAST}_{name}"))
        axis.set_title(title, fontsize="small")
    above.colorbar(drawn, ax=axes, label="mA cm⁻²", shrink=0.8, extend="max")

    left, right = below.subplots(1, 2)
    for name, colour in (("small_discs", "#0072b2"), ("picture", "#d55e00")):
        for kinetics, style in ((SLOW, "--"), (FAST, "-")):
            bins = ecmcell.open_run(runs / f"{kinetics}_{name}").hotspots
            anode = bins[bins["Electrode"] == "anode"]
            low, fraction = anode[["From [mA.cm-2]", "Fraction of contact"]].to_numpy().T
            label = f"{NAMES[name]}, {'2.6' if kinetics == SLOW else '0.26'} Ω cm²"
            left.stairs(100 * fraction[1:-1], low[1:], color=colour, linestyle=style, label=label)
    left.set(xscale="log", xlim=(0.25, 3.0), xlabel="Current density of contact (mA cm⁻²)")
    left.set_xticks([0.3, 0.5, 1.0, 2.0], ["0.3", "0.5", "1", "2"])
    left.set_xticks([], minor=True)
    left.set_ylabel("Fraction of the contact (%)")
    left.legend(frameon=False, fontsize="x-small")

    places = np.arange(len(COMPARED))
    for kinetics, colour, shift in ((SLOW, "#56b4e9", -0.2), (FAST, "#0072b2", 0.2)):
        whole, *found = (ohmic(runs / f"{kinetics}_{name}") for name in ["whole", *COMPARED])
        found = [value - whole for value in found]
        label = f"charge transfer {'2.6' if kinetics == SLOW else '0.26'} Ω cm²"
        right.barh(places + shift, found, height=0.4, color=colour, label=label)
    right.set_yticks(places, [NAMES[name] for name in COMPARED], fontsize="small")
    right.set_xlabel("Constriction resistance (Ω cm²)")
    right.legend(frameon=False, fontsize="x-small")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "contact.png", dpi=130)


def ohmic(directory: Path) -> float:
    """Ohmic resistance of a footprint in ohm cm2."""
    last = ecmcell.open_run(directory).series.iloc[-1]
    return 1e3 * last["Ionic ohmic loss [V]"] / last["Current density [mA.cm-2]"]


def face(axis: plt.Axes, run: ecmcell.Run) -> PolyCollection:
    """The current density on the face of the anode in the last stored state."""
    faces = run.interfaces()
    names = [name.endswith("anode") for name in faces.field_data["Interfaces"]]
    anode = faces.extract_cells(faces["Interface"] == names.index(True))
    corners = anode.points[anode.cell_connectivity.reshape(-1, 3), 1:]
    drawn = PolyCollection(
        list(corners),
        array=np.abs(anode[CURRENT]),
        cmap="inferno",
        norm=Normalize(0.0, MAXIMUM),
        edgecolors="face",
        linewidths=0.2,
    )
    low, high = np.reshape(run.fields().bounds, (3, 2))[1:].T
    axis.add_patch(Rectangle(low, *(high - low), color="black"))  # voids of the mesh
    axis.add_collection(drawn)
    axis.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), aspect="equal")
    axis.set_axis_off()
    return drawn


if __name__ == "__main__":
    main()
