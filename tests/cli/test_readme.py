"""The first case of the README: its commands do what they say, one after the other."""

import re
import shutil
from pathlib import Path

import pytest
from workplace import Workplace

from ecmcell.case.load import load_case
from ecmcell.study import Variation
from ecmcell.study.critical import question

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CASE, STUDY = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    words.split("#")[0].split()
    for words in re.findall(r"^docker/enter (?:mpirun -n 2 )?ecmcell (.*)$", README, re.MULTILINE)
]


@pytest.mark.smoke
def test_commands_of_the_first_case(workplace: Workplace) -> None:
    place = workplace.path / "mine"
    place.mkdir()
    shutil.copy(ROOT / "meshes/membrane.toml", place)
    (place / "case.toml").write_text(CASE)
    (place / "study.toml").write_text(STUDY)
    commands = [words for words in COMMANDS if words[0] != "ccd"]
    names = ["check", "mesh", "effective", "run", "report", "rerun", "new", "study", "study"]
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
