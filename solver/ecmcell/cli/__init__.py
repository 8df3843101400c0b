"""The command `ecmcell`: reads what is asked, starts it, and turns errors into exit codes.

Runs alike on one rank and under `mpirun`. Everything heavy is imported where it is needed.
"""

import contextlib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click
from mpi4py import MPI

from ecmcell.cli import making, running, showing, studying
from ecmcell.cli.shared import app
from ecmcell.errors import InputError
from ecmcell.termination import INTERRUPTED, Ending, leave

__all__ = ["command", "main", "making", "running", "showing", "studying"]

_NAME = "ecmcell"
_COMPLETE = "_ECMCELL_COMPLETE"  # set by a shell at a press of the tab key
_COMPLETION = {"--install-completion", "--show-completion"}
# To PETSc: it would take a reader that has gone, as `head` does, for a crash.
_LEAVES_SIGNALS = "-no_signal_handler"


def command() -> NoReturn:
    """Run the command line, and end with its exit code."""
    leave(main())


def main() -> int:
    """Run the command line; the exit code, the same on every rank."""
    if _COMPLETE in os.environ:
        _complete_word()
    given = os.environ.get("PETSC_OPTIONS", "")
    if _LEAVES_SIGNALS not in given:
        os.environ["PETSC_OPTIONS"] = f"{given} {_LEAVES_SIGNALS}".strip()
    with (
        Ending() as ending,
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere if MPI.COMM_WORLD.rank else sys.stdout),
    ):
        if _COMPLETION.isdisjoint(sys.argv):
            _call()
        elif MPI.COMM_WORLD.rank == 0:  # one writes to the files of the shell
            _set_up_completion()
        sys.stdout.flush()
    return ending.code


def _call() -> int:
    """Run the command that is asked for; the exit code that Typer gives it."""
    code = app(prog_name=_NAME, standalone_mode=False)
    if code == INTERRUPTED:  # Typer hides the exception
        raise KeyboardInterrupt
    return code or 0


def _complete_word() -> NoReturn:
    """Tell a shell how a word may go on, and end with an exit code that it understands."""
    # It completes names of files itself, unless it is told the word begun, as Click does.
    click.Path.shell_complete = lambda *_: []  # type: ignore[method-assign]
    app(prog_name=_NAME)
    sys.exit(0)


def _set_up_completion() -> None:
    """Install or show what a shell completes commands with."""
    try:
        code: object = _call()
    except SystemExit as end:  # how Typer ends it
        code = end.code
    except OSError as error:
        if error.errno is not None:  # not for want of a shell
            raise
        code = 1
    if code:
        remedy = "Call it in bash, zsh, fish or PowerShell."
        raise InputError("completion", "", "there is none for this shell", remedy)
