"""Runs the variations of a study one after another; every call is collective."""

import gc
import sys
from collections.abc import Iterable
from pathlib import Path

from mpi4py import MPI

from ecmcell.errors import InputError, SolverError
from ecmcell.output import RunDirectory
from ecmcell.output.lock import held
from ecmcell.parallel import on_root
from ecmcell.runs.run import Runner
from ecmcell.study.plan import Variation
from ecmcell.study.state import is_due


def execute(
    variations: Iterable[Variation], directory: Path, overwrite: bool, comm: MPI.Comm
) -> list[str]:
    """Run variations; one that fails does not stop the others.

    Args:
        variations: What to run; what another process has finished meanwhile is left out.
        directory: Where the run directories go.
        overwrite: Whether runs that ask something else may give way.
        comm: All ranks.

    Returns:
        The names of those that failed: the solver gave up, or no mesh could be made.

    Raises:
        InputError: If another process writes one of them, or something is in the way.
    """
    gave_up = []
    for variation in variations:
        place = directory / variation.name
        with held(place, comm):
            if not on_root(comm, is_due, variation, directory, overwrite):
                continue
            print(f"\n{variation.name}", flush=True)
            try:
                Runner(variation.case, place, comm).run()
            except SolverError:  # told by the run, and kept in its summary
                gave_up.append(variation.name)
            except InputError as error:  # such as of a mesh: nothing is kept of it yet
                on_root(comm, _note, place, error)
                gave_up.append(variation.name)
        gc.collect()  # meshes, matrices and communicators of one are not needed by the next
    return gave_up


def _note(place: Path, error: InputError) -> None:
    """Keep why a run could not begin, where one looks for its end."""
    print(f"error: {error}", file=sys.stderr, flush=True)
    RunDirectory(place).write_summary({"status": "gave up", "reason": str(error)})
