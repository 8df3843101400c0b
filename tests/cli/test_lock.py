"""One writer a directory: others are refused, and a process that died holds nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from mpi4py import MPI
from spoiling import SHORT, SYMMETRIC, at
from workplace import CASE, RECIPE, Workplace, expect_one_message, on_ranks

from ecmcell import Case, Simulation
from ecmcell.errors import InputError
from ecmcell.output.lock import held

HOLDS = """
import sys, time
from pathlib import Path
from mpi4py import MPI
from ecmcell.output.lock import held
with held(Path(sys.argv[1]), MPI.COMM_WORLD):
    MPI.COMM_WORLD.rank or print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def short(workplace: Workplace) -> Workplace:
    """A case that runs in no time, and a study of two of them."""
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    workplace.spoil("case/case.toml", CASE, at(*SYMMETRIC, *SHORT))
    workplace.write("case/study.toml", {"vary": {"cell.temperature": ["25 degC", "45 degC"]}})
    return workplace


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("run", "case"), "runs/case"),
        (("run", "case", "--overwrite"), "runs/case"),
        (("study", "case"), "runs/case-study/25-degC"),
    ],
)
def test_second_writer_is_refused(short: Workplace, words: tuple[str, ...], place: str) -> None:
    """From the command line, before anything else is done there, with who holds it."""
    with held(Path(place), MPI.COMM_SELF):
        message = expect_one_message(short, *words)
    assert f"error: {place}: another run is being written there (process " in message
    assert not (short.path / "runs").exists()


def test_second_writer_is_refused_from_python(short: Workplace) -> None:
    with held(Path("run"), MPI.COMM_SELF), pytest.raises(InputError, match="another run is being"):
        Simulation(Case.load("case"), MPI.COMM_SELF).run(output="run")
    Simulation(Case.load("case"), MPI.COMM_SELF).run(output="run")
    assert (short.path / "run/summary.json").is_file()


@pytest.mark.parametrize("ranks", [1, 2])
def test_killed_run_holds_nothing(short: Workplace, ranks: int) -> None:
    """All ranks die with the one that held it; the next run needs no option."""
    command = [*on_ranks(ranks), sys.executable, "-c", HOLDS, "runs/case"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}  # mpirun tells of it
    with subprocess.Popen(command, **pipes, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert "another run" in expect_one_message(short, "run", "case")
        holder.send_signal(signal.SIGKILL if ranks == 1 else signal.SIGTERM)
        holder.wait()
    assert (short.path / "runs/case/.lock").exists()
    assert short.call("run", "case", "--no-report")[::2] == (0, "")
    assert not (short.path / "runs/case/.lock").exists()


def test_held_while_it_is_meshed(short: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory is there from the start; where no mesh can be made an earlier run stays."""
    seen = []

    def no_mesh(case: object) -> None:
        seen.extend(short.path.rglob(".lock"))
        raise InputError("mesh", "", "it cannot be made", "Try another.")

    assert short.call("run", "case", "--no-report")[0] == 0
    before = short.files()
    monkeypatch.setattr("ecmcell.runs.run.mesh_of", no_mesh)
    assert short.call("run", "case", "--overwrite")[0] == 2
    assert short.files() == before
    assert short.call("run", "case", "--output", "new/run")[0] == 2
    assert seen == [short.path / place / ".lock" for place in ("runs/case", "new/run")]
    assert short.files() == before


def test_two_studies_at_once(short: Workplace) -> None:
    """One does all, the other is refused; called again it has nothing to do."""
    command = [sys.executable, "-m", "ecmcell", "study", "case"]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=100)[1] for process in both]
    codes = [process.returncode for process in both]
    assert 0 in codes
    for code, message in zip(codes, told, strict=True):
        assert (code, message) == (0, "") or (code == 2 and "another run is being" in message)
    code, out, err = short.call("study", "case")
    assert (code, err) == (0, "")
    assert "degC" not in out.replace("degC/", "")  # no run is begun
    for series in (short.path / "runs/case-study").glob("*/series.csv"):
        time = [float(line.split(",")[0]) for line in series.read_text().splitlines()[1:]]
        assert time == sorted(time)
