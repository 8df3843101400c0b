"""The notebooks run from top to bottom, and show what they say."""

from pathlib import Path

import nbformat
import pytest
from docs.site.notebooks import NOTEBOOKS, TARGET, execute


@pytest.mark.notebooks
@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook_runs(notebook: Path) -> None:
    """The site shows what it leaves in build/notebooks."""
    TARGET.mkdir(parents=True, exist_ok=True)
    target = TARGET / notebook.name
    target.unlink(missing_ok=True)
    execute(notebook, target)
    outputs = [one for cell in nbformat.read(target, 4).cells for one in cell.get("outputs", ())]
    assert [one for one in outputs if one.output_type == "error"] == []
    drawn = [one for one in outputs if "image/png" in one.get("data", ())]
    assert len(drawn) >= 1
    complaints = [one.text for one in outputs if one.get("name") == "stderr"]
    assert complaints == []
