"""The command `ecmcell`: reads what is asked, starts it, and turns errors into exit codes.

Runs alike on one rank and under `mpirun`. Everything heavy is imported where it is needed.
"""

import contextlib
import os
import sys
from pathlib import Path
from typing import NoReturn

from mpi4py import MPI

from ecmcell.cli import running, showing, studying
from ecmcell.cli.shared import app
from ecmcell.termination import INTERRUPTED, Ending, leave

__all__ = ["command", "main", "running", "showing", "studying"]

# To PETSc: it would take a reader that has gone, as `head` does, for a crash.
_LEAVES_SIGNALS = "-no_signal_handler"


def command() -> NoReturn:
    """Run the command line, and end with its exit code."""
    leave(main())


def main() -> int:
    """Run the command line; the exit code, the same on every rank."""
    given = os.environ.get("PETSC_OPTIONS", "")
    if _LEAVES_SIGNALS not in given:
        os.environ["PETSC_OPTIONS"] = f"{given} {_LEAVES_SIGNALS}".strip()
    with (
        Ending() as ending,
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere if MPI.COMM_WORLD.rank else sys.stdout),
    ):
        if app(standalone_mode=False) == INTERRUPTED:  # Typer hides the exception
            raise KeyboardInterrupt
        sys.stdout.flush()
    return ending.code
