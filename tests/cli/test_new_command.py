"""`ecmcell new`: a case of one's own from another one, right at once, its comments kept."""

import copy
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from spoiling import CRYSTALS
from workplace import CASE, RECIPE, Workplace, expect_one_message

from ecmcell.api.new_case import shipped_cases
from ecmcell.case.load import load_case
from ecmcell.microstructure import source_files
from ecmcell.study import read_plan

CASES = Path(__file__).parents[2] / "cases"


def made(workplace: Workplace, *words: str) -> set[str]:
    """The files that a command says it has written, which are those that are there."""
    code, out, err = workplace.call("new", *words)
    assert (code, err) == (0, "")
    written = {str(p.relative_to(workplace.path)) for p in files_of(workplace.path / words[0])}
    assert set(out.splitlines()) == written
    return written


def files_of(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def asked_of(case: Path) -> str:
    """All that a case asks but for where its files lie."""
    data = load_case(case)
    return data.with_source(Path("source")).to_toml({file: Path(file.name) for file in data.files})


@pytest.mark.parametrize("name", shipped_cases())
def test_copies_of_shipped_cases_ask_the_same_from_files_of_their_own(
    workplace: Workplace, name: str
) -> None:
    made(workplace, "mine", "--like", name)
    mine = workplace.path / "mine"
    assert asked_of(mine) == asked_of(CASES / name)
    old, new = (d / "case.toml" for d in (CASES / name, mine))
    for before, after in zip(
        old.read_text().splitlines(), new.read_text().splitlines(), strict=True
    ):
        assert before == after or after.startswith("recipe = "), after
    assert (mine / "study.toml").is_file() == (CASES / name / "study.toml").is_file()
    variations = read_plan(mine).variations if (mine / "study.toml").is_file() else ()
    for case in (load_case(mine), *(one.case for one in variations)):
        for file in (*source_files(case), *case.files):
            assert file.is_relative_to(mine), file


def test_there_are_shipped_cases() -> None:
    assert {"nmc811_contact_loss", "pore_near_anode/leakage"} <= {*shipped_cases()}
    assert set(shipped_cases()) == {
        p.parent.relative_to(CASES).as_posix() for p in CASES.rglob("case.toml")
    }


def test_a_new_case_can_be_checked_and_studied_at_once(workplace: Workplace) -> None:
    assert made(workplace, "mine", "--like", "nmc811_contact_loss") == {
        "mine/case.toml",
        "mine/study.toml",
        "mine/composite_2d.toml",
        "mine/composite_2d_small.toml",
    }
    assert workplace.call("check", "mine")[::2] == (0, "")
    assert workplace.call("study", "mine", "--list")[::2] == (0, "")
    text = (workplace.path / "mine/case.toml").read_text()
    assert 'recipe = "composite_2d.toml"\n' in text and "../" not in text
    assert "# discharged: upper end of the window of the material" in text


def test_a_case_of_ones_own_and_a_run_can_be_copied_too(workplace: Workplace) -> None:
    case = workplace.path / "case/case.toml"
    case.write_text(f'# mine: "../meshes/layers.toml"\n{case.read_text()}')
    assert made(workplace, "again", "--like", "case") == {"again/case.toml", "again/layers.toml"}
    assert (workplace.path / "again/case.toml").read_text() == case.read_text().replace(
        'recipe = "../meshes/layers.toml"', 'recipe = "layers.toml"'
    )
    made(workplace, "deep/down/third", "--like", "again/case.toml")
    assert asked_of(workplace.path / "deep/down/third") == asked_of(workplace.path / "case")
    shutil.rmtree(workplace.path / "case")
    assert workplace.call("check", "deep/down/third")[::2] == (0, "")


def everything(workplace: Workplace) -> None:
    """A case that refers to files of every kind, in places of all sorts."""
    shared = workplace.path / "shared files"
    shared.mkdir()
    material = workplace.path.parent / "ceramic.toml"
    library = Path(load_case.__code__.co_filename).parents[1] / "materials/Li6PS5Cl.toml"
    shutil.copy(library, material)
    (shared / "load.csv").write_text("0,0.1\n60,0.2\n120,0.1\n")
    (shared / "grains.csv").write_text("x,y,phi1,Phi,phi2\n10,2,90,90,0\n")
    (workplace.path / "case/maps").mkdir()
    pixels = np.tile(np.uint8([0, 255, 255, 0]), (4, 1))
    Image.fromarray(pixels).save(workplace.path / "case/maps/contact.png")
    (workplace.path / "case/layers.toml").write_text("# another file of the same name\n")
    case = copy.deepcopy(CASE)
    case["phases"]["separator"]["material"] = str(material)
    case["phases"]["active"] |= CRYSTALS | {"orientation": "../shared files/grains.csv"}
    case["protocol"] = ["Run ../shared files/load.csv (mA/cm2)"]
    case["boundaries"]["anode"]["contact"] = {"map": "image", "file": "maps/contact.png"}
    workplace.write("case/case.toml", case)
    workplace.write("case/layers.toml", RECIPE | {"width": "8 um"})
    vary = {
        "recipe": {
            "shared": {"mesh": {"recipe": "../meshes/layers.toml"}},
            "own": {"mesh": {"recipe": "layers.toml"}},
        },
        "contact": {
            "narrow": {"boundaries": {"anode": {"contact": {"file": "maps/contact.png"}}}},
            "wide": {"boundaries": {"anode": {"contact": {"file": "../other.png"}}}},
        },
    }
    Image.fromarray(255 - pixels).save(workplace.path / "other.png")
    workplace.write("case/study.toml", {"vary": vary})


def test_files_of_all_kinds_go_along(workplace: Workplace) -> None:
    everything(workplace)
    assert made(workplace, "mine", "--like", "case") == {
        f"mine/{name}"
        for name in (
            "case.toml",
            "study.toml",
            "layers.toml",  # that of the case keeps its name, the one from elsewhere gives way
            "2/layers.toml",
            "ceramic.toml",
            "load.csv",
            "grains.csv",
            "maps/contact.png",
            "other.png",
        )
    }
    old, new = (read_plan(workplace.path / name).variations for name in ("case", "mine"))
    assert len(old) == len(new) == 4
    for before, after in zip(old, new, strict=True):
        contents = [[f.read_bytes() for f in v.case.files[1:]] for v in (before, after)]
        assert contents[0] == contents[1]
        recipes = [source_files(v.case)[0].read_bytes() for v in (before, after)]
        assert recipes[0] == recipes[1]
    (workplace.path / "case").rename(workplace.path / "gone")
    (workplace.path / "shared files").rename(workplace.path / "gone too")
    assert workplace.call("study", "mine", "--list")[::2] == (0, "")


def test_an_image_stays_beside_its_recipe(workplace: Workplace) -> None:
    recipe = {"recipe": "image", "file": "halves.tiff", "voxel": "1 um"}
    labels = np.tile(np.repeat(np.uint8([1, 2, 3]), 4), (4, 1))
    Image.fromarray(labels).save(workplace.path / "meshes/halves.tiff")
    phases = {"separator": 1, "catholyte": 2, "active": 3}
    workplace.write("meshes/layers.toml", recipe | {"phases": phases})
    assert made(workplace, "mine", "--like", "case") == {
        "mine/case.toml",
        "mine/layers.toml",
        "mine/halves.tiff",
    }
    assert workplace.call("check", "mine")[::2] == (0, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("mine",), "--like"),
        (("mine", "--like", "nowhere"), "Known cases: anode_free"),
        (("mine", "--like", "nmc811"), 'Did you mean "nmc811_contact_loss"?'),
        (("mine", "--like", "meshes"), "no case"),
        (("mine", "--like", "x" * 5000), "no case"),
        (("mine", "--like", "meshes/layers.toml"), "layers.toml"),
        (("case", "--like", "membrane_ohmic"), "it is there already"),
        (("meshes/layers.toml", "--like", "membrane_ohmic"), "layers.toml"),
        (("meshes/layers.toml/below", "--like", "membrane_ohmic"), "is a file"),
        (("x" * 400, "--like", "membrane_ohmic"), "name too long"),
        (("link", "--like", "membrane_ohmic"), "it is there already"),
        (("mine", "--like", "broken"), "broken/case.toml"),
    ],
)
def test_what_cannot_be_made(workplace: Workplace, words: tuple[str, ...], told: str) -> None:
    (workplace.path / "link").symlink_to("leads nowhere")
    (workplace.path / "broken").mkdir()
    (workplace.path / "broken/case.toml").write_text("title = 3\n")
    assert told.lower() in expect_one_message(workplace, "new", *words).lower()


def test_a_path_that_cannot_be_found_in_the_text_is_refused(workplace: Workplace) -> None:
    """Written with an escape, which is not read as the path that it is."""
    case = workplace.path / "case/case.toml"
    case.write_text(case.read_text().replace("../meshes/", "../m\\u0065shes/"))
    assert workplace.call("check", "case")[0] == 0
    message = expect_one_message(workplace, "new", "mine", "--like", "case")
    assert "by hand" in message and "case/case.toml" in message


def test_a_full_disk_leaves_nothing(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.copyfile

    def fails(source: Path, target: Path) -> object:
        if Path(target) == Path("mine/layers.toml"):
            raise OSError(28, os.strerror(28), str(target))
        return real(source, target)

    monkeypatch.setattr(shutil, "copyfile", fails)
    assert "No space left" in expect_one_message(workplace, "new", "mine", "--like", "case")
