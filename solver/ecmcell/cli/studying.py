"""Commands that run many simulations."""

import importlib
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from mpi4py import MPI

import ecmcell
from ecmcell.cli.jobs import (
    Container,
    Count,
    Launcher,
    Ranks,
    Resources,
    Retries,
    SchedulerOption,
    Time,
    check_single,
    check_unused,
    image,
    pairs,
)
from ecmcell.cli.shared import CaseArgument, WallTime, app, seconds, show
from ecmcell.errors import InputError, SolverError
from ecmcell.parallel import on_root

if TYPE_CHECKING:
    from ecmcell import Jobs, Study, StudyResult
    from ecmcell.case.units import Quantity
    from ecmcell.study.bracket import Bracket
    from ecmcell.study.critical import Question

Replace = Annotated[
    bool, typer.Option("--overwrite", help="Replace runs of what is no longer asked.")
]


@app.command()
def study(
    case: Annotated[
        Path,
        typer.Argument(
            metavar="CASE",
            help="Directory with a case.toml and a study.toml.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of all results.", show_default="runs/<name of case>-study"),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Variation to run; repeat for several.",
            show_default="all",
        ),
    ] = None,
    overwrite: Replace = False,
    listed: Annotated[
        bool,
        typer.Option("--list", help="List the variations and what has run of them; run nothing."),
    ] = False,
    collect: Annotated[
        bool,
        typer.Option("--collect", help="Write tables and pages of what has run; run nothing."),
    ] = False,
    no_report: Annotated[
        bool,
        typer.Option("--no-report", help="Write no tables and pages; --collect does afterwards."),
    ] = False,
    wall_time: WallTime = None,
    scheduler: SchedulerOption = None,
    count: Count = 1,
    ranks: Ranks = 1,
    time: Time = None,
    retries: Retries = 5,
    launcher: Launcher = "mpirun",
    container: Container = None,
    resource: Resources = None,
) -> None:
    """Run all variations of a case that its study.toml asks for, and put them side by side.

    Those that are finished are left as they are, and those that were interrupted go on from their
    checkpoints: call it again to go on. `ecmcell report` makes the report of one of them. With
    --scheduler each run is a job of its own, by Snakemake.
    """
    comm, limit = MPI.COMM_WORLD, seconds(wall_time)
    asked = on_root(comm, ecmcell.read_study, case)
    if listed:
        on_root(comm, _list, asked, output, only or [])
        return
    if collect:
        on_root(comm, _tell, ecmcell.StudyResult(asked, asked.directory(output)))
        return
    if scheduler is None:
        of_jobs = {
            "--jobs": count != 1,
            "--ranks": ranks != 1,
            "--time": time is not None,
            "--retries": retries != 5,
            "--launcher": launcher != "mpirun",
            "--container": container is not None,
            "--resource": bool(resource),
        }
        check_unused(of_jobs, "Give --scheduler with it.")
    else:
        check_unused({"--wall-time": limit is not None}, "Give the --time of each job.")
        check_single(comm.size)
        limit, place = seconds(time, "--time"), image(container)
        options = limit, retries, launcher, place, pairs(resource)
        jobs = ecmcell.Jobs(str(scheduler), count, ranks, *options)
        _schedule(asked, jobs, output, only or (), overwrite, no_report)
        return
    result = ecmcell.run_study(asked, output, only or (), overwrite, comm, limit)
    if not no_report:
        on_root(comm, _tell, result)
    if result.gave_up:
        raise SolverError(f"the solver gave up in {', '.join(result.gave_up)}")


