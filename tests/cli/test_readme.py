"""The first case of the README: its commands do what they say, one after the other."""

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from workplace import Workplace

from ecmcell.case.load import load_case
from ecmcell.study import Variation
from ecmcell.study.critical import question

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CASE, STUDY = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
(PROGRAM,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    words.split("#")[0].split()
    for words in re.findall(r"^docker/enter (?:mpirun -n 2 )?ecmcell (.*)$", README, re.MULTILINE)
]


@pytest.fixture
def first_case(workplace: Workplace) -> Workplace:
    """A workplace where the case of the README is written."""
    place = workplace.path / "mine"
    place.mkdir()
    shutil.copy(ROOT / "meshes/membrane.toml", place)
    (place / "case.toml").write_text(CASE)
    (place / "study.toml").write_text(STUDY)
    return workplace


@pytest.mark.smoke
def test_commands_of_the_first_case(first_case: Workplace) -> None:
    workplace = first_case
    commands = [words for words in COMMANDS if words[0] != "ccd"]
    names = ["check", "mesh", "effective", "run", "run", "report", "rerun", "new", "study", "study"]
    assert [words[0] for words in commands] == names
    for words in commands:
        code, _, err = workplace.call(*words)
        assert (code, err) == (0, ""), words
    made = {path.parent.name for path in (workplace.path / "runs").rglob("series.csv")}
    assert made == {"mine", "mine-again", "25-degC", "60-degC"}
    assert workplace.call("check", "composite")[::2] == (0, "")


def test_critical_current_is_that_of_a_case_that_has_one() -> None:
    ((_, name),) = [words for words in COMMANDS if words[0] == "ccd"]
    case = load_case(ROOT / name)
    assert question(Variation(case.name, {}, case), None, False).failure.name == "penetration"


@pytest.mark.smoke
def test_program_of_the_first_case(
    first_case: Workplace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The table that it prints is that of the run, the figure is one, and so are the fields."""
    monkeypatch.chdir(first_case.path)
    names: dict[str, Any] = {}
    exec(PROGRAM, names)
    series = names["run"].series
    assert series["Time [s]"].iloc[-1] == pytest.approx(660.0)
    assert str(series[["Time [s]", "Voltage [V]"]]) in capfd.readouterr().out
    assert (first_case.path / "voltage.png").read_bytes().startswith(b"\x89PNG")
    assert not (first_case.path / "runs").exists()
    through = np.ptp(names["potential"])  # of a membrane that carries 0.5 mA/cm2
    assert 0.0 < through < 0.1


def test_page_on_restart_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its program: what is done stays done, another protocol begins where it ended."""
    for name in ("cases", "meshes"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    page = (ROOT / "docs" / "restart.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code, names)
    then = names["simulation"].result.series["Time [s]"]
    assert names["run"].summary["status"] == "done"
    assert then.iloc[0] == names["run"].series["Time [s]"].iloc[-1] == 60.0
    assert then.iloc[-1] == pytest.approx(70.0)


def test_page_on_python_runs_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its examples, one after the other, where `cases` are."""
    for name in ("cases", "meshes"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code, names)
    assert names["short"].summary["status"] == "stopped"
    assert len(names["simulation"].result.series) == len(names["short"].series)
    assert names["own"].series["Voltage [V]"].to_numpy() == pytest.approx(
        names["same"].series["Voltage [V]"], rel=1e-9
    )
    assert {path.name for path in tmp_path.iterdir()} >= {"runs", "losses.pdf", "warm.html"}
