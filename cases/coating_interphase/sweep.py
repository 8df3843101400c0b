"""The case with other films: prints a table, draws a figure.

Run as `python3 cases/coating_interphase/sweep.py`.
"""

import copy
import tomllib
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

import ecmcell

HERE = Path(__file__).parent
MM = 1 / 25.4  # inch
BARE = {"value": "2000 ohm*cm^2", "assumed": "ten times the coating of LTO, as on LiCoO2"}
CATHODES: dict[str, dict[str, Any]] = {
    "bare": {"film_resistance": BARE},
    "LTO 20 nm": {"coating": {"material": "LTO-coating", "thickness": "20 nm"}},
    "phosphate 20 nm": {"coating": {"material": "phosphate-coating", "thickness": "20 nm"}},
    "LiNbO3 5 nm": {"coating": {"material": "LiNbO3", "thickness": "5 nm"}},
}
MIXED = {"growth": "parabolic", "slope": {"value": "20 ohm*cm^2/h^0.5", "assumed": "so"}}
RESISTANCE = "Film resistance anode [ohm.cm2]"


def main() -> None:
    """Run all, print and draw."""
    written = tomllib.loads((HERE / "case.toml").read_text(encoding="utf-8"))
    size = (180 * MM, 70 * MM)
    figure, (left, right) = plt.subplots(1, 2, sharey=True, figsize=size, layout="constrained")
    table = [
        "| films | discharged | loss in the cathode's films | loss at lithium | lithium's film |",
        "|---|---|---|---|---|",
    ]
    for name, films in CATHODES.items():
        content = copy.deepcopy(written)
        interface = content["interfaces"]["active|catholyte"]
        del interface["coating"], content["boundaries"]["anode"]["interphase"]
        interface |= films
        del content["protocol"][1]  # nothing grows in the rest
        table.append(show(name, run(content), left))
    for name in ("self-limiting", "parabolic"):
        content = copy.deepcopy(written)
        if name == "parabolic":
            content["boundaries"]["anode"]["interphase"] = MIXED
        table.append(show(f"{name} on lithium", run(content), right))
    left.lines[-1].set_linestyle("--")  # it lies on the one before
    left.set_title("Cathode", loc="left")
    right.set_title("Lithium, after four days of rest", loc="left")
    for axes in (left, right):
        axes.set_xlabel("State of charge")
        axes.legend()
    left.set_ylabel("Voltage (V)")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "voltage.png", dpi=200)
    print("\n".join(table))


def run(content: dict[str, Any]) -> pd.DataFrame:
    """The series of a case given as the content of its file."""
    return ecmcell.Simulation(ecmcell.Case.load(content, directory=HERE)).run().series


def show(name: str, series: pd.DataFrame, axes: Axes) -> str:
    """Draw the last step, which is the discharge, and give its line of the table."""
    charge, discharge = (series[series["Step"] == k] for k in (1, series["Step"].max()))
    names = ("Film loss [V]", "Lithium electrode loss [V]")
    losses = [f"{1e3 * discharge[name].mean():.1f} mV" for name in names]
    last = discharge.iloc[-1]
    drawn = abs(last["State of charge"] - charge["State of charge"].iloc[-1])
    grown = f"{last[RESISTANCE]:.0f} ohm cm²" if RESISTANCE in last else "none"
    axes.plot("State of charge", "Voltage [V]", data=discharge, label=name)
    return f"| {name} | {drawn:.1%} | {' | '.join(losses)} | {grown} |"


if __name__ == "__main__":
    with ecmcell.figure_style():
        main()
