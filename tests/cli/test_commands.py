"""The commands on good input."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from workplace import CASE, RECIPE, Workplace

from ecmcell import __version__
from ecmcell.errors import SolverError
from ecmcell.output import StoredRun

CASES = Path(__file__).parents[2] / "cases"
LITHIUM = {"metal": "Li", "exchange_current_density": "10 A/m^2"}
SYMMETRIC = {
    "title": "Li|SE|Li",
    "protocol": ["Discharge at 1 mA/cm2 for 2 minutes"],
    "mesh": {"recipe": "../meshes/layers.toml"},
    "phases": {"separator": {"material": "Li6PS5Cl"}},
    "boundaries": {"anode": LITHIUM, "collector": LITHIUM},
    "cell": {"temperature": "25 degC"},
    "physics": {"mechanics": False},
}


@pytest.fixture
def symmetric(workplace: Workplace) -> Workplace:
    """A case that runs in no time."""
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    workplace.write("case/case.toml", SYMMETRIC)
    return workplace


def test_version_and_help(workplace: Workplace) -> None:
    assert workplace.call("--version") == (0, f"ecmcell {__version__}\n", "")
    code, out, _ = workplace.call("--help")
    assert code == 0
    assert all(command in out for command in ("run", "check", "mesh", "report"))
    assert workplace.call("run", "--help")[0] == 0


def test_check_shows_the_case_and_writes_nothing(workplace: Workplace) -> None:
    before = workplace.files()
    code, out, err = workplace.call("check", "case")
    assert (code, err) == (0, "")
    for words in ("NMC811", "active|catholyte", "Charge at C/5 until 4.2 V", "x = 0.9", "25 degC"):
        assert words in out
    assert workplace.files() == before


def test_titles_are_shown_as_they_are(workplace: Workplace) -> None:
    case = copy.deepcopy(CASE) | {"title": "[red]hot[/red] :fire:"}
    workplace.write("case/case.toml", case)
    assert "[red]hot[/red] :fire:" in workplace.call("check", "case")[1]


@pytest.mark.parametrize("path", sorted(CASES.glob("*/case.toml")), ids=lambda p: p.parent.name)
def test_every_case_of_the_collection_is_right(workplace: Workplace, path: Path) -> None:
    assert workplace.call("check", str(path))[::2] == (0, "")


def test_schema_is_printed(workplace: Workplace) -> None:
    code, out, err = workplace.call("schema")
    assert (code, err) == (0, "")
    assert json.loads(out)["properties"].keys() >= {"phases", "protocol", "mesh"}
    assert "layers" in json.loads(workplace.call("schema", "layered")[1])["properties"]
    code, out, err = workplace.call("schema", "layerd")
    assert (code, out) == (2, "")
    assert 'Did you mean "layered"?' in err


@pytest.mark.smoke
def test_mesh_tells_what_came_out(symmetric: Workplace) -> None:
    code, out, err = symmetric.call("mesh", "case", "--picture", "a.png")
    assert (code, err) == (0, "")
    assert "Thickness [um]" in out
    assert (symmetric.path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_mesh_of_other_phases_is_refused(symmetric: Workplace) -> None:
    symmetric.write("meshes/layers.toml", RECIPE)
    code, _, err = symmetric.call("mesh", "case")
    assert code == 2
    assert "phases.active: missing, but in the mesh" in err


def test_run_keeps_what_is_there(symmetric: Workplace) -> None:
    code, out, err = symmetric.call("run", "case")
    assert (code, err) == (0, "")
    assert "120" in out
    first = symmetric.files()
    assert {"runs/case/series.csv", "runs/case/case.toml", "runs/case/summary.json"} <= first.keys()

    code, _, err = symmetric.call("run", "case")
    assert code == 2
    assert "--overwrite" in err
    assert symmetric.files() == first

    assert symmetric.call("run", "case", "--overwrite")[0] == 0
    assert symmetric.files().keys() == first.keys()

    (symmetric.path / "runs/mine").mkdir()
    (symmetric.path / "runs/mine/thesis.txt").write_text("mine")
    code, _, err = symmetric.call("run", "case", "--overwrite", "--output", "runs/mine")
    assert code == 2
    assert [p.name for p in (symmetric.path / "runs/mine").iterdir()] == ["thesis.txt"]


def test_log_has_the_time_steps_as_they_are_told(symmetric: Workplace) -> None:
    code, out, err = symmetric.call("run", "case", "--no-report")
    assert (code, err) == (0, "")
    told = [line for line in out.splitlines() if "step 1 of 1" in line]
    log = (symmetric.path / "runs/case/log.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 1)[1] for line in log if "step 1 of 1" in line] == told
    rows = (symmetric.path / "runs/case/series.csv").read_text(encoding="utf-8").splitlines()
    assert len(told) == len(rows) - 1 > 2
    assert told[0].startswith("0 %") and told[-1].startswith("100 %")


def test_no_report_where_none_is_wanted(symmetric: Workplace) -> None:
    code, out, err = symmetric.call("run", "case", "--no-report")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "runs/case"
    code, out, err = symmetric.call("rerun", "runs/case", "--no-report")
    assert (code, err) == (0, "")
    assert "runs/case-again" in out.splitlines()
    assert "the same to the last digit" in out
    made = {Path(name).name for name in symmetric.files()}
    assert "series.csv" in made and not {"report.html", "figures"} & made
    assert symmetric.call("report", "runs/case")[:2] == (0, "runs/case/report.html\n")


@pytest.mark.smoke
def test_cracks_from_check_to_report(symmetric: Workplace) -> None:
    """Strength in the check, cracks in series, fields and page; the resolved case loads again."""
    case = copy.deepcopy(SYMMETRIC)
    flaw = {"begin": ["2 um", "0 um"], "end": ["2 um", "2 um"]}
    how = {"fracture_toughness": "0.23 MPa*m^0.5", "regularisation_length": "2 um", "flaws": [flaw]}
    case["phases"]["separator"]["cracking"] = how
    case["cell"]["stack_pressure"] = "5 MPa"
    case["physics"] = {"mechanics": True}
    symmetric.write("case/case.toml", case)
    code, out, _ = symmetric.call("check", "case")
    assert code == 0
    assert "begins to" in out
    assert "92.5 MPa" in out
    assert "under compression" in out
    assert "Maximum cell size refined" in symmetric.call("mesh", "case")[1]
    code, _, err = symmetric.call("run", "case", "--output", "run")
    assert (code, err) == (0, "")
    series = (symmetric.path / "run" / "series.csv").read_text().splitlines()
    row = dict(zip(series[0].split(","), series[-1].split(","), strict=True))
    assert int(float(row["Number of cracks"])) == 1
    assert float(row["Crack length separator [um]"]) > 0.5
    assert float(row["Released energy [J.m-2]"]) == pytest.approx(0.0, abs=1e-9)
    assert "refined: separator from 1.52 to" in (symmetric.path / "run" / "log.txt").read_text()
    page = (symmetric.path / "run" / "report.html").read_text()
    assert "Cracks in the bulk" in page
    in_crack = StoredRun(symmetric.path / "run").field(0, "point", "In a crack")
    assert in_crack is not None
    assert set(np.unique(in_crack)) == {0.0, 1.0}
    assert symmetric.call("check", "run/case.toml")[0] == 0


def test_resolved_case_runs_again(symmetric: Workplace) -> None:
    assert symmetric.call("run", "case", "--no-report")[0] == 0
    assert symmetric.call("check", "runs/case")[0] == 0
    assert symmetric.call("run", "runs/case", "--output", "runs/again", "--no-report")[0] == 0
    first, again = (symmetric.path / f"runs/{name}/case.toml" for name in ("case", "again"))
    assert first.read_text() == again.read_text()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SolverError("no step is small enough"), 3, "error: no step is small enough\n"),
        (KeyboardInterrupt(), 130, "error: interrupted\n"),
    ],
)
def test_exit_codes(
    symmetric: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    words: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("ecmcell.api.simulation.Simulation.run", fail)
    assert symmetric.call("run", "case") == (code, "", words)


def test_a_reader_that_has_gone_is_no_error():
    """`ecmcell schema | head -1`: exit code 0, not a word of complaint."""
    command = f"{sys.executable} -m ecmcell schema | head -1; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "{\n", "")
