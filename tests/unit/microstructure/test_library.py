"""From a recipe file to a mesh: overrides, the cache, and messages for what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from tests.unit.microstructure.mesh.test_mesh import COMPOSITE, LAYERS

from ecmcell.errors import InputError
from ecmcell.microstructure import get_mesh, library
from ecmcell.microstructure.meshing.child_process import make_aside
from ecmcell.microstructure.recipes.composite_cathode import CompositeCathode
from ecmcell.microstructure.recipes.layered import Layered


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case file beside a directory of recipes, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, content in {"layers": LAYERS, "discs": COMPOSITE}.items():
        path = tmp_path / "tree" / "meshes" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tomli_w.dumps(content))
    path = tmp_path / "tree" / "cases" / "mine" / "case.toml"
    path.parent.mkdir(parents=True)
    return path


SHEET = {"phase": "active", "thickness": "1e-4 um", "size": "1e-4 um"}
RECIPE = Path("../../meshes/layers.toml")
DISCS = Path("../../meshes/discs.toml")


def kept(case: Path) -> list[Path]:
    return sorted((case.parents[3] / "cache" / "ecmcell" / "meshes").glob("*"))


def test_a_kept_mesh_is_taken_without_meshing_again(case, monkeypatch):
    made = get_mesh(DISCS, 1, {}, case)
    monkeypatch.setattr(CompositeCathode, "build", None)
    monkeypatch.setattr("gmsh.initialize", None)
    again = get_mesh(DISCS, 1, {}, case)
    for name in ("points", "cells", "cell_grain", "facets", "facet_tag"):
        first, second = getattr(made, name), getattr(again, name)
        assert first.dtype == second.dtype
        assert np.array_equal(first, second)
    assert (made.grain_phase, made.tags) == (again.grain_phase, again.tags)
    assert made.statistics == again.statistics


def test_what_makes_another_mesh_is_kept_apart(case):
    get_mesh(RECIPE, 1, {}, case)
    get_mesh(RECIPE, 1, {"width": "3000 nm"}, case)  # the same in other words
    assert len(kept(case)) == 1
    get_mesh(RECIPE, 2, {}, case)
    get_mesh(RECIPE, 1, {"width": "2 um"}, case)
    assert len(kept(case)) == 3


def test_a_broken_file_in_the_cache_is_made_anew(case):
    whole = get_mesh(RECIPE, 1, {}, case)
    (path,) = kept(case)
    content = path.read_bytes()
    for broken in (b"", b"not a mesh", content[: len(content) // 2]):
        path.write_bytes(broken)
        assert np.array_equal(get_mesh(RECIPE, 1, {}, case).points, whole.points)
        assert path.stat().st_size == len(content)


def test_a_cache_that_cannot_be_written_does_no_harm(case, monkeypatch):
    case.with_name("plain").write_text("a file where the cache should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(case.with_name("plain")))
    assert len(get_mesh(RECIPE, 1, {}, case).grain_phase) == 3


def test_nothing_half_written_stays_when_the_disk_is_full(case, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(np, "savez_compressed", full)
    assert len(get_mesh(RECIPE, 1, {}, case).grain_phase) == 3
    assert kept(case) == []


def test_tables_are_overridden_key_by_key(case):
    recipe = library.read_recipe(
        DISCS, {"diameter": {"mean": "4.5 um"}, "volume_fraction": 0.3}, case
    )
    assert isinstance(recipe, CompositeCathode)
    assert (recipe.diameter.mean, recipe.diameter.minimum) == (4.5, 4.0)
    assert recipe.volume_fraction == 0.3


def test_a_recipe_beside_the_case_serves_where_there_is_no_directory_of_meshes(case, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "mine.toml").write_text(tomli_w.dumps(LAYERS))
    recipe = library.read_recipe(Path("mine.toml"), {}, alone / "case.toml")
    assert isinstance(recipe, Layered)
    with pytest.raises(InputError, match="lies outside"):
        library.read_recipe(Path("../tree/meshes/layers.toml"), {}, alone / "case.toml")


@pytest.mark.parametrize(
    ("recipe", "overrides", "file", "key", "words"),
    [
        (RECIPE, {"widht": "4 um"}, "case", "mesh.overrides.widht", '"width"'),
        (RECIPE, {"width": 4}, "case", "mesh.overrides.width", "unit"),
        (RECIPE, {"width": "4 kg"}, "case", "mesh.overrides.width", "dimension"),
        (RECIPE, {"width": "-4 um"}, "case", "mesh.overrides.width", "positive"),
        (RECIPE, {"width": "1 m"}, "case", "mesh.overrides.width", "100000 um"),
        (RECIPE, {"dimension": 4}, "case", "mesh.overrides.dimension", "2 or 3"),
        (RECIPE, {"size": "1e-4 um", "dimension": 3}, "case", "mesh.overrides.size", "too many"),
        (RECIPE, {"layers": [SHEET]}, "layers.toml", "size", "flat"),
        (RECIPE, {"layers": []}, "case", "mesh.overrides.layers", "at least 1"),
        (RECIPE, {"recipe": "composit"}, "case", "mesh.overrides.recipe", "composite_cathode"),
        (RECIPE, {"layers": [{"phase": "a b"}]}, "case", "mesh.overrides.layers.0", ""),
        (DISCS, {"volume_fraction": 1.2}, "case", "mesh.overrides.volume_fraction", "below 1"),
        (DISCS, {"volume_fraction": float("nan")}, "case", "mesh.overrides.volume_fraction", ""),
        (DISCS, {"volume_fraction": 0.9}, "case", "mesh.overrides.volume_fraction", "packed"),
        (DISCS, {"volume_fraction": 0.72}, "case", "mesh.overrides.volume_fraction", "fits"),
        (DISCS, {"minimum_gap": "5 um"}, "discs.toml", "volume_fraction", "packed"),
        (DISCS, {"diameter": {"mean": "9 um"}}, "case", "mesh.overrides.diameter", "maximum"),
        (DISCS, {"diameter": "5 um"}, "case", "mesh.overrides.diameter", "table"),
        (DISCS, {"size": {"interface": "3 um"}}, "case", "mesh.overrides.size", "max"),
        (DISCS, {"size": {"interface": "0.1 nm"}}, "case", "mesh.overrides.size", "too fine"),
    ],
)
def test_wrong_values_name_the_file_and_key_they_stand_at(
    case, recipe, overrides, file, key, words
):
    with pytest.raises(InputError) as wrong:
        get_mesh(recipe, 1, overrides, case)
    assert wrong.value.where.endswith("case.toml" if file == "case" else file)
    assert wrong.value.key.startswith(key)
    assert words in str(wrong.value)
    assert kept(case) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"recipe = \xff\xfe\x00", "not a text file"),
        (b"\x7fELF\x00\x01\x02", "TOML"),
        (b"recipe = ", "TOML"),
        (b"", "missing"),
        (b"recipe = 3", "not a recipe"),
        (b'recipe = "layered"\nwidht = "3 um"', "width"),
    ],
)
def test_wrong_files(case, content, words):
    path = case.parents[2] / "meshes" / "layers.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as wrong:
        get_mesh(RECIPE, 1, {}, case)
    assert Path(wrong.value.where).resolve() == path
    assert words in str(wrong.value)


def test_a_recipe_that_is_not_there_or_is_a_directory(case):
    for path in ("../../meshes/none.toml", "../../meshes"):
        with pytest.raises(InputError):
            get_mesh(Path(path), 1, {}, case)


def test_a_recipe_outside_of_the_tree_is_refused(case):
    outside = case.parents[3] / "elsewhere.toml"
    outside.write_text(tomli_w.dumps(LAYERS))
    link = case.with_name("link.toml")
    link.symlink_to(outside)
    for path in (Path("../../../elsewhere.toml"), outside, Path("link.toml")):
        with pytest.raises(InputError, match="lies outside"):
            get_mesh(path, 1, {}, case)


def test_a_mesh_made_aside_is_the_same(case, monkeypatch):
    make_aside(DISCS, 1, {}, case)
    assert len(kept(case)) == 1
    monkeypatch.setattr(CompositeCathode, "build", None)  # it is taken from the cache
    aside = get_mesh(DISCS, 1, {}, case)
    monkeypatch.undo()
    here = get_mesh(DISCS, 1, {}, case)
    assert np.array_equal(aside.points, here.points)
    assert np.array_equal(aside.cells, here.cells)
    assert aside.statistics == here.statistics


def test_what_is_wrong_is_told_from_aside(case):
    overrides = {"volume_fraction": 0.89}
    told = []
    for make in (make_aside, get_mesh):
        with pytest.raises(InputError) as wrong:
            make(DISCS, 1, overrides, case)
        told.append(str(wrong.value))
    assert told[0] == told[1]


def test_without_a_process_nothing_is_kept(case, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    make_aside(DISCS, 1, {}, case)
    assert not kept(case)


def test_a_process_that_ends_unheard_does_not_end_this_one(case):
    """What is asked is longer than a pipe holds, and PETSc listens to signals as it likes to."""
    script = f"""
import sys
from pathlib import Path
from petsc4py import PETSc
from ecmcell.microstructure.meshing.child_process import make_aside
sys.executable = "/bin/false"
make_aside(Path("{DISCS}"), 1, {{"phase": "a" * 200_000}}, Path("{case}"))
print("goes on")
"""
    without = {k: v for k, v in os.environ.items() if k != "PETSC_OPTIONS"}
    path = os.pathsep.join(sys.path)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=without | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout) == (0, "goes on\n"), ended.stderr
