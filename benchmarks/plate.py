"""Crack a notched plate, or a cube with a slit, and print what that took, as a line of JSON.

The plates of Miehe, Hofacker and Welschinger 2010, doi:10.1016/j.cma.2010.04.011, in the steps that
PhaseFieldX takes (examples 1711 and 1712 of v0.3), such as
`mpirun -n 2 python3 benchmarks/plate.py --load tension --size 0.0044`.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from measure import memory
from strategies import STRATEGIES, Controlled

from fracture import Brittle, Solid, Solver, notched_plate, wedged_cube

# Fraction of the peak below which a plate has failed.
FAILED = 0.1
# Openings of the mouth of the slit of the cube, mm: its front runs on in each.
CUBE = np.array([16e-3, 20e-3])
# Energy that cracks spend in a step where that is prescribed: Gc times the length, kN.
SPENT = 2.7e-3 * 0.015


def steps(load: str, size: str) -> np.ndarray:
    """Displacements of the upper edge, mm."""
    if load == "cube":
        return CUBE if size == "all" else CUBE[:1]
    if load == "shear":
        return np.arange(1, 105) * 1e-4
    if size == "few":
        return np.concatenate([np.arange(1e-3, 5e-3, 1e-3), np.arange(5e-3, 6.5e-3, 5e-5)])
    return np.concatenate([np.arange(1, 51) * 1e-4, 5e-3 + np.arange(1, 100) * 1e-5])


def plate(load: str, size: float, direct: bool, comm: MPI.Comm) -> Solid:
    """The plate, held at its lower edge, or the cube."""
    if load == "cube":
        return wedged_cube(round(1.0 / size), comm, direct)

    def at(axis: int, value: float) -> Callable[[np.ndarray], np.ndarray]:
        return lambda x: np.isclose(x[axis], value)

    bottom = [(at(1, -0.5), 0), (at(1, -0.5), 1)]
    material = {"young": 210.0, "poisson": 0.3, "energy": 2.7e-3, "model": "AT2"}
    if load == "tension":
        mesh = notched_plate(size, (-0.05, 0.5, -0.04, 0.04))
        brittle = Brittle(**material, length=0.015, split="none")
        return Solid(mesh, comm, brittle, [(at(1, 0.5), 1), *bottom], direct)
    mesh = notched_plate(size, (-0.05, 0.5, -0.5, 0.05))
    brittle = Brittle(**material, length=0.06, split="spectral")
    sides = [(at(0, -0.5), 1), (at(0, 0.5), 1)]
    return Solid(mesh, comm, brittle, [(at(1, 0.5), 0), (at(1, 0.5), 1), *bottom, *sides], direct)


def measure(
    solid: Solid, loads: np.ndarray, until_failure: bool, way: Solver | Controlled
) -> dict[str, float]:
    """Passes, linear solves, factorisations and seconds of all steps, or of those until failure."""
    follow = solid.follow
    if isinstance(way, Controlled):
        follow, loads, until_failure = way.follow, np.full(1000, SPENT), True
    else:
        solid.alternation = way
    before = factorisations()
    iterations, solves, forces = [], 0, []
    solid.domain.comm.Barrier()
    began, work = time.perf_counter(), time.process_time()
    for load in loads.tolist():
        solves += follow(load).newton
        iterations.append(way.iterations)
        forces.append(solid.reaction(0))
        if until_failure and forces[-1] < FAILED * max(forces):
            break
    return {
        "unknowns": (solid.domain.dim + 1) * solid.region.scalars.dofmap.index_map.size_global,
        "steps": len(iterations),
        "passes": sum(iterations),
        "most": max(iterations),
        "solves": solves,
        "factorisations": factorisations() - before,
        "seconds": time.perf_counter() - began,
        "elastic": solid.elastic.newton,
        "iterations": solid.elastic.krylov / solid.elastic.newton,
        "longest": solid.elastic.longest,
        "gigabytes": memory(solid.domain.comm),
        "processor": solid.domain.max(time.process_time() - work),
        "peak": max(forces),
        "end": forces[-1],
        "crack": solid.crack,
    }


def factorisations() -> int:
    """How often PETSc has factorised a matrix."""
    events = ("MatLUFactorNum", "MatCholFctrNum")
    return sum(PETSc.Log.Event(name).getPerfInfo()["count"] for name in events)


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--load", choices=("tension", "shear", "cube"), default="tension")
    parser.add_argument("--size", type=float, default=0.0044, help="cells on the way, mm")
    parser.add_argument("--steps", choices=("all", "few"), default="all")
    parser.add_argument("--strategy", choices=list(STRATEGIES), default="accelerated")
    parser.add_argument("--linear", choices=("iterative", "direct"), default="direct")
    asked = parser.parse_args()
    comm = MPI.COMM_WORLD
    PETSc.Log.begin()
    warm = plate(asked.load, 0.05, asked.linear == "direct", comm)  # compiles
    make = STRATEGIES[asked.strategy]
    measure(warm, np.array([1e-4]), False, make(warm))
    solid = plate(asked.load, asked.size, asked.linear == "direct", comm)
    loads = steps(asked.load, asked.steps)
    found = measure(solid, loads, asked.steps == "few", make(solid))
    if comm.rank == 0:
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
