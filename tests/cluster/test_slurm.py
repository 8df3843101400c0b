"""Studies and runs on a real Slurm: its controller and two nodes, started by these tests."""

import csv
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.cluster.conftest import NAMES
from tests.slurm import Slurm

pytestmark = [pytest.mark.slurm, pytest.mark.long]
ENDED = {"COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "NODE_FAIL"}


def study(slurm: Slurm, place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the study as jobs."""
    command = ["ecmcell", "study", "case", "--scheduler", "slurm", "--output", "out", *options]
    return subprocess.run(
        command, cwd=place, env=slurm.environment, capture_output=True, text=True, check=False
    )


def batch(slurm: Slurm, place: Path, script: str, *options: str) -> str:
    """Submit a script of the shell; the number of its job."""
    command = ["sbatch", "--parsable", "--output", "%x-%a.out", "--open-mode", "append", *options]
    return slurm.call(*command, "--wrap", f"set -e\n{script}", cwd=place).strip()


def summary(run: Path) -> dict[str, object]:
    return json.loads((run / "summary.json").read_text(encoding="utf-8"))


def rows(run: Path) -> list[list[float]]:
    """Time and voltage of each step."""
    with (run / "series.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    return [[float(row["Time [s]"]), float(row["Voltage [V]"])] for row in found]


def alone(place: Path) -> list[list[float]]:
    """The rows of the second run where nothing disturbs it."""
    command = ["ecmcell", "study", "case", "--only", NAMES[1], "--no-report", "--output", "alone"]
    subprocess.run(command, cwd=place, capture_output=True, check=True)
    return rows(place / "alone" / NAMES[1])


@pytest.mark.parametrize("launcher", ["mpirun", "srun --mpi=pmix"])
def test_each_run_is_a_job_of_two_ranks(slurm: Slurm, place: Path, launcher: str) -> None:
    if launcher != "mpirun" and "pmix" not in slurm.call("srun", "--mpi=list"):
        pytest.skip("this Slurm is built without PMIx: srun cannot start ranks of MPI")
    before = slurm.jobs()
    options = "--jobs", "2", "--ranks", "2", "--launcher", launcher, "--time", "0:10:00"
    done = study(slurm, place, *options, "--resource", "slurm_partition=main")
    assert done.returncode == 0, done.stdout + done.stderr
    new = {job: state for job, state in slurm.jobs().items() if job not in before}
    assert list(new.values()) == ["COMPLETED"] * 2
    asked = slurm.call("scontrol", "show", "job", next(iter(new)))
    assert "NumTasks=2" in asked and "TimeLimit=00:10:00" in asked and "Partition=main" in asked
    for name in NAMES:
        assert summary(place / "out" / name)["status"] == "done"
        assert json.loads((place / "out" / name / "provenance.json").read_text())["ranks"] == 2
    ours, theirs = np.array(rows(place / "out" / NAMES[1])), np.array(alone(place))
    assert ours == pytest.approx(theirs, rel=1e-8)


def test_a_run_that_exceeds_its_time_goes_on_in_the_next_job(slurm: Slurm, slow: Path) -> None:
    """It stops by itself, in time; together the jobs give the rows of one."""
    options = "--time", "0:00:16", "--only", NAMES[1], "--retries", "20"
    done = study(slurm, slow, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    log = (slow / "out/logs" / f"{NAMES[1]}.log").read_text()
    assert "interrupted by the end of its wall time" in log
    again = log.count("goes on from")
    assert 1 <= again <= 20
    assert done.stderr.count("Trying to restart job") == again
    assert summary(slow / "out" / NAMES[1])["status"] == "done"
    assert np.array(rows(slow / "out" / NAMES[1])) == pytest.approx(np.array(alone(slow)), rel=1e-9)


def test_a_run_that_never_ends_is_told_with_its_reason(slurm: Slurm, slow: Path) -> None:
    done = study(slurm, slow, "--time", "0:00:16", "--only", NAMES[1], "--retries", "0")
    assert done.returncode == 3
    reason, message = done.stderr.splitlines()[-2:]
    assert reason.startswith(f"{NAMES[1]}: interrupted by the end of its wall time")
    assert message == f"error: not done: {NAMES[1]}"


def test_slurm_ends_a_job_and_it_goes_on_where_it_was(slurm: Slurm, slow: Path) -> None:
    """Without a wall time of its own: the signal of Slurm stops it."""
    text = (slow / "case/case.toml").read_text().replace("10 ms", "2 ms")
    (slow / "case/case.toml").write_text(text)
    command = f"exec ecmcell study case --output out --no-report --only {NAMES[1]}"
    job = batch(slurm, slow, command, "--time", "1", "--job-name", "late")
    slurm.wait_for(lambda: slurm.jobs()[job] in ENDED, 240.0)
    assert slurm.jobs()[job] == "TIMEOUT"
    assert summary(slow / "out" / NAMES[1])["status"] == "interrupted"
    assert "SIGTERM: stops and keeps a checkpoint" in (slow / "late-4294967294.out").read_text()
    before = rows(slow / "out" / NAMES[1])
    job = batch(slurm, slow, f"{command} --wall-time 0:00:20", "--job-name", "late")
    slurm.wait_for(lambda: slurm.jobs()[job] in ENDED, 240.0)
    assert rows(slow / "out" / NAMES[1])[: len(before)] == before
    assert len(rows(slow / "out" / NAMES[1])) > len(before)


def test_a_run_whose_node_is_set_down_goes_on_at_another(slurm: Slurm, slow: Path) -> None:
    """Slurm puts its job back into the queue; the case is not run from its beginning."""
    command = f"ecmcell study case --output out --no-report --only {NAMES[1]}"
    job = batch(slurm, slow, f"hostname; {command}", "--nodelist", "n1", "--job-name", "moved")
    slurm.wait_for((slow / "out" / NAMES[1] / "checkpoint").exists)
    slurm.wait_for(lambda: len(rows(slow / "out" / NAMES[1])) > 200)
    with slurm.down("n1"):
        slurm.call("scontrol", "update", f"JobId={job}", "ReqNodeList=n2", "StartTime=now")
        slurm.wait_for(lambda: slurm.jobs()[job] in ENDED, 240.0)
    assert slurm.jobs()[job] == "COMPLETED"
    told = (slow / "moved-4294967294.out").read_text().splitlines()
    assert [line for line in told if line in ("n1", "n2")] == ["n1", "n2"]
    assert summary(slow / "out" / NAMES[1])["status"] == "done"
    assert np.array(rows(slow / "out" / NAMES[1])) == pytest.approx(np.array(alone(slow)), rel=1e-9)


def test_tasks_of_a_job_array_are_runs(slurm: Slurm, place: Path) -> None:
    """They begin at once with empty caches: forms are compiled and the mesh is made only once."""
    (place / "names").write_text("\n".join(NAMES) + "\n")
    name = '$(sed -n "${SLURM_ARRAY_TASK_ID}p" names)'
    script = f'export XDG_CACHE_HOME=$PWD/cache\necmcell study case --only "{name}" --no-report'
    job = batch(slurm, place, script, "--array", "1-2", "--job-name", "array")
    tasks = [f"{job}_{k}" for k in (1, 2)]
    slurm.wait_for(lambda: all(slurm.jobs().get(task) in ENDED for task in tasks), 240.0)
    assert [slurm.jobs()[task] for task in tasks] == ["COMPLETED"] * 2
    subprocess.run(["ecmcell", "study", "case", "--collect"], cwd=place, check=True)
    with (place / "runs/case-study/study.csv").open(newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["done", "done"]
    assert len([*(place / "cache/ecmcell/meshes").glob("*.npz")]) == 1
    together = {path.name for path in (place / "cache/fenics").rglob("*.so")}
    environment = os.environ | {"XDG_CACHE_HOME": str(place / "other")}
    command = ["ecmcell", "study", "case", "--no-report", "--output", "one"]
    subprocess.run(command, cwd=place, env=environment, check=True, capture_output=True)
    assert together == {path.name for path in (place / "other/fenics").rglob("*.so")}
