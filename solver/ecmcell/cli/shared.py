"""The application, and what its commands share."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType

from ecmcell import __version__

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


def show(what: RenderableType) -> None:
    """Print a table or a text of several."""
    Console(markup=False, highlight=False, emoji=False).print(what)
