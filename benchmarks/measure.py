"""Charge a composite cathode for a few time steps and print what that took, as a line of JSON.

Peak memory is that of the whole process, so every measurement needs one of its own, such as
`mpirun -n 2 python3 benchmarks/measure.py --dimension 3 --size 1.1`.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
import ufl
from mpi4py import MPI

import ecmcell
from ecmcell.case.schema import Case
from ecmcell.numerics.fixed_point import transfer
from ecmcell.numerics.linear import DIRECT, LinearSolver
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.layout import Layout
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.runs.run import make_mesh
from ecmcell.simulation.cell import Cell

CASES = Path(__file__).parent.parent / "cases"
NAMES = {2: "nmc811_contact_loss", 3: "spheres_3d"}
COARSENING = {2: 4.0, 3: 2.0}
STEPS = [1.0, 10.0, 60.0, 60.0]


def refined(dimension: int, interface: float, linear: str) -> Case:
    """A case on another mesh of the same microstructure, cell size in um, and its linear solver."""
    size = {
        "interface": f"{interface} um",
        "max": f"{COARSENING[dimension] * interface} um",
        "cells_across_gap": max(0.3 / interface, 0.5),
    }
    changes = {"mesh.overrides.size": size, "solver.linear": linear}
    return ecmcell.Case.load(CASES / NAMES[dimension], changes).data


def measure(case: Case, comm: MPI.Comm) -> dict[str, float]:
    """Work, seconds and memory of the state of rest and a few coupled time steps."""
    cell = Cell(case, make_mesh(case, comm), comm)
    chemistry, mechanics = SolverStatistics(), SolverStatistics()
    comm.Barrier()
    began = time.perf_counter()
    cell.initialise()
    cell.electrochemistry.control_current(-cell.capacity / 5 / 3600)
    for step in STEPS:
        cell.begin_step()
        cell.electrochemistry.step.value = step
        for _ in range(2):
            chemistry += cell.electrochemistry.solve(cell.current_scale)
            mechanics += cell.the(Mechanics).solve()
            transfer(cell.the(Mechanics).couplings)
    seconds = time.perf_counter() - began
    return {
        "unknowns": cell.unknowns,
        "electrochemistry": chemistry.krylov / chemistry.newton,
        "mechanics": mechanics.krylov / mechanics.newton,
        "newton": chemistry.newton,
        "seconds": seconds,
        "gigabytes": memory(comm),
        "voltage": cell.state.voltage.value,
    }


def measure_whole(case: Case, comm: MPI.Comm) -> dict[str, float]:
    """Seconds and memory of a Newton step of all fields in one matrix that MUMPS factorises.

    Swelling is taken as linear in lithium, so that the matrix knows what it does to the bodies.
    """
    cell = Cell(case, make_mesh(case, comm), comm)
    parts = [cell.electrochemistry.system, cell.the(Mechanics).system]
    swelling = {
        swelling.nodes: 0.01 * body.x
        for body in cell.active.values()
        for swelling in body.swellings
    }
    system = BlockSystem(
        cell.domain,
        [field for part in parts for field in part.layout.fields],
        [ufl.replace(form, swelling) for part in parts for form in part.forms],
        [fixed for part in parts for fixed in fixed_by_field(part.layout)],
        refresh=parts[0].refresh,
    )
    solver = LinearSolver(system, DIRECT)
    right, solution = system.vector(), system.vector()
    comm.Barrier()
    began = time.perf_counter()
    system.jacobian.update()
    solver.matrix_changed()
    system.residual(right)
    solver.solve(right, solution, 1e-8)
    return {
        "unknowns": cell.unknowns,
        "seconds": time.perf_counter() - began,
        "gigabytes": memory(comm),
    }


def fixed_by_field(layout: Layout) -> list[np.ndarray]:
    """The dofs of each field that keep their value."""
    fixed = layout.fixed
    return [fixed[(start <= fixed) & (fixed < end)] - start for start, end in layout.spans()]


def memory(comm: MPI.Comm) -> float:
    """Sum of the peaks of all ranks, GB."""
    return float(comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)) / 1e6


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dimension", type=int, choices=(2, 3), default=2)
    parser.add_argument("--size", type=float, default=0.6, help="cells at interfaces, um")
    parser.add_argument("--linear", choices=("iterative", "direct", "whole"), default="iterative")
    asked = parser.parse_args()
    comm = MPI.COMM_WORLD
    if asked.linear == "whole":
        found = measure_whole(refined(asked.dimension, asked.size, "iterative"), comm)
    else:
        found = measure(refined(asked.dimension, asked.size, asked.linear), comm)
    if comm.rank == 0:
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
