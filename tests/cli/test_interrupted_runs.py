"""Runs that are stopped and go on: signals, wall time, other protocols, and what goes wrong."""

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from spoiling import put
from workplace import CASE, Workplace, expect_one_message, on_ranks

from ecmcell.columns.run import MEMORY
from ecmcell.output import StoredRun
from ecmcell.output.repeat import differences
from ecmcell.report.sections.tables import provenance_rows

LONG = copy.deepcopy(CASE) | {
    "protocol": [
        "Charge at C/5 for 30 minutes",
        "Rest for 10 minutes",
        "Discharge at C/5 for 10 minutes",
    ],
    "time": {"initial_step": "30 s", "max_step": "30 s"},
}


@pytest.fixture
def slow(workplace: Workplace) -> Workplace:
    """A case that takes 100 time steps, some seconds."""
    workplace.write("case/case.toml", LONG)
    return workplace


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That case, run without a break."""
    path = tmp_path_factory.mktemp("whole")
    workplace = Workplace(path, None)  # type: ignore[arg-type]
    workplace.write("case/case.toml", LONG)
    command = [sys.executable, "-m", "ecmcell", "run", "case", "--no-report"]
    subprocess.run(command, cwd=path, check=True, capture_output=True, timeout=120)
    return path / "runs/case"


def start(workplace: Workplace, *words: str, ranks: int = 1) -> subprocess.Popen[str]:
    """The command in processes of its own."""
    command = [*on_ranks(ranks), sys.executable, "-m", "ecmcell", *words]
    return subprocess.Popen(
        command,
        cwd=workplace.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_rows(run: Path, count: int) -> None:
    """Until the series of a run has so many rows."""
    path = run / "series.csv"
    for _ in range(6000):
        if path.exists() and path.read_bytes().count(b"\n") > count:
            return
        time.sleep(0.01)
    raise TimeoutError(path)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, stopped by SIGTERM in the second step of its protocol."""
    workplace = Workplace(tmp_path_factory.mktemp("interrupted"), None)  # type: ignore[arg-type]
    workplace.write("case/case.toml", LONG)
    run = workplace.path / "runs/case"
    process = start(workplace, "run", "case", "--no-report")
    wait_for_rows(run, 65)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 75, told
    return run


@pytest.fixture
def stopped(slow: Workplace, interrupted: Path) -> Path:
    """A copy of that run."""
    return Path(shutil.copytree(interrupted, slow.path / "runs/case"))


def expect_alike(run: Path, other: Path, limit: float) -> None:
    """Whether the series of two runs are those of the same run."""
    found, expected = (results(StoredRun(path).series) for path in (run, other))
    assert len(found["Time [s]"]) == len(expected["Time [s]"])
    assert max(differences(found, expected).values()) <= limit


@pytest.mark.parametrize("name", ["SIGTERM", "SIGUSR1", "SIGINT"])
def test_a_signal_stops_with_a_checkpoint(slow: Workplace, name: str) -> None:
    run = slow.path / "runs/case"
    process = start(slow, "run", "case", "--no-report")
    wait_for_rows(run, 20)
    began = time.monotonic()
    process.send_signal(signal.Signals[name])
    _, told = process.communicate(timeout=60)
    assert time.monotonic() - began < 10.0
    assert process.returncode == 75
    last = told.splitlines()[-1]
    assert last.startswith(f"runs/case: interrupted by {name} at ")
    assert last.endswith("in step 1 of 3 of the protocol. Go on with: ecmcell resume runs/case")
    summary = json.loads((run / "summary.json").read_text())
    assert summary["status"] == "interrupted"
    assert summary["reason"].startswith(f"interrupted by {name} at ")


def test_it_goes_on(slow: Workplace, stopped: Path, whole: Path) -> None:
    """To the same end; the provenance tells of it."""
    code, out, _ = slow.call("resume", "runs/case", "--no-report")
    assert code == 0
    assert out.splitlines()[-1] == "runs/case"
    expect_alike(stopped, whole, 1e-10)
    assert StoredRun(stopped).summary["status"] == "done"
    (leg,) = StoredRun(stopped).provenance["legs"]
    assert leg["ranks"] == 1
    assert leg["command"][1:] == ["resume", "runs/case", "--no-report"]
    told = dict(provenance_rows(StoredRun(stopped)))["leg 2"]
    assert re.fullmatch(r"20\S+, from \d+ s, on 1 rank: .* resume runs/case --no-report", told)


