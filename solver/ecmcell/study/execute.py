"""Runs the variations of a study one after another; every call is collective."""

import gc
from collections.abc import Iterable
from pathlib import Path

from mpi4py import MPI

from ecmcell.errors import SolverError
from ecmcell.simulation import run_case
from ecmcell.study.plan import Variation


def execute(variations: Iterable[Variation], directory: Path, comm: MPI.Comm) -> list[str]:
    """Run variations; one whose solver gives up does not stop the others.

    Args:
        variations: What to run.
        directory: Where the run directories go.
        comm: All ranks.

    Returns:
        The names of those whose solver gave up.
    """
    gave_up = []
    for variation in variations:
        place = directory / variation.name
        print(f"\n{variation.name}", flush=True)
        try:
            run_case(variation.case, place, comm)
        except SolverError:  # told by the run, and kept in its summary
            gave_up.append(variation.name)
        gc.collect()  # meshes, matrices and communicators of one are not needed by the next
    return gave_up
