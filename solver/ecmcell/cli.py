"""The command `ecmcell`: reads what is asked, starts it, and turns errors into exit codes.

Runs alike on one rank and under `mpirun`. Everything heavy is imported where it is needed.
"""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from mpi4py import MPI
from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.table import Table

from ecmcell import __version__
from ecmcell.case.catalogue import library_table, material_sheet
from ecmcell.case.export import model_schema
from ecmcell.case.load import load_case, match_mesh
from ecmcell.case.overview import overview
from ecmcell.case.reading import Fault, suggest, toml
from ecmcell.case.schema import Case
from ecmcell.case.units import CURRENT_DENSITY, LENGTH, Quantity
from ecmcell.ending import INTERRUPTED, Ending
from ecmcell.errors import InputError, SolverError
from ecmcell.parallel import on_root
from ecmcell.places import check_apart, check_file, check_free, check_writable
from ecmcell.study import Plan, Variation, due, read_plan, write_tables
from ecmcell.study.bracket import Bracket, Search
from ecmcell.study.critical import Question, question

_PICTURES = (".png", ".pdf", ".svg")

app = typer.Typer(
    help="Electro-chemo-mechanics of solid-state battery cells, resolved to the microstructure.",
    no_args_is_help=True,
    add_completion=False,
)
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier run in that directory.")
]
CaseArgument = Annotated[
    Path,
    typer.Argument(metavar="CASE", help="Directory with a case.toml, or the file itself."),
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


@app.command()
def run(
    case: CaseArgument,
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of the results [default: runs/<name of case>]."),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Simulate a case; run it under mpirun to use more than one processor."""
    comm = MPI.COMM_WORLD
    asked = on_root(comm, _read, case)
    directory = output or Path("runs") / asked.name
    on_root(comm, check_free, directory, overwrite, asked)
    from ecmcell.simulation import run_case

    run_case(asked, directory, comm)
    on_root(comm, _report, [directory])


@app.command()
def rerun(
    directory: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a run.")],
    output: Annotated[
        Path | None, typer.Option(help="Directory of the results [default: RUN-again].")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Repeat a run from what its directory holds, and tell how far the results differ."""
    comm = MPI.COMM_WORLD
    asked = on_root(comm, _read_again, directory)
    again = output or directory.parent / f"{directory.resolve().name}-again"
    on_root(comm, check_free, again, overwrite, asked)
    from ecmcell.simulation import run_case

    on_root(comm, _warn_of_changes, directory)
    run_case(asked, again, comm)
    on_root(comm, _report, [again])
    on_root(comm, _compare, directory, again)


@app.command()
def study(
    case: Annotated[
        Path, typer.Argument(metavar="CASE", help="Directory with a case.toml and a study.toml.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of all results [default: runs/<name of case>-study]."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Variation to run; repeat for several [default: all].", show_default=False
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace runs of what the study no longer asks.")
    ] = False,
) -> None:
    """Run all variations of a case that its study.toml asks for, and put them side by side.

    Those that are finished are left as they are: call it again to go on. `ecmcell report` makes
    the report of one of them.
    """
    comm = MPI.COMM_WORLD
    plan = on_root(comm, _read_plan, case)
    directory = output or Path("runs") / f"{plan.name}-study"
    left = on_root(comm, _left, plan, directory, only or [], overwrite)
    from ecmcell.study.execute import execute

    gave_up = execute(left, directory, comm)
    on_root(comm, _conclude, plan, directory)
    if gave_up:
        raise SolverError(f"the solver gave up in {', '.join(gave_up)}")


@app.command()
def ccd(
    case: Annotated[
        Path, typer.Argument(metavar="CASE", help="Directory with a case.toml, or the file itself.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of all results [default: runs/<name of case>-ccd]."),
    ] = None,
    lowest: Annotated[
        str, typer.Option(help="Current density below which nothing is tried.")
    ] = "0.001 mA/cm2",
    highest: Annotated[
        str, typer.Option(help="Current density above which nothing is tried.")
    ] = "100 mA/cm2",
    tolerance: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Width of the bracket, over its lower end.")
    ] = 0.1,
    runs: Annotated[int, typer.Option(min=2, max=100, help="How many may be tried.")] = 12,
    growth: Annotated[
        str | None,
        typer.Option(
            help="Growth of a filament that counts [default: twice the length of the cracks].",
            show_default=False,
        ),
    ] = None,
    until_short: Annotated[
        bool, typer.Option("--until-short", help="Let runs go on to the short circuit.")
    ] = False,
    vary: Annotated[
        bool, typer.Option("--study", help="Do so for every variation of the study.toml.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace runs of what is no longer asked.")
    ] = False,
) -> None:
    """Find the critical current density of a case: where lithium begins to penetrate.

    The protocol is run at one current density after the other, from what the closed form expects
    or the case asks: doubled or halved until it is bracketed, then the bracket is halved. Runs that
    are finished are left as they are: call it again to go on.
    """
    comm = MPI.COMM_WORLD
    questions = on_root(comm, _questions, case, growth, until_short, vary)
    ends = on_root(comm, _ends, lowest, highest)
    directory = output or Path("runs") / f"{questions[0].case.name}-ccd"
    on_root(comm, check_writable, directory, "--output")
    from ecmcell.study.ccd import CriticalCurrent, check_found, write_study

    brackets = []
    for asked in questions:
        search = Search(asked.closed_form or asked.own_current, *ends, tolerance, runs)
        place = directory / asked.asked.name if vary else directory
        found = CriticalCurrent(asked, search, place, overwrite, comm).find()
        on_root(comm, _tell_critical, found, tolerance, place)
        brackets.append((asked, found))
    if vary:
        print(on_root(comm, write_study, brackets, directory))
    for asked, found in brackets:
        check_found(found, asked.asked.name)


@app.command()
def check(case: CaseArgument) -> None:
    """Check a case and show what it asks, without running it."""
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
    asked = on_root(comm, _read, case)
    if output is not None:
        on_root(comm, check_writable, output, "--output")
    from ecmcell.simulation.effective import effective_properties

    _effective(effective_properties(asked, comm, phase or [], perfect or []), output)


@app.command()
def report(
    directories: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Directories of one or more runs.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            help="Page to write [default: report.html in the run; comparison.html of several].",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the report of a run anew, or one page that shows several runs together."""
    if output is not None:
        on_root(MPI.COMM_WORLD, check_file, output, (".html",), "page", "--output")
    on_root(MPI.COMM_WORLD, _report, directories, output)


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


def _read(path: Path) -> Case:
    """The case in a directory or file, the keys of its recipe checked too."""
    from ecmcell.microstructure import check_source

    case = load_case(path)
    check_source(case)
    return case


def _read_plan(path: Path) -> Plan:
    """The study of a case, the keys of all recipes checked too."""
    from ecmcell.microstructure import check_source

    plan = read_plan(path)
    for variation in plan.variations:
        check_source(variation.case)
    return plan


def _questions(path: Path, growth: str | None, until_short: bool, vary: bool) -> list[Question]:
    """Whose critical current is looked for, and what counts as penetration."""
    length = None if growth is None else _option(LENGTH, growth, "--growth")
    if vary:
        variations = _read_plan(path).variations
    else:
        case = _read(path)
        variations = (Variation(case.name, {}, case),)
    return [question(variation, length, until_short) for variation in variations]


def _ends(lowest: str, highest: str) -> tuple[float, float]:
    """Between which currents in mA/cm2 to look for it."""
    low = _option(CURRENT_DENSITY, lowest, "--lowest") / 10.0
    high = _option(CURRENT_DENSITY, highest, "--highest") / 10.0
    if low >= high:
        raise InputError("--lowest", "", f"{lowest} is not below {highest}", "Give a lower one.")
    return low, high


def _option(kind: Quantity, text: str, name: str) -> float:
    """The value of an option that is a quantity, in internal units."""
    try:
        return kind.read(text)
    except Fault as fault:
        raise InputError(name, "", fault.given, fault.remedy) from None


def _tell_critical(found: Bracket, tolerance: float, directory: Path) -> None:
    """What came out of the search for the critical current."""
    from ecmcell.report.critical import write_critical

    print(directory / "ccd.csv")
    print(directory / "ccd.json")
    print(write_critical(directory))
    if found.middle is not None:
        print(f"penetration begins between {found.safe:g} and {found.critical:g} mA/cm2")
        if found.width > tolerance:
            print("the bracket is wider than asked: allow more --runs", file=sys.stderr)


def _left(plan: Plan, directory: Path, names: list[str], overwrite: bool) -> tuple[Variation, ...]:
    """The variations that are to run now; changes nothing."""
    chosen = plan.only(names)
    check_writable(directory, "--output")
    for variation in chosen.variations:
        check_apart(directory / variation.name, variation.case)
    return due(chosen, directory, overwrite)


def _conclude(plan: Plan, directory: Path) -> None:
    """Tables and a page of all runs of a study that there are."""
    from ecmcell.output import StoredRun
    from ecmcell.report import write_comparison

    runs = [(v, directory / v.name) for v in plan.variations]
    there = [(v, StoredRun(place)) for v, place in runs if (place / "series.csv").is_file()]
    for path in write_tables(there, directory):
        print(path)
    if len(there) > 1:
        places = [run.directory for _, run in there]
        print(write_comparison(places, directory / "comparison.html"))


def _check(path: Path) -> None:
    _show(overview(_read(path)))


def _materials(name: str | None) -> None:
    _show(library_table() if name is None else material_sheet(name, Path()))


def _schema(recipe: str | None) -> None:
    model: type[BaseModel] = Case
    if recipe is not None:
        from ecmcell.microstructure.recipes import RECIPES

        if recipe not in RECIPES:
            given = f"{toml(recipe)} is not a recipe"
            raise InputError("schema", "", given, suggest(recipe, RECIPES, "recipes"))
        model = RECIPES[recipe]
    print(json.dumps(model_schema(model), indent=2))


def _mesh(path: Path, picture: Path | None) -> None:
    case = load_case(path)
    if picture is not None:
        check_file(picture, _PICTURES, "picture", "--picture")
    from ecmcell.domain.plan import touching_phases
    from ecmcell.microstructure import mesh_of

    made = mesh_of(case)
    match_mesh(case, made.grain_phase, touching_phases(made))
    table = Table(title=case.title, title_justify="left", show_header=False)
    for name, value in made.statistics.items():
        table.add_row(name, f"{value:.4g}" if isinstance(value, float) else str(value))
    _show(table)
    if picture is not None:
        from ecmcell.microstructure.picture import picture as draw

        draw(made, picture)
        print(picture)


def _effective(content: dict[str, object], output: Path | None) -> None:
    from ecmcell.output.effective import effective_tables, write_effective

    _show(effective_tables(content))
    if output is not None:
        print(on_root(MPI.COMM_WORLD, write_effective, output, content))


def _report(directories: list[Path], page: Path | None = None) -> None:
    from ecmcell.report import write_comparison, write_report

    if len(directories) == 1:
        print(write_report(directories[0], page))
    else:
        print(write_comparison(directories, page or Path("comparison.html")))


def _show(what: RenderableType) -> None:
    Console(markup=False, highlight=False, emoji=False).print(what)


def _read_again(directory: Path) -> Case:
    """The case that a run keeps, all its inputs as they were."""
    from ecmcell.microstructure import source_files
    from ecmcell.output import StoredRun
    from ecmcell.output.repeat import check_inputs

    run = StoredRun(directory)
    check_inputs(run, ())
    case = _read(directory)
    check_inputs(run, source_files(case))
    return case


def _warn_of_changes(directory: Path) -> None:
    from ecmcell.output import StoredRun
    from ecmcell.output.provenance import provenance
    from ecmcell.output.repeat import changes

    for change in changes(StoredRun(directory).provenance, provenance()):
        print(f"warning: {change}", file=sys.stderr, flush=True)


def _compare(directory: Path, again: Path) -> None:
    from ecmcell.output import StoredRun
    from ecmcell.output.repeat import comparison

    _show(comparison(StoredRun(directory), StoredRun(again)))


def main() -> int:
    """Run the command line; the exit code."""
    with (
        Ending() as ending,
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere if MPI.COMM_WORLD.rank else sys.stdout),
    ):
        if app(standalone_mode=False) == INTERRUPTED:  # Typer hides the exception
            raise KeyboardInterrupt
        sys.stdout.flush()
    return ending.code


if __name__ == "__main__":
    raise SystemExit(main())
