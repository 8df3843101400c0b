"""A run directory holds all that it takes to repeat the run, and `ecmcell rerun` does."""

import copy
import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from spoiling import CRYSTALS
from tests.cli.test_commands import SYMMETRIC
from tests.cli.test_mesh_file import GROUPS, strip
from workplace import CASE, MATERIAL, RECIPE, Workplace, on_ranks

from ecmcell.cli import running
from ecmcell.columns.run import MEMORY

CYCLE = "time,current\n0,0.5\n30,1.0\n60,0.5\n"


@pytest.fixture
def workplace(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A case that runs in no time, with a material and a drive cycle of its own; no reports."""
    monkeypatch.setattr(running, "_report", lambda *_: None)
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    workplace.write("soft.toml", MATERIAL)
    (workplace.path / "case/drive.csv").write_text(CYCLE)
    case: dict[str, Any] = copy.deepcopy(SYMMETRIC)
    case["protocol"].append("Run drive.csv (mA/cm2)")
    case["phases"]["separator"]["material"] = "../soft.toml"
    workplace.write("case/case.toml", case)
    return workplace


def move(workplace: Workplace) -> None:
    """Take the run elsewhere, away from all it was made from."""
    (workplace.path / "far/away").mkdir(parents=True)
    (workplace.path / "runs/case").rename(workplace.path / "far/away/kept")
    for name in ("case", "meshes"):
        shutil.rmtree(workplace.path / name)
    (workplace.path / "soft.toml").unlink()


def series(directory: Path) -> list[tuple[str, ...]]:
    """The columns as they are written, without the memory that the process has taken."""
    with (directory / "series.csv").open(newline="") as file:
        columns = list(zip(*csv.reader(file), strict=True))
    assert MEMORY.header in {column[0] for column in columns}
    return [column for column in columns if column[0] != MEMORY.header]


def test_a_run_repeats_without_its_originals(workplace: Workplace) -> None:
    assert workplace.call("run", "case")[::2] == (0, "")
    kept = {p.name for p in (workplace.path / "runs/case/inputs").iterdir()}
    assert kept == {"case.toml", "drive.csv", "layers.toml", "soft.toml"}
    move(workplace)

    code, out, err = workplace.call("rerun", "far/away/kept")
    assert (code, err) == (0, "")
    first, again = (workplace.path / f"far/away/{name}" for name in ("kept", "kept-again"))
    assert series(first) == series(again)
    assert "the same to the last digit" in out
    assert (first / "case.toml").read_bytes() == (again / "case.toml").read_bytes()

    assert workplace.call("run", "far/away/kept/case.toml", "--output", "third")[::2] == (0, "")
    assert series(first) == series(workplace.path / "third")
    assert workplace.call("rerun", "far/away/kept-again", "--output", "fourth")[::2] == (0, "")


def test_an_image_and_a_mesh_repeat_without_their_originals(workplace: Workplace) -> None:
    image = {"recipe": "image", "file": "labels.npy", "voxel": "2 um", "phases": {"separator": 1}}
    workplace.write("meshes/image.toml", image)
    np.save(workplace.path / "meshes/labels.npy", np.ones((3, 2), dtype=np.int64))
    strip(GROUPS).write(workplace.path / "case/strip.xdmf")
    groups = {name: number for name, (number, _) in GROUPS.items()}
    for mesh, files in (
        ({"recipe": "../meshes/image.toml"}, {"image.toml", "labels.npy"}),
        ({"file": "strip.xdmf", "groups": groups}, {"strip.xdmf", "strip.h5"}),
    ):
        workplace.write("case/case.toml", copy.deepcopy(SYMMETRIC) | {"mesh": mesh})
        assert workplace.call("run", "case", "--overwrite")[::2] == (0, "")
        assert {p.name for p in (workplace.path / "runs/case/inputs").iterdir()} >= files
        (workplace.path / "meshes").rename(workplace.path / "hidden")
        (workplace.path / "case/strip.xdmf").rename(workplace.path / "strip.xdmf")
        assert workplace.call("rerun", "runs/case", "--overwrite")[::2] == (0, "")
        assert (
            "last digit" in workplace.call("rerun", "runs/case", "--output", "b", "--overwrite")[1]
        )
        (workplace.path / "hidden").rename(workplace.path / "meshes")
        (workplace.path / "strip.xdmf").rename(workplace.path / "case/strip.xdmf")


def repeats_elsewhere(workplace: Workplace, line: str, copied: str) -> None:
    """A run keeps an input file, names it in its case, and repeats where it was moved."""
    assert workplace.call("run", "case")[::2] == (0, "")
    run = workplace.path / "runs/case"
    assert line in (run / "case.toml").read_text()
    content = json.loads((run / "provenance.json").read_text())
    assert copied in content["inputs"]
    move(workplace)
    code, out, err = workplace.call("rerun", "far/away/kept")
    assert (code, err) == (0, "")
    assert "the same to the last digit" in out


def test_a_picture_repeats_without_its_original(workplace: Workplace) -> None:
    """The case of a run names the copy of its picture, whose hash is known."""
    case = copy.deepcopy(SYMMETRIC)
    case["boundaries"]["anode"] |= {"contact": {"map": "image", "file": "contact.png"}}
    workplace.write("case/case.toml", case)
    pixels = np.tile(np.uint8([0, 255, 255, 0]), (4, 1))
    Image.fromarray(pixels).save(workplace.path / "case/contact.png")
    repeats_elsewhere(workplace, 'file = "inputs/contact.png"', "inputs/contact.png")
    Image.fromarray(255 - pixels).save(workplace.path / "far/away/kept/inputs/contact.png")
    assert "changed since the run" in workplace.call("rerun", "far/away/kept")[2]


def test_orientations_repeat_without_their_original(workplace: Workplace) -> None:
    """A table of grains is an input of the run, with its hash."""
    case: dict[str, Any] = copy.deepcopy(CASE) | {"protocol": ["Charge at C/5 for 60 s"]}
    crystals = CRYSTALS | {"orientation": "grains.csv"}
    case["phases"]["active"] |= crystals
    workplace.write("meshes/layers.toml", RECIPE)
    workplace.write("case/case.toml", case)
    rows = "x,y,phi1,Phi,phi2\n10,2,90,90,0\n"
    (workplace.path / "case/grains.csv").write_text(rows)
    repeats_elsewhere(workplace, 'orientation = "inputs/grains.csv"', "inputs/grains.csv")
    (workplace.path / "far/away/kept/inputs/grains.csv").write_text(rows.replace("90,90", "0,0"))
    assert "changed since the run" in workplace.call("rerun", "far/away/kept")[2]


def test_files_of_one_name_are_kept_apart(workplace: Workplace) -> None:
    workplace.write("layers.toml", MATERIAL)
    case = copy.deepcopy(SYMMETRIC)
    case["phases"]["separator"]["material"] = "../layers.toml"
    workplace.write("case/case.toml", case)
    assert workplace.call("run", "case")[::2] == (0, "")
    kept = workplace.path / "runs/case/inputs"
    assert {p.name for p in (kept / "2").iterdir()} == {"layers.toml"}
    assert workplace.call("rerun", "runs/case")[::2] == (0, "")


def test_provenance_tells_what_a_run_was_made_from(workplace: Workplace) -> None:
    assert workplace.call("run", "case")[0] == 0
    content = json.loads((workplace.path / "runs/case/provenance.json").read_text())
    assert content["command"] == ["ecmcell", "run", "case"]
    assert content["inputs"].keys() == {
        "case.toml",
        *(f"inputs/{name}" for name in ("case.toml", "drive.csv", "layers.toml", "soft.toml")),
    }
    originals = content["copied from"]
    assert originals["inputs/soft.toml"] == str((workplace.path / "soft.toml").resolve())
    assert content["ranks"] == 1
    assert content["seeds"] == {"mesh": 1}
    assert {"dolfinx", "petsc", "mpi", "gmsh", "ecmcell", "python"} <= content["versions"].keys()
    assert len(content["mesh"]["sha256"]) == len(content["source"]) == 64


def start(workplace: Workplace, ranks: int, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*on_ranks(ranks), sys.executable, "-m", "ecmcell", *words, "--no-report"]
    return subprocess.run(
        command,
        cwd=workplace.path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.smoke
def test_a_run_on_two_ranks_repeats_on_two_and_warns_on_one(workplace: Workplace) -> None:
    assert start(workplace, 2, "run", "case").returncode == 0
    ended = start(workplace, 2, "rerun", "runs/case")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert largest(ended.stdout) <= 1e-8

    code, out, err = workplace.call("rerun", "runs/case", "--output", "alone")
    assert code == 0
    assert err == "warning: 1 ranks, recorded with 2\n"
    assert largest(out) <= 1e-8


def largest(out: str) -> float:
    """The largest difference that was told."""
    if "the same to the last digit" in out:
        return 0.0
    return float(out.split("Largest difference of a result: ")[1].split()[0])


def test_other_versions_and_results_are_told(workplace: Workplace) -> None:
    assert workplace.call("run", "case")[0] == 0
    run = workplace.path / "runs/case"
    content = json.loads((run / "provenance.json").read_text())
    content["versions"]["gmsh"] = "4.0.0"
    content["mesh"]["sha256"] = "0"
    content["source"] = "0"
    content["environment"] = "none"
    (run / "provenance.json").write_text(json.dumps(content))
    lines = (run / "series.csv").read_text().splitlines()
    column = lines[0].split(",").index("Voltage [V]")
    cells = lines[3].split(",")
    cells[column] = repr(1.01 * float(cells[column]))
    (run / "series.csv").write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:-1]]) + "\n")

    code, out, err = workplace.call("rerun", "runs/case")
    assert code == 0
    assert "warning: gmsh" in err and "recorded with 4.0.0" in err
    assert "warning: another source of ecmcell" in err
    assert "meshes differ" in out
    assert f"{len(lines) - 1} rows, not {len(lines) - 2}" in " ".join(out.split())
    assert 1e-4 < largest(out) < 1.1e-2 and "(Voltage [V])" in out


def spoil(name: str, text: str) -> Callable[[Path], object]:
    return lambda run: (run / name).write_text(text)


def forget(name: str) -> Callable[[Path], object]:
    """Drop an input from the record."""

    def change(run: Path) -> None:
        content = json.loads((run / "provenance.json").read_text())
        del content["inputs"][name]
        (run / "provenance.json").write_text(json.dumps(content))

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (shutil.rmtree, "there is no such directory"),
        (lambda run: (run / "provenance.json").unlink(), "this is not a run"),
        (spoil("provenance.json", "{"), "no JSON"),
        (lambda run: (run / "provenance.json").write_bytes(b"\xff"), "no JSON"),
        (spoil("provenance.json", "[]"), "no hashes of the inputs"),
        (spoil("provenance.json", '{"inputs": {"case.toml": 3}}'), "changed since the run"),
        (spoil("provenance.json", '{"inputs": {"\\u0000": "", "case.toml": ""}}'), "is missing"),
        (spoil("case.toml", "title = 3"), "case.toml: changed since the run"),
        (spoil("inputs/layers.toml", ""), "layers.toml: changed since the run"),
        (lambda run: (run / "inputs/soft.toml").unlink(), "soft.toml: the input is missing"),
        (forget("inputs/layers.toml"), "layers.toml: the run has no copy"),
        (forget("case.toml"), "no hashes of the inputs"),
    ],
)
def test_what_cannot_be_repeated(
    workplace: Workplace, change: Callable[[Path], object], words: str
) -> None:
    assert workplace.call("run", "case")[0] == 0
    change(workplace.path / "runs/case")
    before = workplace.files()
    code, out, err = workplace.call("rerun", "runs/case")
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1 and words in err
    assert workplace.files() == before


@pytest.mark.parametrize("words", [("rerun", "runs/case"), ("run", "runs/case")])
def test_a_run_never_replaces_what_it_is_made_from(
    workplace: Workplace, words: tuple[str, str]
) -> None:
    assert workplace.call("run", "case")[0] == 0
    before = workplace.files()
    code, _, err = workplace.call(*words, "--output", "runs/case", "--overwrite")
    assert code == 2
    assert "would replace" in err
    assert workplace.files() == before
