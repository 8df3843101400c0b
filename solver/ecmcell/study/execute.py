"""Runs the variations of a study one after another; every call is collective."""

import gc
from collections.abc import Iterable
from pathlib import Path

from mpi4py import MPI

from ecmcell.errors import InputError, SolverError
from ecmcell.simulation import run_case
from ecmcell.study.plan import Plan, Variation
from ecmcell.study.state import State, state_of


def due(plan: Plan, directory: Path, overwrite: bool) -> tuple[Variation, ...]:
    """The variations that are still to run; to be called on one rank, changes nothing.

    Args:
        plan: The study.
        directory: Where its run directories are.
        overwrite: Whether runs that ask something else may give way.

    Raises:
        InputError: If one is in the way.
    """
    found = []
    for variation in plan.variations:
        place = directory / variation.name
        state = state_of(place, variation.case)
        if state is State.FOREIGN:
            raise InputError(place, "", f"it holds {state.value}", "Give another --output.")
        if state is State.OTHER and not overwrite:
            remedy = "Give another --output, or --overwrite to replace it."
            raise InputError(place, "", f"it holds {state.value} than the study", remedy)
        if state is not State.DONE:
            found.append(variation)
    return tuple(found)


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
