"""Commands that show what is asked, without simulating it."""

import importlib
import json
from pathlib import Path
from typing import Annotated

import typer
from mpi4py import MPI
from pydantic import BaseModel

from ecmcell.api.case import Case
from ecmcell.case import schema as case_schema
from ecmcell.case.export import model_schema
from ecmcell.case.faults import suggest, toml
from ecmcell.case.materials.catalogue import library_table, material_of, material_sheet
from ecmcell.cli.shared import CaseArgument, app, show
from ecmcell.errors import InputError
from ecmcell.output_paths import check_file, check_writable
from ecmcell.parallel import on_root

_PICTURES = (".png", ".pdf", ".svg")


@app.command()
def check(case: CaseArgument) -> None:
    """Check a case and show what it asks, without running it."""
    _begin_together()
    on_root(MPI.COMM_WORLD, _check, case)


@app.command()
def materials(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Material of the library, a file such as mine.toml, or an electrode of a "
            'BPX file, "cell.json:Positive electrode".',
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show the library of materials, or all that is known of one and where it comes from."""
    on_root(MPI.COMM_WORLD, _materials, name)


@app.command()
def mesh(
    case: CaseArgument,
    picture: Annotated[
        Path | None,
        typer.Option(help=f"Picture to write ({', '.join(_PICTURES)}).", show_default=False),
    ] = None,
) -> None:
    """Make the mesh of a case and show what came out."""
    _begin_together()
    on_root(MPI.COMM_WORLD, _mesh, case, picture)


@app.command()
def effective(
    case: CaseArgument,
    phase: Annotated[
        list[str] | None,
        typer.Option(
            help="Phase to look at; repeat for several [default: the composite layer].",
            show_default=False,
        ),
    ] = None,
    perfect: Annotated[
        list[str] | None,
        typer.Option(help="Phase that is to conduct perfectly; repeat.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Directory to write effective.json to.", show_default=False),
    ] = None,
) -> None:
    """Find the effective conductivities of the microstructure of a case; also under mpirun."""
    comm = MPI.COMM_WORLD
    asked = on_root(comm, Case.load, case)
    if output is not None:
        on_root(comm, check_writable, output, "--output")
    from ecmcell.api.properties import effective_properties

    _effective(effective_properties(asked, phase or [], perfect or [], comm), output)


@app.command()
def schema(
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="[RECIPE]", help="Name of a recipe, e.g. layered.", show_default=False
        ),
    ] = None,
) -> None:
    """Print the JSON schema of case.toml, or of the file of a recipe, for editors."""
    on_root(MPI.COMM_WORLD, _schema, recipe)


def _begin_together() -> None:
    """Import what solves on every rank: PETSc begins on all of them, or they break down."""
    importlib.import_module("ecmcell.api.simulation")


def _check(path: Path) -> None:
    show(Case.load(path).check())


def _materials(name: str | None) -> None:
    show(library_table() if name is None else material_sheet(material_of(name, Path())))


def _mesh(path: Path, picture: Path | None) -> None:
    case = Case.load(path)
    if picture is not None:
        check_file(picture, _PICTURES, "picture", "--picture")
    made = case.microstructure()
    show(made.told())
    if picture is not None:
        made.picture(picture)
        print(picture)


def _effective(content: dict[str, object], output: Path | None) -> None:
    from ecmcell.output.effective import effective_tables, write_effective

    show(effective_tables(content))
    if output is not None:
        print(on_root(MPI.COMM_WORLD, write_effective, output, content))


def _schema(recipe: str | None) -> None:
    model: type[BaseModel] = case_schema.Case
    if recipe is not None:
        from ecmcell.microstructure.recipes import known_recipes

        if recipe not in known_recipes():
            given = f"{toml(recipe)} is not a recipe"
            raise InputError("schema", "", given, suggest(recipe, known_recipes(), "recipes"))
        model = known_recipes()[recipe]
    print(json.dumps(model_schema(model), indent=2))