@app.command()
def ccd(
    case: CaseArgument,
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of all results.", show_default="runs/<name of case>-ccd"),
    ] = None,
    min_current: Annotated[
        str, typer.Option(help="Current density below which nothing is tried.")
    ] = "0.001 mA/cm2",
    max_current: Annotated[
        str, typer.Option(help="Current density above which nothing is tried.")
    ] = "100 mA/cm2",
    tolerance: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Width of the bracket, over its lower end.")
    ] = 0.1,
    runs: Annotated[int, typer.Option(min=2, max=100, help="How many may be tried.")] = 12,
    growth: Annotated[
        str | None,
        typer.Option(
            help="Growth in depth of a lithium-filled crack that counts as penetration.",
            show_default="twice the regularisation length",
        ),
    ] = None,
    until_short: Annotated[
        bool, typer.Option("--until-short", help="Let runs go on to the short circuit.")
    ] = False,
    vary: Annotated[
        bool, typer.Option("--study", help="Do so for every variation of the study.toml.")
    ] = False,
    overwrite: Replace = False,
    wall_time: WallTime = None,
) -> None:
    """Find the critical current density of a case: where lithium penetrates, or loses contact.

    Where it may fill cracks it is plated until it penetrates, else stripped until voids leave no
    contact. The protocol is run at one current density after the other, from what the closed form
    expects or the case asks: doubled or halved until it is bracketed, then the bracket is halved.
    Runs that are finished are left as they are, and one that was interrupted goes on from its
    checkpoint: call it again to go on.
    """
    comm, limit = MPI.COMM_WORLD, seconds(wall_time)
    importlib.import_module("ecmcell.api.studies")  # PETSc begins on all ranks together
    questions = on_root(comm, _questions, case, growth, until_short, vary)
    ends = on_root(comm, _ends, min_current, max_current)
    directory = output or Path("runs") / f"{questions[0].case.name}-ccd"
    from ecmcell.output_paths import check_writable
    from ecmcell.runs.interruption import Interruption
    from ecmcell.study.bracket import Search
    from ecmcell.study.ccd import CriticalCurrent, check_found, write_study

    on_root(comm, check_writable, directory, "--output")

    brackets = []
    with Interruption(comm, limit) as interruption:
        for asked in questions:
            search = Search(asked.closed_form or asked.own_current, *ends, tolerance, runs)
            place = directory / asked.asked.name if vary else directory
            found = CriticalCurrent(asked, search, place, overwrite, comm, interruption).find()
            on_root(comm, _tell_critical, asked, found, tolerance, place)
            brackets.append((asked, found))
    if vary:
        print(on_root(comm, write_study, brackets, directory))
    for asked, found in brackets:
        check_found(asked, found)


def _list(study: "Study", output: Path | None, only: list[str]) -> None:
    """All variations, or some of them, what each chooses and what there is of its run."""
    from rich.table import Table

    study.plan.only(only)  # refuses those that it does not have
    found = study.states(output)
    title = f"{study.name}: {len(found)} variations, run in {study.directory(output)}"
    table = Table(title=title, title_justify="left")
    for column in (found.index.name, *found.columns):
        table.add_column(str(column), overflow="fold")
    for row in found.itertuples():
        if not only or row[0] in only:
            table.add_row(*map(str, row))
    show(table)


def _schedule(
    study: "Study",
    jobs: "Jobs",
    output: Path | None,
    only: Collection[str],
    overwrite: bool,
    no_report: bool,
) -> None:
    """Have each run be a job; at the end tell which are not done, and why."""
    result = ecmcell.schedule_study(study, jobs, output, only, overwrite)
    if not no_report:
        _tell(result)
    left = {name: why for name, why in result.unfinished.items() if not only or name in only}
    for name, why in left.items():
        print(f"{name}: {why}", file=sys.stderr)
    if left:
        raise SolverError(f"not done: {', '.join(left)}")


def _tell(result: "StudyResult") -> None:
    """Write tables and a page of all runs of a study that there are, and say where they are."""
    from ecmcell.output.progress import announced

    with announced("writing the tables and the comparison"):
        written = result.write()
    for path in written:
        print(path)


def _questions(path: Path, growth: str | None, until_short: bool, vary: bool) -> list["Question"]:
    """Whose critical current is looked for, and what counts."""
    from ecmcell.case.units import LENGTH
    from ecmcell.study import Variation
    from ecmcell.study.critical import question

    length = None if growth is None else _option(LENGTH, growth, "--growth")
    if vary:
        variations = ecmcell.read_study(path).plan.variations
    else:
        case = ecmcell.Case.load(path).data
        variations = (Variation(case.name, {}, case),)
    return [question(variation, length, until_short) for variation in variations]


def _ends(least: str, most: str) -> tuple[float, float]:
    """Between which currents in mA/cm2 to look for it."""
    from ecmcell.case.units import CURRENT_DENSITY

    low = _option(CURRENT_DENSITY, least, "--min-current") / 10.0
    high = _option(CURRENT_DENSITY, most, "--max-current") / 10.0
    if low >= high:
        raise InputError("--min-current", "", f"{least} is not below {most}", "Give a lower one.")
    return low, high


def _option(kind: "Quantity", text: str, name: str) -> float:
    """The value of an option that is a quantity, in internal units."""
    from ecmcell.case.faults import Fault

    try:
        return kind.read(text)
    except Fault as fault:
        raise InputError(name, "", fault.given, fault.remedy) from None


def _tell_critical(asked: "Question", found: "Bracket", tolerance: float, directory: Path) -> None:
    """What came out of the search for the critical current."""
    from ecmcell.output.progress import announced
    from ecmcell.report.sections.critical_current import write_critical

    print(directory / "ccd.csv")
    print(directory / "ccd.json")
    with announced("writing the report of the search"):
        page = write_critical(directory)
    print(page)
    if found.middle is not None:
        between = f"between {found.safe:g} and {found.critical:g} mA/cm2"
        print(f"{asked.failure.name} begins {between}")
        if found.width > tolerance:
            print("the bracket is wider than asked: allow more --runs", file=sys.stderr)
