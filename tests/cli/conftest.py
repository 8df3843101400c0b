"""Fixtures of the command-line tests."""

from pathlib import Path

import pytest
import tomli_w
from workplace import RECIPE, Workplace

from coarse import coarse_figures

__all__ = ["coarse_figures", "elsewhere", "unhurried", "workplace"]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine does not say what it is at, between what a command prints."""
    monkeypatch.setattr("ecmcell.output.progress._LOGGED_DELAY", 3600.0)


@pytest.fixture
def workplace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Workplace:
    """A good case in `case/case.toml`, its recipe in `meshes/layers.toml`; we stand beside them."""
    monkeypatch.chdir(tmp_path)
    return Workplace(tmp_path, capfd)


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory outside of the workplace, with a recipe."""
    directory = tmp_path_factory.mktemp("elsewhere")
    (directory / "recipe.toml").write_text(tomli_w.dumps(RECIPE))
    return directory
