"""Commands that simulate, and show what came out."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from mpi4py import MPI

from ecmcell.api.case import Case
from ecmcell.cli.shared import CaseArgument, Overwrite, app, show
from ecmcell.errors import InputError
from ecmcell.output_paths import check_file, check_writable
from ecmcell.parallel import on_root


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
    asked = on_root(comm, Case.load, case)
    directory = output or Path("runs") / asked.name
    on_root(comm, check_writable, directory, "--output")
    from ecmcell.api.simulation import Simulation

    Simulation(asked, comm).run(output=directory, overwrite=overwrite)
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
    on_root(comm, check_writable, again, "--output")
    from ecmcell.api.simulation import Simulation

    on_root(comm, _warn_of_changes, directory)
    Simulation(asked, comm).run(output=again, overwrite=overwrite)
    on_root(comm, _report, [again])
    on_root(comm, _compare, directory, again)


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
    interactive: Annotated[
        bool, typer.Option("--interactive", help="Add a view of one run, to turn and cut.")
    ] = False,
) -> None:
    """Write the report of a run anew, or one page that shows several runs together."""
    if output is not None:
        on_root(MPI.COMM_WORLD, check_file, output, (".html",), "page", "--output")
    on_root(MPI.COMM_WORLD, _report, directories, output, interactive)


def _report(directories: list[Path], page: Path | None = None, interactive: bool = False) -> None:
    from ecmcell.report import write_comparison, write_report

    if len(directories) == 1:
        print(write_report(directories[0], page, interactive))
    elif interactive:
        raise InputError("report", "", "--interactive with several runs", "Give one run.")
    else:
        print(write_comparison(directories, page or Path("comparison.html")))


def _read_again(directory: Path) -> Case:
    """The case that a run keeps, all its inputs as they were."""
    from ecmcell.microstructure import source_files
    from ecmcell.output import StoredRun
    from ecmcell.output.repeat import check_inputs

    run = StoredRun(directory)
    check_inputs(run, ())
    case = Case.load(directory)
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
