"""Interfaces of any strength and energy let go: a map of sixty cells, and the effort of each.

Writes docs/robustness.md, and ends with exit code 1 where a cell gives up or takes more than five
times the median. Particles shrink in an electrolyte on charge and swell on discharge.
"""

import sys
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from mpi4py import MPI
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from cells import make_cell
from ecmcell import __version__
from ecmcell.case.interfaces import CohesiveInterface
from ecmcell.case.schema import Case
from ecmcell.errors import EcmcellError
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.step_size import StepTooSmall
from ecmcell.processes.deformation.penalty_stiffness import with_stiffness
from ecmcell.simulation.protocol import AcceptedStep, ProtocolDriver
from meshes import concentric
from pulling import pulling_case

TARGET = Path(__file__).parent.parent / "docs" / "robustness.md"
LAWS = [(10.0, 0.01), (10.0, 10.0), (50.0, 0.3), (300.0, 0.01), (300.0, 10.0)]  # MPa, J/m2
PLATENS: dict[str, dict[str, str]] = {
    "pressure": {"stack_pressure": "2 MPa"},
    "gap": {"stack_pressure": "0 MPa", "platen": "gap"},
    "spring": {"stack_pressure": "2 MPa", "platen": "spring", "platen_stiffness": "100 MPa/um"},
}
PROTOCOL = ["Charge at 1C for 30 minutes", "Discharge at 1C for 30 minutes"]
MOST = 5.0
LAST = ("Debonded fraction", "Interface fracture energy [J.m-2]")
SWELLING = "3e-6 m^3/mol"  # the layers of the host lose 15 % of their volume with all lithium
TEXT = """\
# Interfaces of any strength and energy

Made by `make bench-robust` with ecmcell {version}; not to be edited.

A disc of 4 um (2D) or a ball (3D) in a square or cube of 10 um of electrolyte with roller sides.
It loses half of its lithium at 1C, which takes 7.5 % of its volume, and gets it back. All else is
as it is if a case says nothing, without viscosity. The stiffness is that of an interface for which
a case gives none, or ten times as much. Effort is the sum of Newton steps and fixed-point
iterations over its median in as many dimensions; none may exceed {most:g}. Damage and energy of
debonding are at the end.

"""


@dataclass(frozen=True)
class Combination:
    """One cell of the map."""

    dim: int
    platen: str
    factor: float
    strength: float
    energy: float


class Count:
    """Counts what a run does; how it ended is told by the driver."""

    def __init__(self, observables: Observables):
        self._observables = observables
        self.steps = self.iterations = self.newton = self.krylov = 0
        self.shortest = np.inf
        self.row: dict[str, float] = {}

    def step(self, accepted: AcceptedStep) -> None:
        """Count a step."""
        work = accepted.work.total
        self.steps += 1
        self.iterations += accepted.fixed_point_iterations
        self.newton += work.newton
        self.krylov += work.krylov
        self.shortest = min(self.shortest, accepted.length)
        self.row = self._observables.row()

    def fields(self, label: str) -> None:
        """Nothing is kept."""

    def end_of_step(self, step: object, reason: str) -> None:
        """Nothing is told."""


def mesh_of(dim: int) -> MeshData:
    """A quarter or an eighth of the particle."""
    counts = [4, 2] if dim == 2 else [3, 1]
    return concentric(dim, [4.0, 5.0], counts, ["active", "electrolyte"])


def case_of(one: Combination, mesh: MeshData) -> Case:
    """The case; its stiffness is a multiple of the one by default."""
    section = {"section": "generalised plane strain"} if one.dim == 2 else {}

    def asked(stiffness: float | None) -> Case:
        return pulling_case(
            PROTOCOL,
            stiffness=stiffness,
            strength=one.strength,
            energy=one.energy,
            cell=PLATENS[one.platen] | section,
            molar_volume=SWELLING,
        )

    case = with_stiffness(asked(None), mesh)
    if one.factor == 1.0:
        return case
    interface_law = case.interfaces["active|electrolyte"]
    assert isinstance(interface_law, CohesiveInterface)
    assert interface_law.penalty_stiffness is not None
    return asked(one.factor * interface_law.penalty_stiffness)


def run(one: Combination) -> dict[str, object]:
    """What a combination takes, and how it ends."""
    mesh = mesh_of(one.dim)
    began = time.process_time()
    cell = make_cell(case_of(one, mesh), mesh, MPI.COMM_WORLD)
    count = Count(Observables(cell))
    end = "done"
    try:
        cell.initialise()
        ProtocolDriver(cell, count).run()
    except (EcmcellError, NotConverged, StepTooSmall) as error:
        end = f"gave up: {error}"
    return vars(count) | {"end": end, "seconds": time.process_time() - began}


def main() -> None:
    """Run all, or those of one dimension that is given."""
    dims = [int(argument) for argument in sys.argv[1:]] or [2, 3]
    every = [
        Combination(*values, *law) for *values, law in product(dims, PLATENS, (1.0, 10.0), LAWS)
    ]
    console, found = Console(stderr=True), []
    for number, one in enumerate(every, 1):
        found.append(run(one))
        told = {
            key: value for key, value in found[-1].items() if key not in ("row", "_observables")
        }
        console.print(f"{number}/{len(every)} {one} {told}")
    efforts = np.array([float(f["newton"]) + float(f["iterations"]) for f in found])
    ratios = np.zeros(len(found))
    for dim in dims:
        here = np.array([one.dim == dim for one in every])
        ratios[here] = efforts[here] / np.median(efforts[here])
    TARGET.write_text(page(every, found, ratios), encoding="utf-8")
    if any(f["end"] != "done" for f in found) or ratios.max() > MOST:
        raise SystemExit(1)


def page(every: list[Combination], found: list[dict[str, object]], ratios: np.ndarray) -> str:
    """The page."""
    head = [
        "",
        "Platen",
        "Stiffness",
        "Strength, MPa",
        "Energy, J/m²",
        "Steps",
        "Iterations",
        "Newton",
    ]
    head += ["Krylov", "Shortest step, s", "Effort", "Debonded", "Energy of debonding, J/m²", "End"]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for one, has, ratio in zip(every, found, ratios, strict=True):
        row = has["row"]
        assert isinstance(row, dict)
        cells = [f"{one.dim}D", one.platen, f"x {one.factor:g}", f"{one.strength:g}"]
        cells += [
            f"{one.energy:g}",
            *(f"{has[k]}" for k in ("steps", "iterations", "newton", "krylov")),
        ]
        cells += [f"{has['shortest']:.2g}", f"{ratio:.2g}"]
        cells += [
            f"{row.get(k, np.nan):.3g}"
            for k in ("Debonded fraction", "Interface fracture energy [J.m-2]")
        ]
        lines.append(f"| {' | '.join([*cells, str(has['end'])])} |")
    return TEXT.format(version=__version__, most=MOST) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
