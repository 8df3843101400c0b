"""`ecmcell study`: runs what is not there yet, and puts all of it side by side."""

import copy
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.cli.test_commands import SYMMETRIC
from workplace import RECIPE, Workplace, on_ranks, stop_before

from ecmcell.api import studies
from ecmcell.errors import SolverError
from ecmcell.output import StoredRun
from ecmcell.study import execute

KEY = "boundaries.anode.exchange_current_density"
STUDY = {"vary": {KEY: ["1 A/m^2", "10 A/m^2"]}}
NAMES = ("1-A-m-2", "10-A-m-2")


@pytest.fixture
def workplace(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A membrane and a study of two runs; without the pages, which take longer than they do."""
    for name in ("write_comparison", "write_study"):
        monkeypatch.setattr(studies, name, lambda _, page: page)
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    workplace.write("case/case.toml", copy.deepcopy(SYMMETRIC))
    workplace.write("case/study.toml", STUDY)
    return workplace


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def wall_times(workplace: Workplace) -> list[float]:
    place = workplace.path / "runs/case-study"
    return [json.loads((place / n / "summary.json").read_text())["wall time [s]"] for n in NAMES]


def test_runs_all_then_only_what_is_missing_or_broken(workplace: Workplace) -> None:
    code, out, err = workplace.call("study", "case")
    assert (code, err) == (0, "")
    place = workplace.path / "runs/case-study"
    assert out.splitlines()[-4:] == [
        "runs/case-study/study.csv",
        "runs/case-study/study.parquet",
        "runs/case-study/study.html",
        "runs/case-study/comparison.html",
    ]
    rows = table(place / "study.csv")
    column = f"{KEY} [A.m-2]"
    assert [(row["Variation"], float(row[column]), row["status"]) for row in rows] == [
        ("1-A-m-2", 1.0, "done"),
        ("10-A-m-2", 10.0, "done"),
    ]
    assert all(int(row["unknowns"]) > 0 for row in rows)
    assert not (place / "cycles.csv").exists()

    before = wall_times(workplace)
    assert workplace.call("study", "case")[::2] == (0, "")
    assert wall_times(workplace) == before
    summary = place / NAMES[1] / "summary.json"
    summary.write_text(summary.read_text().replace('"done"', '"gave up"'))
    assert workplace.call("study", "case/study.toml")[::2] == (0, "")
    after = wall_times(workplace)
    assert after[0] == before[0] and after[1] != before[1]


def test_runs_with_a_picture_are_left_as_they_are(workplace: Workplace) -> None:
    """Until the picture is another."""
    case = copy.deepcopy(SYMMETRIC)
    case["boundaries"]["anode"] |= {"contact": {"map": "image", "file": "contact.png"}}
    workplace.write("case/case.toml", case)
    pixels = np.tile(np.uint8([0, 255, 255, 0]), (4, 1))
    Image.fromarray(pixels).save(workplace.path / "case/contact.png")
    assert workplace.call("study", "case")[::2] == (0, "")
    before = wall_times(workplace)
    assert workplace.call("study", "case")[::2] == (0, "")
    assert wall_times(workplace) == before
    Image.fromarray(255 - pixels).save(workplace.path / "case/contact.png")
    assert "asks something else" in workplace.call("study", "case")[2]


def test_it_goes_on_inside_the_run_that_was_interrupted(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is left as it is; rows of the second are those of a run without a break."""
    place = workplace.path / "runs/case-study"
    assert workplace.call("study", "case", "--output", "whole", "--no-report")[0] == 0
    expected = [StoredRun(workplace.path / "whole" / name).series["Time [s]"] for name in NAMES]
    stop_before(len(expected[0]) + 3, monkeypatch)
    code, _, err = workplace.call("study", "case", "--no-report")
    assert code == 75
    assert err.splitlines()[-1].startswith(f"runs/case-study/{NAMES[1]}: interrupted by SIGTERM")
    first = (place / NAMES[0] / "summary.json").read_bytes()
    assert workplace.call("study", "case", "--no-report")[0] == 0
    assert (place / NAMES[0] / "summary.json").read_bytes() == first
    run = StoredRun(place / NAMES[1])
    assert run.series["Time [s]"] == pytest.approx(expected[1], rel=1e-12)
    assert len(run.provenance["legs"]) == 1


def test_one_run_alone(workplace: Workplace) -> None:
    assert workplace.call("study", "case", "--only", NAMES[1], "--output", "here")[::2] == (0, "")
    place = workplace.path / "here"
    assert {p.name for p in place.iterdir()} == {NAMES[1], "study.csv", "study.parquet"}
    rows = table(place / "study.csv")
    found = [(row["Variation"], row["status"]) for row in rows]
    assert found == [(NAMES[0], "missing"), (NAMES[1], "done")]


def test_another_question_replaces_runs_only_when_told_so(workplace: Workplace) -> None:
    assert workplace.call("study", "case")[0] == 0
    first = wall_times(workplace)
    (workplace.path / "meshes/layers.toml").write_text(
        (workplace.path / "meshes/layers.toml").read_text() + "\n# the same, but another file\n"
    )
    before = workplace.files()
    code, out, err = workplace.call("study", "case")
    assert (code, out) == (2, "") and "a run that asks something else than the study" in err
    assert workplace.files() == before
    assert workplace.call("study", "case", "--overwrite")[::2] == (0, "")
    assert not set(first) & set(wall_times(workplace))


def test_a_run_that_gives_up_does_not_stop_the_others(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class GivesUp(execute.Runner):
        def __init__(self, case, directory, comm, **more):
            super().__init__(case, directory, comm, **more)
            self.name = directory.name

        def run(self) -> None:
            super().run()
            if self.name == NAMES[0]:
                raise SolverError("too hard")

    monkeypatch.setattr(execute, "Runner", GivesUp)
    code, _, err = workplace.call("study", "case")
    assert (code, err) == (3, f"error: the solver gave up in {NAMES[0]}\n")
    assert len(table(workplace.path / "runs/case-study/study.csv")) == 2


def test_a_study_that_is_drawn_runs_and_tells_what_failed(workplace: Workplace) -> None:
    """Four points of a Sobol' sequence; with one thickness there is no mesh."""
    (workplace.path / "case/study.toml").write_text(
        f"""
        responses = ["end: Voltage [V]"]
        sample = {{ method = "sobol", count = 4 }}
        [vary]
        "{KEY}" = {{ from = "1 A/m^2", to = "100 A/m^2", scale = "log" }}
        [vary.mesh.right]
        [vary.mesh.wrong.mesh.overrides]
        layers = [{{ phase = "separator", thickness = "0.001 um", size = "1e4 um" }}]
        """
    )
    out = workplace.call("study", "case", "--list")[1]
    assert "case: 8 variations" in out and listed(out)[3][0] == "right_0004"
    code, _, err = workplace.call("study", "case")
    assert code == 3 and err.count("are flat") == 4
    rows = table(workplace.path / "runs/case-study/study.csv")
    assert [row["status"] for row in rows] == ["done"] * 4 + ["failed"] * 4
    assert all("size" in row["reason"] for row in rows[4:])
    drawn = [(float(row[f"{KEY} [A.m-2]"]), float(row["end: Voltage [V]"])) for row in rows[:4]]
    losses = [abs(voltage) for _, voltage in sorted(drawn)]
    assert losses == sorted(losses, reverse=True) and losses[0] > 1.2 * losses[-1]
    assert workplace.call("study", "case", "--only", "right_0003")[0] == 0


def listed(out: str) -> list[list[str]]:
    """The cells of the table, a list each row."""
    return [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in out.splitlines()
        if line.startswith("│")
    ]


def test_list_tells_what_there_is_and_runs_nothing(workplace: Workplace) -> None:
    before = workplace.files()
    code, out, err = workplace.call("study", "case", "--list")
    assert (code, err) == (0, "")
    assert "case: 2 variations, run in runs/case-study" in out and KEY in out.replace("\n", "")
    assert listed(out) == [[NAMES[0], "1 A/m^2", "not run"], [NAMES[1], "10 A/m^2", "not run"]]
    assert workplace.files() == before

    assert workplace.call("study", "case", "--only", NAMES[1])[0] == 0
    before = workplace.files()
    runs = [row[-1] for row in listed(workplace.call("study", "case", "--list")[1])]
    assert runs == ["not run", "done"]
    only = workplace.call("study", "case", "--list", "--only", NAMES[1])[1]
    assert [row[0] for row in listed(only)] == [NAMES[1]]
    assert workplace.files() == before
    assert workplace.call("study", "case", "--list", "--output", "here")[1].count("not run") == 2


@pytest.mark.parametrize(
    ("status", "said"),
    [('"gave up"', "gave up"), ('"stopped"', "stopped"), (None, "not finished")],
)
def test_list_tells_how_a_run_ended(workplace: Workplace, status: str | None, said: str) -> None:
    assert workplace.call("study", "case", "--only", NAMES[0])[0] == 0
    summary = workplace.path / "runs/case-study" / NAMES[0] / "summary.json"
    if status is None:
        summary.unlink()
    else:
        summary.write_text(summary.read_text().replace('"done"', status))
    assert listed(workplace.call("study", "case", "--list")[1])[0][-1] == said


def test_list_tells_of_other_runs_and_of_what_is_none(workplace: Workplace) -> None:
    assert workplace.call("study", "case", "--only", NAMES[0])[0] == 0
    (workplace.path / "runs/case-study" / NAMES[1]).mkdir()
    (workplace.path / "runs/case-study" / NAMES[1] / "letter.txt").write_text("keep me")
    case = copy.deepcopy(SYMMETRIC) | {"protocol": ["Discharge at 2 mA/cm2 for 2 minutes"]}
    workplace.write("case/case.toml", case)
    out = " ".join(" ".join(row) for row in listed(workplace.call("study", "case", "--list")[1]))
    assert "a run that asks something else" in out
    assert "something that is no run" in out


WRONG = [
    ("case", "--list", "--only", "11-A-m-2"),
    ("nowhere", "--list"),
    ("nowhere",),
    ("meshes",),
    ("case", "--only", "11-A-m-2"),
    ("case", "--output", "case/case.toml"),
    ("case", "--output", "full"),
    (),
]


def test_what_cannot_be_done_is_one_message_and_nothing_is_written(workplace: Workplace) -> None:
    (workplace.path / "full" / NAMES[0]).mkdir(parents=True)
    (workplace.path / "full" / NAMES[0] / "letter.txt").write_text("keep me")
    before = workplace.files()
    for words in WRONG:
        code, out, err = workplace.call("study", *words)
        assert (code, out) == (2, ""), words
        assert err.startswith("error: ") and err.count("\n") == 1, words
    workplace.write("case/study.toml", {"vary": {KEY: ["1 A/m^2", "fast"]}})
    before = workplace.files()
    code, out, err = workplace.call("study", "case")
    assert (code, out) == (2, "") and f"(fast): {KEY}: " in err
    assert workplace.files() == before


def test_two_ranks_wait_for_one_another(workplace: Workplace) -> None:
    """No rank may start libraries that talk to the others while these wait for something else."""
    command = [*on_ranks(2), sys.executable, "-m", "ecmcell", "study", "case"]
    environment = os.environ | {"OMPI_MCA_mpi_yield_when_idle": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stderr
    page = workplace.path / "runs/case-study/comparison.html"
    assert "10 A/m^2" in page.read_text(encoding="utf-8")
    assert [row["ranks"] for row in table(workplace.path / "runs/case-study/study.csv")] == [
        "2",
        "2",
    ]
