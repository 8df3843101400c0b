"""`ecmcell study --scheduler`: each run a job of Snakemake, here on this machine."""

import copy
import csv
import shutil
from pathlib import Path

import pytest
from tests.cli.test_commands import SYMMETRIC
from workplace import RECIPE, Workplace

from ecmcell import report

CALM, HARD = ["Discharge at 0.01 mA/cm2 for 1 minute"], ["Discharge at 30 mA/cm2 for 1 hour"]
STUDY = {"vary": {"current": {"calm": {"protocol": CALM}, "hard": {"protocol": HARD}}}}


@pytest.fixture
def workplace(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A membrane of a polymer, whose salt is used up in one of two runs; no page that compares."""
    monkeypatch.setattr(report, "write_comparison", lambda _, page: page)
    case = copy.deepcopy(SYMMETRIC) | {"time": {"min_step": "10 ms"}}
    case["phases"]["separator"]["material"] = "PEO-LiTFSI"
    case["cell"]["temperature"] = "62 degC"
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    workplace.write("case/case.toml", case)
    workplace.write("case/study.toml", STUDY)
    return workplace


def statuses(directory: Path) -> list[str]:
    with (directory / "study.csv").open(newline="") as file:
        return [row["status"] for row in csv.DictReader(file)]


def test_jobs_run_at_once_and_what_fails_is_told(workplace: Workplace) -> None:
    """One that gives up is not tried again, and does not stop the other."""
    if shutil.which("snakemake") is None:
        pytest.skip("there is no Snakemake here")
    code, out, err = workplace.call("study", "case", "--scheduler", "local", "--jobs", "2")
    assert code == 3
    reason, message = err.splitlines()[-2:]
    assert reason.startswith("hard: the solver gave up at")
    assert message == "error: not done: hard"
    place = workplace.path / "runs/case-study"
    told = {Path(line).name for line in out.splitlines() if line.startswith("runs/case-study/")}
    assert {"study.csv", "study.parquet", "study.html"} <= told
    assert statuses(place) == ["done", "failed"]
    assert (place / "logs/hard.log").read_text().count("error: the solver gave up") == 1


def test_without_snakemake_the_workflow_is_left_for_it(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    code, out, err = workplace.call("study", "case", "--scheduler", "slurm", "--only", "calm")
    assert (code, out) == (2, "")
    assert (
        err.startswith("error: --scheduler: there is no Snakemake here. ") and err.count("\n") == 1
    )
    assert 'pip install "ecmcell[cluster]"' in err
    text = (workplace.path / "runs/case-study/Snakefile").read_text()
    assert '"calm"' in text and '"hard"' not in text


WRONG = [
    ("--scheduler", "pbs"),
    ("--scheduler", "slurm", "--time", "soon"),
    ("--scheduler", "slurm", "--container", "nowhere.sif"),
    ("--scheduler", "slurm", "--resource", "long"),
    ("--scheduler", "slurm", "--only", "wild"),
    ("--scheduler", "slurm", "--ranks", "0"),
    ("--scheduler", "slurm", "--wall-time", "1:00"),
    ("--ranks", "2"),
    ("--jobs", "2"),
    ("--time", "1:00"),
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_options_that_are_wrong_are_one_message(
    workplace: Workplace, words: tuple[str, ...]
) -> None:
    before = workplace.files()
    code, out, err = workplace.call("study", "case", *words)
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1
    assert workplace.files() == before


def test_tables_are_written_of_what_there_is(workplace: Workplace) -> None:
    assert workplace.call("study", "case", "--only", "calm", "--no-report")[0] == 0
    place = workplace.path / "runs/case-study"
    assert [path.name for path in place.iterdir()] == ["calm"]
    code, out, _ = workplace.call("study", "case", "--collect")
    assert code == 0
    assert [Path(line).name for line in out.splitlines()] == [
        "study.csv",
        "study.parquet",
        "study.html",
    ]
    assert statuses(place) == ["done", "missing"]
