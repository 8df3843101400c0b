"""How the program ends: exit codes and last words, the same on every rank."""

import atexit
import os
import sys
import time
import traceback
from typing import NoReturn, Self

import click
from mpi4py import MPI

from ecmcell.errors import EcmcellError, Interrupted
from ecmcell.parallel import Failure, end_together

INTERRUPTED = 130
# s that the others have to be gone before rank 0 is.
_LAST = 0.2


class Ending:
    """Turns what ends the program into an exit code, the same on every rank.

    Attributes:
        code: The exit code, known after the context.
    """

    code = 0

    def __init__(self) -> None:
        self._comm = MPI.COMM_WORLD.Dup()  # no exchange of a command can meet one of ours

    def __enter__(self) -> Self:
        """Nothing happens yet."""
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """End together, whatever ended this rank."""
        self.code = end_together(self._comm, _failure(error))
        self._comm.Free()
        return True


def leave(code: int) -> NoReturn:
    """End this rank; after a failure rank 0 goes last, and carries the code for all.

    A launcher that sees one rank fail stops those that are not gone yet, and complains of them. So
    MPI ends first, on all ranks, and nothing is taken down that would need it still.

    Args:
        code: Exit code, the same on every rank.
    """
    if code and MPI.COMM_WORLD.size > 1:
        is_last = MPI.COMM_WORLD.rank == 0
        atexit._run_exitfuncs()  # gives the cursor back; nothing public does it
        sys.stdout.flush()
        sys.stderr.flush()
        MPI.Finalize()
        time.sleep(_LAST if is_last else 0.0)
        os._exit(code if is_last else 0)
    sys.exit(code)


def _failure(error: BaseException | None) -> Failure | None:
    match error:
        case None:
            return None
        case Interrupted():
            return Failure(str(error), error.exit_code)
        case EcmcellError():
            return Failure(f"error: {error}", error.exit_code)
        case click.ClickException():
            return Failure(f"error: {error.format_message().rstrip('.')}. See ecmcell --help.", 2)
        case BrokenPipeError() | SystemExit():  # who read it has gone, as `head` does; Click exits
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return None
        case OSError():  # a full disk, a directory that went away
            reason = (error.strerror or str(error)).split(" (")[0]  # HDF5 tells much more
            remedy = "Free some space, or write elsewhere."
            return Failure(f"error: {error.filename or 'output'}: {reason}. {remedy}", 2)
        case MemoryError():
            remedy = "Take a coarser mesh, fewer ranks on a machine, or more machines."
            return Failure(f"error: there is not enough memory. {remedy}", 1)
        case KeyboardInterrupt() | click.Abort():
            return Failure("error: interrupted", INTERRUPTED)
        case _:  # a fault of the program: tell all of it
            return Failure("".join(traceback.format_exception(error)), 1)
