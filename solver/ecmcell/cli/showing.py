"""Commands that show what is asked, without simulating it."""

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from mpi4py import MPI
from pydantic import BaseModel
from rich.table import Table

from ecmcell.case.export import model_schema
from ecmcell.case.faults import suggest, toml
from ecmcell.case.load import match_dimension, match_mesh
from ecmcell.case.materials.catalogue import library_table, material_sheet
from ecmcell.case.schema import Case
from ecmcell.cli.overview import overview
from ecmcell.cli.shared import CaseArgument, app, read_case, show
from ecmcell.errors import InputError
from ecmcell.output_paths import check_file, check_writable
from ecmcell.parallel import on_root

if TYPE_CHECKING:
    from ecmcell.microstructure import MeshData

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
    asked = on_root(comm, read_case, case)
    if output is not None:
        on_root(comm, check_writable, output, "--output")
    from ecmcell.homogenisation.effective import effective_properties

    _effective(effective_properties(asked, comm, phase or [], perfect or []), output)


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
    importlib.import_module("ecmcell.runs.run")


def _check(path: Path) -> None:
    from ecmcell.evaluation.inactive import stock
    from ecmcell.microstructure import quick_mesh
    from ecmcell.processes.deformation.penalty_stiffness import with_stiffness

    case = read_case(path)
    made = quick_mesh(case)
    if made is not None:
        _match(case, made)
        case = with_stiffness(case, made)
    show(overview(case))
    if made is not None:
        _warn_of_debonding(case, made)
    if not case.active_phases:
        return
    told = {"not known": "`ecmcell mesh` makes the mesh"} if made is None else stock(case, made)
    table = Table(title="Active material", title_justify="left", show_header=False)
    for row in told.items():
        table.add_row(*row)
    show(table)


def _materials(name: str | None) -> None:
    show(library_table() if name is None else material_sheet(name, Path()))


def _mesh(path: Path, picture: Path | None) -> None:
    from ecmcell.evaluation.inactive import stock
    from ecmcell.microstructure import mesh_of

    case = read_case(path)
    if picture is not None:
        check_file(picture, _PICTURES, "picture", "--picture")
    made = mesh_of(case)
    _match(case, made)
    table = Table(title=case.title, title_justify="left", show_header=False)
    for name, value in (made.statistics | stock(case, made)).items():
        table.add_row(name, f"{value:.4g}" if isinstance(value, float) else str(value))
    show(table)
    _warn_of_debonding(case, made)
    if picture is not None:
        from ecmcell.microstructure.picture import picture as draw

        draw(made, picture)
        print(picture)


def _match(case: Case, made: "MeshData") -> None:
    """Refuse a mesh that the case cannot be run on."""
    from ecmcell.domain.plan import touching_phases
    from ecmcell.runs import paths

    match_mesh(case, made.grain_phase, touching_phases(made))
    match_dimension(case, made.dim)
    paths.check(case, made)


def _warn_of_debonding(case: Case, made: "MeshData") -> None:
    """Say which interfaces part otherwise than they would on a finer mesh."""
    from ecmcell.processes.deformation.penalty_stiffness import scattered, unresolved

    for title, found in [("cells too large", unresolved), ("early damage", scattered)]:
        _warn(f"Warning: {title}", list(found(case, made)))


def _warn(title: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        table = Table(title=title, title_justify="left", show_header=False)
        table.add_column(overflow="fold")
        table.add_column(overflow="fold")
        for row in rows:
            table.add_row(*row)
        show(table)


def _effective(content: dict[str, object], output: Path | None) -> None:
    from ecmcell.output.effective import effective_tables, write_effective

    show(effective_tables(content))
    if output is not None:
        print(on_root(MPI.COMM_WORLD, write_effective, output, content))


def _schema(recipe: str | None) -> None:
    model: type[BaseModel] = Case
    if recipe is not None:
        from ecmcell.microstructure.recipes import RECIPES

        if recipe not in RECIPES:
            given = f"{toml(recipe)} is not a recipe"
            raise InputError("schema", "", given, suggest(recipe, RECIPES, "recipes"))
        model = RECIPES[recipe]
    print(json.dumps(model_schema(model), indent=2))