def test_two_ranks_stop_together(slow: Workplace, whole: Path) -> None:
    """One goes on, stops, and two go on again."""
    run = slow.path / "runs/case"
    process = start(slow, "run", "case", "--no-report", ranks=2)
    wait_for_rows(run, 20)
    process.send_signal(signal.SIGUSR1)  # which mpirun hands on
    _, told = process.communicate(timeout=60)
    assert process.returncode == 75
    assert told.count("Go on with: ecmcell resume runs/case") == 1
    process = start(slow, "resume", "runs/case", "--no-report")
    wait_for_rows(run, 70)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 75
    process = start(slow, "resume", "runs/case", "--no-report", ranks=2)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    expect_alike(run, whole, 1e-8)
    assert [leg["ranks"] for leg in StoredRun(run).provenance["legs"]] == [1, 2]


def test_the_second_interrupt_ends_at_once(slow: Workplace) -> None:
    process = start(slow, "run", "case", "--no-report")
    wait_for_rows(slow.path / "runs/case", 5)
    process.send_signal(signal.SIGSTOP)
    for _ in range(2):  # the second arrives before the first has been answered
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
    _, told = process.communicate(timeout=60)
    assert process.returncode in (75, 130), told


def test_it_ends_within_its_wall_time(slow: Workplace) -> None:
    """Slice after slice, each goes on where the one before was left."""
    slow.spoil("case/case.toml", LONG, put(time__initial_step="1 s", time__max_step="1 s"))
    reached = [0.0]
    for _ in range(2):
        began = time.monotonic()
        words = ["run", "case", "--no-report", "--restart", "--wall-time", "0:00:06"]
        process = start(slow, *words)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 75, told
        assert time.monotonic() - began < 9.0  # imports come before
        assert "by the end of its wall time" in told.splitlines()[-1]
        at = StoredRun(slow.path / "runs/case").series["Time [s]"]
        assert (np.diff(at) > 0.0).all()
        reached.append(at[-1])
    assert 0.0 < reached[1] < reached[2] < 3000.0


@pytest.mark.parametrize("given", ["soon", "0:00", "-1:00", "12", "1:2"])
def test_a_wrong_wall_time_is_refused(slow: Workplace, given: str) -> None:
    told = expect_one_message(slow, "run", "case", f"--wall-time={given}")
    assert f'error: --wall-time: "{given}" is no time. Give hours and minutes' in told


def test_restart_does_what_is_left(slow: Workplace) -> None:
    """From the beginning where there is nothing; nothing where all is done; never another case."""
    slow.write("case/case.toml", LONG | {"protocol": ["Rest for 1 s"]})
    assert slow.call("run", "case", "--restart", "--no-report")[0] == 0
    before = slow.files()
    code, out, _ = slow.call("run", "case", "--restart", "--no-report")
    assert (code, out.splitlines()[-1]) == (0, "runs/case")
    assert slow.files() == before
    slow.write("case/case.toml", LONG | {"protocol": ["Rest for 2 s"]})
    told = expect_one_message(slow, "run", "case", "--restart")
    assert "runs/case: " in told
    assert slow.call("run", "case", "--restart", "--overwrite", "--no-report")[0] == 0
    assert StoredRun(slow.path / "runs/case").series["Time [s]"][-1] == 2.0


def test_what_cannot_go_on_is_refused(slow: Workplace) -> None:
    slow.write("case/case.toml", LONG | {"protocol": ["Rest for 1 s"]})
    slow.call("run", "case", "--no-report")
    assert "it holds a run that did" in expect_one_message(slow, "resume", "runs/case")
    expect_one_message(slow, "resume", "case")
    expect_one_message(slow, "resume", "nowhere")
    shutil.rmtree(slow.path / "runs/case/checkpoint")
    (slow.path / "runs/case/summary.json").unlink()
    assert "without a checkpoint" in expect_one_message(slow, "resume", "runs/case")


def test_a_case_that_is_edited_meanwhile(slow: Workplace, stopped: Path, whole: Path) -> None:
    """The run goes on with what it keeps; the case itself asks something else by now."""
    slow.spoil("case/case.toml", LONG, put(cell__stack_pressure="6 MPa"))
    assert "a run that asks something else" in expect_one_message(slow, "run", "case", "--restart")
    assert slow.call("resume", "runs/case", "--no-report")[0] == 0
    expect_alike(stopped, whole, 1e-10)


