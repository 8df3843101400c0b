"""Commands that simulate, and show what came out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from mpi4py import MPI

import ecmcell
from ecmcell.cli.shared import CaseArgument, NoReport, Overwrite, app, show
from ecmcell.errors import InputError
from ecmcell.parallel import on_root

if TYPE_CHECKING:
    from ecmcell import Case, Simulation


@app.command()
def run(
    case: CaseArgument,
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of the results.", show_default="runs/<name of case>"),
    ] = None,
    overwrite: Overwrite = False,
    no_report: NoReport = False,
) -> None:
    """Simulate a case; run it under mpirun to use more than one processor."""
    comm = MPI.COMM_WORLD
    asked = on_root(comm, ecmcell.Case.load, case)
    directory = output or Path("runs") / asked.name
    on_root(comm, _check_writable, directory)
    _run(ecmcell.Simulation(asked, comm), directory, overwrite, no_report)


@app.command()
def rerun(
    directory: Annotated[
        Path, typer.Argument(metavar="RUN", help="Directory of a run.", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of the results.", show_default="RUN-again"),
    ] = None,
    overwrite: Overwrite = False,
    no_report: NoReport = False,
) -> None:
    """Repeat a run from what its directory holds, and tell how far the results differ."""
    comm = MPI.COMM_WORLD
    asked = on_root(comm, _read_again, directory)
    again = output or directory.parent / f"{directory.resolve().name}-again"
    on_root(comm, _check_writable, again)
    simulation = ecmcell.Simulation(asked, comm)  # begins PETSc, whose version is asked for
    on_root(comm, _warn_of_changes, directory)
    _run(simulation, again, overwrite, no_report)
    on_root(comm, _compare, directory, again)


@app.command()
def report(
    directories: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...", help="Directories of one or more runs.", show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            help="Page to write.",
            show_default="report.html in the run; comparison.html of several",
        ),
    ] = None,
    interactive: Annotated[
        bool, typer.Option("--interactive", help="Add a view of one run, to turn and cut.")
    ] = False,
) -> None:
    """Write the report of a run anew, or one page that shows several runs together."""
    on_root(MPI.COMM_WORLD, _report, directories, output, interactive)


def _run(simulation: "Simulation", directory: Path, overwrite: bool, no_report: bool) -> None:
    """Simulate a case, and say where its report is, or the results where there is none."""
    simulation.run(output=directory, overwrite=overwrite)
    if no_report:
        print(directory)
    else:
        on_root(simulation.comm, _report, [directory])


def _report(directories: list[Path], page: Path | None = None, interactive: bool = False) -> None:
    from ecmcell.output.progress import announced
    from ecmcell.output_paths import check_file

    if page is not None:
        check_file(page, (".html",), "page", "--output")
    if interactive and len(directories) > 1:
        raise InputError("report", "", "--interactive with several runs", "Give one run.")
    from ecmcell.report import write_comparison, write_report

    with announced("writing the report"):
        if len(directories) == 1:
            written = write_report(directories[0], page, interactive)
        else:
            written = write_comparison(directories, page or Path("comparison.html"))
    print(written)


def _check_writable(directory: Path) -> None:
    from ecmcell.output_paths import check_writable

    check_writable(directory, "--output")


def _read_again(directory: Path) -> "Case":
    """The case that a run keeps, all its inputs as they were."""
    from ecmcell.microstructure import source_files
    from ecmcell.output import StoredRun
    from ecmcell.output.repeat import check_inputs

    run = StoredRun(directory)
    check_inputs(run, ())
    case = ecmcell.Case.load(directory)
    check_inputs(run, source_files(case.data))
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

    show(comparison(StoredRun(directory), StoredRun(again)))
