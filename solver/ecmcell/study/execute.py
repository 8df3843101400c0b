"""Runs the variations of a study one after another; every call is collective."""

import gc
import sys
from collections.abc import Iterable
from pathlib import Path

from mpi4py import MPI

from ecmcell.errors import InputError, SolverError
from ecmcell.output import RunDirectory
from ecmcell.output.checkpoints import has_checkpoint
from ecmcell.output.lock import held
from ecmcell.parallel import on_root
from ecmcell.runs.existing import State, state_of
from ecmcell.runs.interruption import Interruption
from ecmcell.runs.run import Runner
from ecmcell.study.plan import Variation
from ecmcell.study.state import is_due


def execute(
    variations: Iterable[Variation],
    directory: Path,
    overwrite: bool,
    comm: MPI.Comm,
    interruption: Interruption | None = None,
) -> list[str]:
    """Run variations, from where each was left; one that fails does not stop the others.

    Args:
        variations: What to run; what another process has finished meanwhile is left out.
        directory: Where the run directories go.
        overwrite: Whether runs that ask something else may give way.
        comm: All ranks.
        interruption: What may stop it before its end.

    Returns:
        The names of those that failed: the solver gave up, or no mesh could be made.

    Raises:
        Interrupted: If it was asked to stop; what runs then is kept, and goes on next time.
        InputError: If another process writes one of them, or something is in the way.
    """
    gave_up = []
    for variation in variations:
        place = directory / variation.name
        with held(place, comm):
            if not on_root(comm, is_due, variation, directory, overwrite):
                continue
            print(f"\n{variation.name}", flush=True)
            if not _ran(variation, place, comm, interruption):
                gave_up.append(variation.name)
        gc.collect()  # meshes, matrices and communicators of one are not needed by the next
    return gave_up


def _ran(
    variation: Variation, place: Path, comm: MPI.Comm, interruption: Interruption | None
) -> bool:
    """Run a variation, from where it was left; whether it came to its end."""
    try:
        runner = Runner(variation.case, place, comm, interruption=interruption)
    except InputError as error:  # such as of a mesh
        on_root(comm, _note, place, error)
        return False
    try:
        if on_root(comm, state_of, place, variation.case) is State.UNFINISHED:
            runner.resume()
        else:
            runner.initialise()
        runner.run()
    except SolverError:  # told by the run, and kept in its summary
        return False
    return True


def _note(place: Path, error: InputError) -> None:
    """Keep why a run could not begin, where one looks for its end."""
    if has_checkpoint(place):  # it could before, and may go on
        raise error
    print(f"error: {error}", file=sys.stderr, flush=True)
    RunDirectory(place).write_summary({"status": "gave up", "reason": str(error)})
