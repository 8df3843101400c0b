"""Krylov iterations a Newton step against the number of unknowns.

A composite cathode is meshed finer and finer and charged for a few time steps. With the
preconditioners at work the iterations must not grow with the mesh.

Run with, for example, `mpirun -n 2 python3 benchmarks/iterations.py --dimension 2`.
"""

import argparse
import resource
import time
from pathlib import Path

from mpi4py import MPI
from rich.console import Console
from rich.table import Table

from ecmcell.case.load import load_case
from ecmcell.case.schema import Case
from ecmcell.numerics.newton import Effort
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.run import make_mesh

CASES = Path(__file__).parent.parent / "cases"
# Cell size in um at interfaces and far from them.
SIZES = {
    2: [(0.6, 3.0), (0.3, 1.5), (0.2, 1.0), (0.12, 0.6), (0.08, 0.35), (0.055, 0.21)],
    3: [(1.6, 3.0), (1.1, 2.2), (0.75, 1.5), (0.5, 1.0)],
}
NAMES = {2: "nmc811_contact_loss", 3: "spheres_3d"}
STEPS = [1.0, 10.0, 60.0, 60.0]


def refined(case: Case, interface: float, largest: float) -> Case:
    """The case on another mesh of the same microstructure."""
    size = {
        "interface": f"{interface} um",
        "largest": f"{largest} um",
        "cells_across_gap": max(0.3 / interface, 0.5),
    }
    overrides = case.mesh.overrides | {"size": size}
    return case.model_copy(update={"mesh": case.mesh.model_copy(update={"overrides": overrides})})


def measure(case: Case, comm: MPI.Comm) -> tuple[int, Effort, Effort, float]:
    """Unknowns, work of electrochemistry and of mechanics, and seconds for a few time steps."""
    cell = Cell(case, make_mesh(case, comm), comm)
    cell.initialise()
    cell.electrochemistry.control_current(-cell.capacity / 5 / 3600)
    chemistry, mechanics = Effort(), Effort()
    began = time.perf_counter()
    for step in STEPS:
        cell.electrochemistry.begin_step()
        cell.electrochemistry.step.value = step
        for _ in range(2):
            chemistry += cell.electrochemistry.solve(cell.current_scale)
            mechanics += cell.mechanics.solve()
            cell.mechanics.stress_mismatch()
            cell.mechanics.hand_over()
    return cell.unknowns, chemistry, mechanics, time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dimension", type=int, choices=(2, 3), default=2)
    parser.add_argument("--most", type=int, default=99, help="number of meshes, coarsest first")
    asked = parser.parse_args()
    comm = MPI.COMM_WORLD
    case = load_case(CASES / NAMES[asked.dimension])
    table = Table(title=f"{asked.dimension}D, {comm.size} ranks")
    for name in (
        "unknowns",
        "electrochemistry: Krylov/Newton",
        "mechanics: Krylov/Newton",
        "s a Newton step",
        "GB a rank",
    ):
        table.add_column(name, justify="right")
    for interface, largest in SIZES[asked.dimension][: asked.most]:
        unknowns, chemistry, mechanics, seconds = measure(refined(case, interface, largest), comm)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        table.add_row(
            f"{unknowns:,}",
            f"{chemistry.krylov / chemistry.newton:.1f}",
            f"{mechanics.krylov / mechanics.newton:.1f}",
            f"{seconds / (chemistry.newton + mechanics.newton):.2f}",
            f"{memory:.2f}",
        )
    if comm.rank == 0:
        Console(width=120).print(table)


if __name__ == "__main__":
    main()
