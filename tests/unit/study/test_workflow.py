"""The runs of a study as a workflow: what is written, and how jobs are called."""

import re
from pathlib import Path

import pytest
import yaml

from ecmcell.study.workflow import Jobs, mark_ended, write_workflow

NAMES = ("5-MPa", "50-MPa")


def written(directory: Path, jobs: Jobs, options: str = "", squeue: bool = False) -> str:
    """The Snakefile of a study of two."""
    write_workflow(directory, Path("/cases/mine/study.toml"), NAMES, jobs, options, squeue)
    return (directory / "Snakefile").read_text(encoding="utf-8")


def profile(directory: Path) -> dict[str, object]:
    return yaml.safe_load((directory / "profile/config.yaml").read_text(encoding="utf-8"))


def test_run_is_a_rule_with_what_a_job_needs(tmp_path: Path) -> None:
    jobs = Jobs("slurm", 20, 4, 7200.0, 3, "srun --mpi=pmix", None, {"slurm_partition": "long"})
    text = written(tmp_path, jobs, " --overwrite")
    assert 'runs = [\n    "5-MPa",\n    "50-MPa",\n]' in text
    for line in (
        "runtime=120,",
        "tasks=4,",
        'mpi="srun",',
        'slurm_partition="long",',
    ):
        assert f"{line}\n" in text, line
    assert "nodes=" not in text
    assert "--only {wildcards.run:q} --no-report --overwrite --wall-time 1:59:00" in text
    assert (profile(tmp_path)["jobs"], profile(tmp_path)["retries"]) == (20, 3)


@pytest.mark.parametrize(
    ("jobs", "one", "many"),
    [
        (Jobs("local", ranks=4), "ecmcell", "mpirun -n 4 ecmcell"),
        (
            Jobs("slurm", ranks=4),
            "ecmcell",
            "env -u SLURM_JOB_ID -u SLURM_JOBID mpirun -n 4 ecmcell",
        ),
        (
            Jobs("local", ranks=4, container=Path("/my images/e.sif")),
            "apptainer exec '/my images/e.sif' ecmcell",
            "apptainer exec '/my images/e.sif' mpirun -n 4 ecmcell",
        ),
        (
            Jobs("slurm", ranks=4, launcher="srun --mpi=pmix", container=Path("/e.sif")),
            "apptainer exec /e.sif ecmcell",
            "srun --mpi=pmix -n 4 apptainer exec /e.sif ecmcell",
        ),
    ],
)
def test_ranks_are_started_in_the_container_or_around_it(jobs: Jobs, one: str, many: str) -> None:
    assert (jobs.command(1), jobs.command(4)) == (one, many)


def test_mpirun_keeps_a_job_on_one_node(tmp_path: Path) -> None:
    text = written(tmp_path, Jobs("slurm", ranks=2))
    assert "        nodes=1,\n" in text and '        mpi="mpirun",\n' in text


def test_one_rank_without_limits_asks_for_nothing(tmp_path: Path) -> None:
    text = written(tmp_path, Jobs("local"))
    assert "resources:" not in text and "--wall-time" not in text
    assert profile(tmp_path)["cores"] == 1


def test_statuses_come_from_the_queue_where_slurm_keeps_no_accounts(tmp_path: Path) -> None:
    written(tmp_path, Jobs("slurm"), squeue=True)
    assert profile(tmp_path)["slurm-status-command"] == "squeue"
    written(tmp_path, Jobs("slurm"))
    assert "slurm-status-command" not in profile(tmp_path)


@pytest.mark.parametrize(
    ("time", "wall"), [(10.0, "0:00:07"), (240.0, "0:03:00"), (86400.0, "23:59:00")]
)
def test_a_job_stops_before_its_time(tmp_path: Path, time: float, wall: str) -> None:
    text = written(tmp_path, Jobs("local", time=time))
    assert re.findall(r"--wall-time (\S+)", text) == [f'{wall}"']


def test_marks_are_those_of_what_has_ended(tmp_path: Path) -> None:
    mark_ended(tmp_path, NAMES, NAMES)
    mark_ended(tmp_path, NAMES, ("50-MPa",))
    assert [path.name for path in (tmp_path / ".ended").iterdir()] == ["50-MPa"]
