"""Commands that simulate, and show what came out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from mpi4py import MPI

import ecmcell
from ecmcell.cli.shared import (
    CaseArgument,
    NoReport,
    Overwrite,
    Restart,
    RunArgument,
    WallTime,
    app,
    seconds,
    show,
)
from ecmcell.errors import InputError
from ecmcell.parallel import on_root

if TYPE_CHECKING:
    from ecmcell import Case


@app.command()
def run(
    case: CaseArgument,
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of the results.", show_default="runs/<name of case>"),
    ] = None,
    overwrite: Overwrite = False,
    restart: Restart = False,
    wall_time: WallTime = None,
    no_report: NoReport = False,
) -> None:
    """Simulate a case; run it under mpirun to use more than one processor.

    With --restart a run that is done is left as it is; one that is not goes on from its last
    checkpoint, on any number of ranks, or from its beginning if it has none. SIGTERM, SIGUSR1 and a
    first SIGINT stop it with a checkpoint and exit code 75.
    """
    comm, limit = MPI.COMM_WORLD, seconds(wall_time)
    asked = on_root(comm, ecmcell.Case.load, case)
    directory = output or Path("runs") / asked.name
    on_root(comm, _check_writable, directory)
    simulation = ecmcell.Simulation(asked, comm)
    if restart:
        on_root(comm, _warn_of_changes_if_run, directory)
    simulation.run(output=directory, overwrite=overwrite, restart=restart, wall_time=limit)
    _show(comm, directory, no_report)


@app.command()
def resume(directory: RunArgument, wall_time: WallTime = None, no_report: NoReport = False) -> None:
    """Go on with a run that was interrupted, from what its directory holds, on any ranks."""
    comm, limit = MPI.COMM_WORLD, seconds(wall_time)
    asked = on_root(comm, _read_again, directory)
    simulation = ecmcell.Simulation(asked, comm)  # begins PETSc, whose version is asked for
    on_root(comm, _warn_of_changes, directory)
    simulation.resume(directory)
    simulation.run(wall_time=limit)
    _show(comm, directory, no_report)


@app.command(name="continue")
def continue_(
    directory: RunArgument,
    protocol: Annotated[
        list[str],
        typer.Option(
            help="Step of the protocol, in words; repeat for several. Or a TOML file that has one.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="Directory of the results.", show_default="RUN-continued"),
    ] = None,
    overwrite: Overwrite = False,
    wall_time: WallTime = None,
    no_report: NoReport = False,
) -> None:
    """Run another protocol from where a run has ended, as rate tests of a cell formed once."""
    comm, limit = MPI.COMM_WORLD, seconds(wall_time)
    asked = on_root(comm, _with_protocol, directory, protocol)
    new = output or directory.parent / f"{directory.resolve().name}-continued"
    on_root(comm, _check_writable, new)
    simulation = ecmcell.Simulation(asked, comm)
    on_root(comm, _warn_of_changes, directory)
    simulation.initialise(new, overwrite, start=directory)
    simulation.run(wall_time=limit)
    _show(comm, new, no_report)


@app.command()
def rerun(
    directory: RunArgument,
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
    simulation.run(output=again, overwrite=overwrite)
    _show(comm, again, no_report)
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


def _show(comm: MPI.Comm, directory: Path, no_report: bool) -> None:
    """Say where the report of a run is, or its results where there is none."""
    if no_report:
        print(directory)
    else:
        on_root(comm, _report, [directory])


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


def _with_protocol(directory: Path, protocol: list[str]) -> "Case":
    """The case that a run keeps, with another protocol."""
    from ecmcell.case.files.toml_reader import read_toml

    steps: object = protocol
    if len(protocol) == 1 and protocol[0].endswith(".toml"):
        path = Path(protocol[0])
        steps = read_toml(path).get("protocol")
        if steps is None:
            remedy = 'Write it as in a case.toml: protocol = ["Charge at 1C until 4.2 V"].'
            raise InputError(path, "protocol", "there is none", remedy)
    _read_again(directory)
    try:
        return ecmcell.Case.load(directory, {"protocol": steps})
    except InputError as error:
        if not error.key.startswith("protocol"):
            raise
        raise InputError("--protocol", "", error.given, error.remedy) from None


def _warn_of_changes_if_run(directory: Path) -> None:
    from ecmcell.output.run import is_run

    if is_run(directory):
        _warn_of_changes(directory)


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
