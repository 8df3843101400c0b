"""The application, and what its commands share."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType

from ecmcell import __version__
from ecmcell.errors import InputError

_WALL_TIME = re.compile(r"(?:(\d+)-)?(\d+):(\d\d)(?::(\d\d))?")  # of Slurm
app = typer.Typer(
    help="Electro-chemo-mechanics of solid-state battery cells, resolved to the microstructure.",
    no_args_is_help=True,
)
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier run in that directory.")
]
NoReport = Annotated[
    bool,
    typer.Option("--no-report", help="Write no report; `ecmcell report` writes it afterwards."),
]
WallTime = Annotated[
    str | None,
    typer.Option(
        metavar="[D-]HH:MM[:SS]",
        help="Stop within it, with a checkpoint and exit code 75.",
        show_default="no limit",
    ),
]
Restart = Annotated[
    bool,
    typer.Option(
        "--restart", help="Go on where an earlier run of the same case in that directory was left."
    ),
]
RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="Directory of a run.", show_default=False)
]
CaseArgument = Annotated[
    Path,
    typer.Argument(
        metavar="CASE",
        help="Directory with a case.toml, or the file itself.",
        show_default=False,
    ),
]


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"ecmcell {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and end.",
        ),
    ] = False,
) -> None:
    pass


def seconds(text: str | None, option: str = "--wall-time") -> float | None:
    """A wall time in s, by the option that gives it; None if it is not limited.

    Raises:
        InputError: If it is no time.
    """
    if text is None:
        return None
    written = _WALL_TIME.fullmatch(text)
    days, hours, minutes, rest = (
        (int(part or 0) for part in written.groups()) if written else [0] * 4
    )
    found = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    if not found:
        remedy = "Give hours and minutes such as 23:50:00 or 1-12:00."
        raise InputError(option, "", f'"{text}" is no time', remedy)
    return float(found)


def show(what: RenderableType) -> None:
    """Print a table or a text of several."""
    Console(markup=False, highlight=False, emoji=False).print(what)