def test_an_input_of_the_run_that_was_edited(slow: Workplace, stopped: Path) -> None:
    text = (stopped / "case.toml").read_text()
    (stopped / "case.toml").write_text(text.replace('"5 MPa"', '"6 MPa"'))
    assert "changed since the run" in expect_one_message(slow, "resume", "runs/case")


@pytest.mark.parametrize("how", ["truncated", "a bit flipped", "gone", "late"])
def test_the_checkpoint_before_is_used(
    slow: Workplace, stopped: Path, whole: Path, how: str
) -> None:
    """A file that is not what its checksum says; or that is not to be seen yet, as on NFS."""
    last = newest(stopped)
    content = last.read_bytes()
    match how:
        case "truncated":
            last.write_bytes(content[: len(content) // 2])
        case "a bit flipped":
            middle = len(content) // 2
            flipped = bytes([content[middle] ^ 16])
            last.write_bytes(content[:middle] + flipped + content[middle + 1 :])
        case "gone":
            last.unlink()
        case "late":
            last.rename(last.with_name(".nfs0001"))
    code, _, err = slow.call("resume", "runs/case", "--no-report")
    assert code == 0
    assert f"warning: runs/case/checkpoint/{last.name}: it is not whole; the one before" in err
    expect_alike(stopped, whole, 1e-10)


def test_no_checkpoint_that_is_whole(slow: Workplace, stopped: Path) -> None:
    for path in stopped.glob("checkpoint/*.h5"):
        path.write_bytes(path.read_bytes()[:1000])
    code, _, err = slow.call("resume", "runs/case", "--no-report")
    assert code == 2
    assert "error: runs/case/checkpoint: there is no checkpoint that is whole" in err


def test_series_that_lost_rows_is_refused(slow: Workplace, stopped: Path) -> None:
    path = stopped / "series.csv"
    path.write_bytes(path.read_bytes()[:300])
    code, _, err = slow.call("resume", "runs/case", "--no-report")
    assert code == 2
    assert "runs/case/series.csv: it does not hold what it held at its checkpoint" in err


def test_checkpoints_each_so_many_time_steps(slow: Workplace) -> None:
    steps = put(output__checkpoint_steps=4, protocol=["Rest for 5 minutes"])
    slow.spoil("case/case.toml", LONG, steps)
    assert slow.call("run", "case", "--no-report")[0] == 0
    count = len(StoredRun(slow.path / "runs/case").series["Time [s]"]) - 1
    told = json.loads(newest(slow.path / "runs/case").with_suffix(".json").read_text())
    assert told["number"] == count // 4 + 1  # one more at the end of the protocol step


def test_a_torn_line_is_cut(slow: Workplace, stopped: Path, whole: Path) -> None:
    """What a run that was killed wrote behind its last checkpoint is written anew."""
    with (stopped / "series.csv").open("a") as file:
        file.write("1,2,3")
    assert slow.call("resume", "runs/case", "--no-report")[0] == 0
    expect_alike(stopped, whole, 1e-10)


def test_another_protocol_from_where_a_run_ended(slow: Workplace) -> None:
    """Form once, then many rates: time and charge count on from there."""
    slow.write("case/case.toml", LONG | {"protocol": ["Charge at C/5 for 10 minutes"]})
    assert slow.call("run", "case", "--no-report")[0] == 0
    formed = StoredRun(slow.path / "runs/case").series
    steps = ["--protocol", "Rest for 20 s", "--protocol", "Discharge at C/5 for 1 minute"]
    code, out, _ = slow.call("continue", "runs/case", *steps, "--no-report")
    assert (code, out.splitlines()[-1]) == (0, "runs/case-continued")
    run = StoredRun(slow.path / "runs/case-continued")
    assert run.series["Time [s]"][0] == formed["Time [s]"][-1] == 600.0
    assert run.series["Time [s]"][-1] == pytest.approx(680.0)
    assert run.series["Voltage [V]"][0] == pytest.approx(formed["Voltage [V]"][-1], abs=1e-10)
    assert run.provenance["begins from"]["run"] == str((slow.path / "runs/case").resolve())
    assert [end["step"] for end in run.summary["protocol"]] == ["Rest for 20 s", steps[-1]]

    whole = LONG | {"protocol": ["Charge at C/5 for 10 minutes", "Rest for 20 s", steps[-1]]}
    slow.write("case/case.toml", whole)
    assert slow.call("run", "case", "--output", "runs/whole", "--no-report")[0] == 0
    expected = StoredRun(slow.path / "runs/whole").series
    count = len(run.series["Time [s]"])
    for name in ("Voltage [V]", "Mean stoichiometry", "Stack pressure [MPa]"):
        behind = np.abs(run.series[name][1:] - expected[name][1 - count :])
        assert behind.max() < 1e-9 * np.abs(expected[name]).max()

    (slow.path / "rates.toml").write_text('protocol = ["Discharge at 1C for 10 s"]\n')
    words = ["continue", "runs/case", "--protocol", "rates.toml", "--output", "runs/fast"]
    assert slow.call(*words, "--no-report")[0] == 0
    told = expect_one_message(slow, "continue", "runs/case", "--protocol", "Charge somewhat")
    assert "protocol" in told


def test_a_full_disk_leaves_the_one_before(slow: Workplace, stopped: Path, whole: Path) -> None:
    """No file may grow beyond what the first checkpoints take."""
    room = newest(stopped).stat().st_size // 2
    script = slow.path / "full.py"
    script.write_text(
        "import resource, sys\n"
        "from ecmcell import cli\n"
        "from ecmcell.output import checkpoints\n"
        "write = checkpoints.write_state\n"
        "def full(*args):\n"
        f"    resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "    write(*args)\n"
        "checkpoints.write_state = full\n"
        "sys.exit(cli.main())\n"
    )
    command = [sys.executable, str(script), "resume", "runs/case", "--no-report"]
    ended = subprocess.run(command, cwd=slow.path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("error: runs/case")
    assert "too large" in ended.stderr.lower()
    assert "Traceback" not in ended.stderr
    assert not list(stopped.glob("checkpoint/.*"))
    assert slow.call("resume", "runs/case", "--no-report")[0] == 0
    expect_alike(stopped, whole, 1e-10)


def test_memory_that_runs_out_is_told(slow: Workplace) -> None:
    script = slow.path / "short.py"
    script.write_text(
        "import sys\n"
        "from ecmcell import cli\n"
        "from ecmcell.runs import run\n"
        "def short(self):\n"
        "    raise MemoryError\n"
        "run.Runner.initialise = short\n"
        "sys.exit(cli.main())\n"
    )
    command = [sys.executable, str(script), "run", "case", "--no-report"]
    ended = subprocess.run(command, cwd=slow.path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("error: there is not enough memory")
    assert "Traceback" not in ended.stderr


def test_one_rank_that_is_killed_ends_the_others(slow: Workplace, whole: Path) -> None:
    """Within seconds; the run goes on from its checkpoint."""
    slow.spoil("case/case.toml", LONG, put(output__checkpoint_interval="1 ms"))
    run = slow.path / "runs/case"
    process = start(slow, "run", "case", "--no-report", ranks=2)
    wait_for_rows(run, 30)
    ranks = descendants(process.pid, "ecmcell")
    began = time.monotonic()
    os.kill(ranks[-1], signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert time.monotonic() - began < 15.0
    assert not [rank for rank in ranks if is_alive(rank)]
    assert not (run / "summary.json").exists()
    assert slow.call("resume", "runs/case", "--no-report")[0] == 0
    expect_alike(run, whole, 1e-8)


def results(series: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns that tell of the cell and not of the effort."""
    told = {name for name in series if "iterations" not in name and name != MEMORY.header}
    return {name: series[name] for name in told}


def newest(run: Path) -> Path:
    """The last checkpoint of a run."""
    told = {path: json.loads(path.read_text())["number"] for path in run.glob("checkpoint/*.json")}
    return max(told, key=lambda path: told[path]).with_suffix(".h5")


def is_alive(number: int) -> bool:
    """Whether a process is there, and not only its end that nobody has asked for."""
    path = Path(f"/proc/{number}/stat")
    return path.exists() and path.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def descendants(number: int, word: str) -> list[int]:
    """Processes that a process has started or its own have, with a word in their command."""
    found = [number]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    commands = {n: Path(f"/proc/{n}/cmdline").read_bytes().split(b"\0") for n in found}
    return [n for n, w in commands.items() if w[0].endswith(b"python3") and word.encode() in w]
