"""Runs the workflow of a study with Snakemake, and tells what did not come to its end."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ecmcell.errors import InputError
from ecmcell.runs.existing import State, state_of
from ecmcell.study.plan import Plan
from ecmcell.study.workflow import LOGS, PROFILE, Jobs, mark_ended, write_workflow


def run_workflow(
    plan: Plan, names: Sequence[str], directory: Path, jobs: Jobs, overwrite: bool
) -> None:
    """Write the workflow of a study and have Snakemake run what is left of it; on one rank.

    Args:
        plan: The study.
        names: Of the variations that are still to run.
        directory: Of all results.
        jobs: How runs become jobs.
        overwrite: Whether runs that ask something else may give way.

    Raises:
        InputError: If there is no Snakemake.
    """
    every = [variation.name for variation in plan.variations]
    squeue = jobs.scheduler == "slurm" and not _has_accounts()
    write_workflow(directory, plan.path, every, jobs, " --overwrite" * overwrite, squeue)
    mark_ended(directory, every, {*every} - {*names})
    program = shutil.which("snakemake")
    if program is None:
        remedy = (
            f'Install it by pip install "ecmcell[cluster]", or call '
            f"snakemake --profile {PROFILE} in {directory} where there is one."
        )
        raise InputError("--scheduler", "", "there is no Snakemake here", remedy)
    with subprocess.Popen([program, "--profile", PROFILE, "runs"], cwd=directory) as running:
        try:
            running.wait()
        except KeyboardInterrupt:
            running.wait()  # it cancels its jobs
            raise


def unfinished(plan: Plan, directory: Path) -> dict[str, str]:
    """The variations whose runs are not done, with the reason of each as far as it is known."""
    states = {v.name: state_of(directory / v.name, v.case) for v in plan.variations}
    return {name: _reason(directory, name) for name, s in states.items() if s is not State.DONE}


def _reason(directory: Path, name: str) -> str:
    """How a run ended, from its summary; else the last that its job said."""
    try:
        summary = json.loads((directory / name / "summary.json").read_text(encoding="utf-8"))
        return str(summary["reason"])
    except (OSError, ValueError, KeyError):
        pass
    log = directory / LOGS / f"{name}.log"
    try:
        said = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return "its job has not begun"
    return next((line for line in reversed(said) if line.strip()), f"nothing is in {log}")


def _has_accounts() -> bool:
    """Whether Slurm keeps accounts of jobs that have ended."""
    try:
        asked = subprocess.run(["sacct", "--noheader"], capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0
