"""A recipe and a process from another package: that in `docs/example_package`, installed."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from spoiling import SYMMETRIC, at
from workplace import CASE, Workplace

import ecmcell

ROOT = Path(__file__).parents[2]
WAVY = {
    "recipe": "wavy",
    "width": "4 um",
    "separator": "4 um",
    "active": "4 um",
    "amplitude": "1 um",
    "size": "1 um",
}
AGEING = {
    "duration": "100 s",
    "reference_temperature": "25 degC",
    "activation_energy": "50 kJ/mol",
}
LAYERS = (
    (("phases",), {name: CASE["phases"][name] for name in ("active", "separator")}),
    (("interfaces",), {"active|separator": {"exchange_current_density": "1 A/m^2"}}),
    (("protocol",), ["Rest for 25 s"]),
    (("physics",), {"mechanics": False}),
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that the package is installed to."""
    target = tmp_path_factory.mktemp("installed")
    source = tmp_path_factory.mktemp("source") / "example_package"
    subprocess.run(["cp", "-r", ROOT / "docs" / "example_package", source], check=True)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target"]
    pip = [sys.executable, "-m", "pip", "install", *options, target, source]
    subprocess.run(pip, check=True, capture_output=True)
    return target


def call(workplace: Workplace, where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line, with what is installed in a directory."""
    path = os.pathsep.join([str(where), str(Path(ecmcell.__file__).parents[1])])
    return subprocess.run(
        [sys.executable, "-m", "ecmcell", *words],
        cwd=workplace.path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_recipe_and_a_process_of_another_package(workplace: Workplace, installed: Path) -> None:
    workplace.write("meshes/layers.toml", WAVY)
    aged = (("extensions",), {"calendar_ageing": AGEING})
    warm = (("cell", "temperature"), "45 degC")
    workplace.spoil("case/case.toml", CASE, at(*LAYERS, warm, aged))
    done = call(workplace, installed, "run", "case", "--no-report")
    assert done.returncode == 0, done.stderr
    series = ecmcell.open_run(workplace.path / "runs/case").series
    rate = math.exp(50e3 / 8.314462618 * (1.0 / 298.15 - 1.0 / 318.15)) / 100.0
    found = series["Calendar capacity loss [%]"].to_numpy()
    assert found == pytest.approx((rate * series["Time [s]"]) ** 0.5, rel=1e-9)
    summary = json.loads((workplace.path / "runs/case/summary.json").read_text())
    assert summary["extremes"]["Calendar capacity loss [%]"] == found.max()
    kept = json.loads((workplace.path / "runs/case/provenance.json").read_text())
    assert kept["versions"]["ecmcell-example"] == "1.0"
    again = call(workplace, installed, "rerun", "runs/case", "--no-report")
    assert "the same to the last digit" in again.stdout, again.stderr


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"calendar_aging": AGEING}, "calendar_ageing"),
        ({"calendar_ageing": AGEING | {"duration": "3 kg"}}, "calendar_ageing.duration"),
        ({"calendar_ageing": {"duration": "3 s"}}, "reference_temperature"),
    ],
)
def test_what_is_wrong_in_its_table(
    workplace: Workplace, installed: Path, table: dict[str, dict[str, str]], words: str
) -> None:
    workplace.spoil("case/case.toml", CASE, at((("extensions",), table)))
    before = workplace.files()
    done = call(workplace, installed, "run", "case")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert workplace.files() == before


def test_without_the_package_its_table_is_refused(workplace: Workplace) -> None:
    workplace.spoil("case/case.toml", CASE, at(*SYMMETRIC, (("extensions",), {"other": {}})))
    code, _, message = workplace.call("check", "case")
    assert code == 2
    assert "no installed package" in message


def test_a_package_that_is_broken_is_named(workplace: Workplace, tmp_path: Path) -> None:
    """One message, whatever it does when it is imported; nothing is written."""
    info = tmp_path / "broken-2.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text('[ecmcell.recipes]\nlayered = "os:sep"\n')
    done = call(workplace, tmp_path, "check", "case")
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: broken: ecmcell.recipes.layered: the name is taken")
    (info / "entry_points.txt").write_text("[ecmcell.processes]\nmine = broken:Nothing\n")
    done = call(workplace, tmp_path, "run", "case")
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: broken: ecmcell.processes.mine: it cannot be loaded")
    assert not (workplace.path / "runs").exists()
