"""The fixture of the command-line tests."""

from pathlib import Path

import pytest
from workplace import Workplace


@pytest.fixture
def workplace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Workplace:
    """A good case in `case/case.toml`, its recipe in `meshes/layers.toml`; we stand beside them."""
    monkeypatch.chdir(tmp_path)
    return Workplace(tmp_path, capfd)
