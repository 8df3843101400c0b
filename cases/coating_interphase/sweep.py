"""The case with other films: prints a table, draws a figure.

Run as `python3 cases/coating_interphase/sweep.py`.
"""

import copy
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from mpi4py import MPI

from ecmcell.case import checks
from ecmcell.case.files.toml_reader import validate
from ecmcell.case.protocol.step import Step
from ecmcell.case.schema import Case
from ecmcell.evaluation.observables import Observables
from ecmcell.report.comparison.markers import tell_apart
from ecmcell.report.drawing.style import MM, PAGE, new_figure, styled
from ecmcell.runs.run import make_mesh
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import AcceptedStep, ProtocolDriver

HERE = Path(__file__).parent
BARE = {"value": "2000 ohm*cm^2", "assumed": "ten times the coating of LTO, as on LiCoO2"}
CATHODES: dict[str, dict[str, Any]] = {
    "bare": {"film_resistance": BARE},
    "LTO 20 nm": {"coating": {"material": "LTO-coating", "thickness": "20 nm"}},
    "phosphate 20 nm": {"coating": {"material": "phosphate-coating", "thickness": "20 nm"}},
    "LiNbO3 5 nm": {"coating": {"material": "LiNbO3", "thickness": "5 nm"}},
}
MIXED = {"growth": "parabolic", "slope": {"value": "20 ohm*cm^2/h^0.5", "assumed": "so"}}
RESISTANCE = "Film resistance anode [ohm.cm2]"


class Rows:
    """Keeps every accepted step of a cell, and where its protocol steps end."""

    def __init__(self, cell: Cell):
        self.observables, self.rows, self.ends = Observables(cell), [], [0]

    def step(self, accepted: AcceptedStep) -> None:
        """Keep a row."""
        self.rows.append(self.observables.row())

    def fields(self, label: str) -> None:
        """Fields are not kept."""

    def end_of_step(self, step: Step, reason: str) -> None:
        """Note the end of a step."""
        self.ends.append(len(self.rows))

    def part(self, step: int, name: str) -> np.ndarray:
        """A column within one step of the protocol."""
        return np.array([row[name] for row in self.rows[self.ends[step] : self.ends[step + 1]]])


def main() -> None:
    """Run all, print and draw."""
    written = tomllib.loads((HERE / "case.toml").read_text(encoding="utf-8"))
    figure = new_figure(PAGE, 70 * MM)
    left, right = figure.subplots(1, 2, sharey=True)
    print("| films | discharged | loss in the cathode's films | loss at lithium | lithium's film |")
    print("|---|---|---|---|---|")
    for name, films in CATHODES.items():
        content = copy.deepcopy(written)
        interface = content["interfaces"]["active|catholyte"]
        del interface["coating"], content["boundaries"]["anode"]["interphase"]
        interface |= films
        del content["protocol"][1]  # nothing grows in the rest
        show(name, run(content), 1, left)
    for name in ("self-limiting", "parabolic"):
        content = copy.deepcopy(written)
        if name == "parabolic":
            content["boundaries"]["anode"]["interphase"] = MIXED
        show(f"{name} on lithium", run(content), 2, right)
    left.set_title("Cathode", loc="left")
    right.set_title("Lithium, after four days of rest", loc="left")
    tell_apart(figure)
    for axes in (left, right):
        axes.set_xlabel("State of charge")
        axes.legend()
    left.set_ylabel("Voltage (V)")
    (HERE / "figures").mkdir(exist_ok=True)
    figure.savefig(HERE / "figures" / "voltage.png", dpi=200)


def run(content: dict[str, Any]) -> Rows:
    """Run a case given as the content of its file."""
    case = validate(Case, content, HERE / "case.toml", HERE)
    checks.check(case)
    cell = Cell(case, make_mesh(case, MPI.COMM_SELF), MPI.COMM_SELF)
    cell.initialise()
    rows = Rows(cell)
    ProtocolDriver(cell, rows).run()
    return rows


def show(name: str, rows: Rows, discharge: int, axes: Axes) -> None:
    """A line of the table and one of the figure."""
    charge, voltage = rows.part(discharge, "State of charge"), rows.part(discharge, "Voltage [V]")
    names = ("Film loss [V]", "Lithium electrode loss [V]")
    losses = [f"{1e3 * rows.part(discharge, name).mean():.1f} mV" for name in names]
    drawn = abs(charge[-1] - rows.part(0, "State of charge")[-1])
    last = rows.rows[-1]
    grown = f"{last[RESISTANCE]:.0f} ohm cm²" if RESISTANCE in last else "none"
    print(f"| {name} | {drawn:.1%} | {' | '.join(losses)} | {grown} |", flush=True)
    axes.plot(charge, voltage, label=name)


if __name__ == "__main__":
    with styled():
        main()
