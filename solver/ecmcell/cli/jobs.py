"""Options of what makes the runs of a study jobs of a scheduler."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ecmcell.errors import InputError


class Scheduler(StrEnum):
    """What runs jobs."""

    local = "local"
    slurm = "slurm"


SchedulerOption = Annotated[
    Scheduler | None,
    typer.Option(
        help="Run each variation as a job of its own by Snakemake: here, or on a cluster.",
        show_default="one after the other",
    ),
]
Count = Annotated[int, typer.Option("--jobs", min=1, help="How many jobs at a time.")]
Ranks = Annotated[int, typer.Option(min=1, help="Ranks of each job.")]
Time = Annotated[
    str | None,
    typer.Option(
        metavar="[D-]HH:MM[:SS]",
        help="Time of each job, which stops in time with a checkpoint for the next one.",
        show_default="no limit",
    ),
]
Retries = Annotated[
    int, typer.Option(min=0, help="How often a job that did not come to its end goes on.")
]
Launcher = Annotated[
    str,
    typer.Option(help='What starts the ranks: mpirun, all on one node, or e.g. "srun --mpi=pmix".'),
]
Container = Annotated[
    Path | None,
    typer.Option(help="Image of Apptainer in which jobs run.", show_default="none"),
]
Resources = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Resource of each job as Snakemake calls it, e.g. slurm_partition=long; repeat.",
        show_default="none",
    ),
]


def check_single(size: int) -> None:
    """Refuse ranks of the command itself: its jobs have theirs.

    Raises:
        InputError: If it has several.
    """
    if size > 1:
        remedy = "Call it without mpirun, with --ranks for those of each job."
        raise InputError("--scheduler", "", f"it was started on {size} ranks", remedy)


def check_unused(given: Mapping[str, bool], remedy: str) -> None:
    """Refuse options that would do nothing.

    Args:
        given: Whether each was given, by its name.
        remedy: What would do.

    Raises:
        InputError: If one was.
    """
    for name in (name for name, is_given in given.items() if is_given):
        raise InputError(name, "", "it would do nothing", remedy)


def image(container: Path | None) -> Path | None:
    """Where an image is, for jobs that begin elsewhere.

    Raises:
        InputError: If there is none.
    """
    if container is not None and not container.is_file():
        remedy = "Give the path of an image (apptainer build ecmcell.sif docker/ecmcell.def)."
        raise InputError("--container", "", f"there is no file {container}", remedy)
    return None if container is None else container.resolve()


def pairs(resources: list[str] | None) -> dict[str, str]:
    """Resources by their names.

    Raises:
        InputError: If one is not written so.
    """
    found = {}
    for text in resources or []:
        name, _, value = text.partition("=")
        if not name.isidentifier() or not value:
            raise InputError("--resource", "", f'"{text}" is not valid', "Give NAME=VALUE.")
        found[name] = value
    return found
