"""Doing something on one rank, and failing on all ranks together."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from mpi4py import MPI

from ecmcell.errors import EcmcellError

P = ParamSpec("P")
T = TypeVar("T")
_PATIENCE = 10.0  # s that a failed rank waits for the others to fail too


def on_root(comm: MPI.Comm, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function gives on rank 0, or the error it raises there, on every rank."""
    if comm.size == 1:
        return function(*args, **kwargs)
    result, error = None, None
    if comm.rank == 0:
        try:
            result = function(*args, **kwargs)
        except (EcmcellError, OSError) as caught:
            error = caught
    result, error = comm.bcast((result, error))
    if error is not None:
        raise error
    return result


def kept_on_root(
    comm: MPI.Comm, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T | None:
    """What a function gives on rank 0, None on the others; its error is raised on every rank."""
    kept: list[T] = []
    on_root(comm, lambda: kept.append(function(*args, **kwargs)))
    return kept[0] if kept else None


@dataclass(frozen=True)
class Failure:
    """How a rank ended if not well.

    Attributes:
        message: What to tell the user.
        code: Exit code.
    """

    message: str
    code: int


def end_together(comm: MPI.Comm, failure: Failure | None) -> int:
    """The exit code of the program, the same on every rank, after one message if any failed.

    A rank that fails while others wait for it in some exchange would hang with them; if they do
    not arrive here soon, it speaks for all and ends them.

    Args:
        comm: All ranks, each of which calls this once.
        failure: How this rank failed, if it did.
    """
    if comm.size > 1:
        arrived = comm.Ibarrier()
        deadline = time.monotonic() + _PATIENCE
        while not arrived.Test():
            if failure and time.monotonic() > deadline:
                print(failure.message, file=sys.stderr, flush=True)
                comm.Abort(failure.code)
            time.sleep(0.01)
        failure = next(filter(None, comm.allgather(failure)), None)
    if failure and comm.rank == 0:
        print(failure.message, file=sys.stderr, flush=True)
    comm.Barrier()  # a launcher may stop all ranks once one has gone: let rank 0 speak first
    return failure.code if failure else 0
