"""The command that makes a case."""

from pathlib import Path
from typing import Annotated

import typer
from mpi4py import MPI

from ecmcell.cli.shared import app
from ecmcell.parallel import on_root


def _cases_like(begun: str) -> list[str]:
    """Names of shipped cases for a shell that completes one."""
    from ecmcell.api.new_case import shipped_cases

    return [name for name in shipped_cases() if name.startswith(begun)]


@app.command()
def new(
    directory: Annotated[
        Path,
        typer.Argument(metavar="NAME", help="Directory of the new case.", show_default=False),
    ],
    like: Annotated[
        str,
        typer.Option(
            metavar="CASE",
            help="Case to copy: a directory with a case.toml, or the name of a shipped case.",
            show_default=False,
            autocompletion=_cases_like,
        ),
    ],
) -> None:
    """Make a case of your own from another one: its files, with all that they refer to."""
    on_root(MPI.COMM_WORLD, _new, directory, like)


def _new(directory: Path, like: str) -> None:
    from ecmcell.api.new_case import new_case

    for path in new_case(directory, like):
        print(path)
