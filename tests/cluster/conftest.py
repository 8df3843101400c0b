"""A Slurm for all tests of this directory, and a study to run on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w
from tests.cli.test_commands import SYMMETRIC
from tests.cli.workplace import RECIPE
from tests.slurm import Slurm, missing

TEMPERATURES = ("25 degC", "40 degC")
NAMES = ("25-degC", "40-degC")


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    """The daemons; where there can be none the test says why, and counts as skipped."""
    why = missing()
    if why:
        pytest.skip(f"no Slurm: {why}")
    with Slurm(tmp_path_factory.mktemp("slurm")) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with a study of two runs, `case`, each of a few steps on a few cells."""
    (tmp_path / "meshes").mkdir()
    (tmp_path / "case").mkdir()
    recipe = RECIPE | {"layers": RECIPE["layers"][:1]}
    (tmp_path / "meshes/layers.toml").write_text(tomli_w.dumps(recipe))
    (tmp_path / "case/case.toml").write_text(tomli_w.dumps(SYMMETRIC))
    study = {"vary": {"cell.temperature": TEMPERATURES}}
    (tmp_path / "case/study.toml").write_text(tomli_w.dumps(study))
    return tmp_path


@pytest.fixture
def slow(place: Path) -> Path:
    """The same with twelve thousand steps a run on many cells, half a minute or more."""
    layer = {**RECIPE["layers"][0], "size": "0.1 um"}
    recipe = RECIPE | {"size": "0.1 um", "layers": [layer]}
    (place / "meshes/layers.toml").write_text(tomli_w.dumps(recipe))
    size = {"initial_step": "10 ms", "max_step": "10 ms", "min_step": "1 ms"}
    steps = {"time": size, "output": {"checkpoint_interval": "2 s"}}
    (place / "case/case.toml").write_text(tomli_w.dumps(SYMMETRIC | steps))
    return place
