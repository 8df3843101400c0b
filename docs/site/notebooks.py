"""Executes the notebooks of docs/notebooks; `make notebooks` runs it."""

import hashlib
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "docs" / "notebooks"
TARGET = ROOT / "build" / "notebooks"
TIMEOUT = 1800
"""Of a cell, in s."""


def executed() -> Path:
    """The directory of the executed notebooks; only what has changed is executed again."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        execute(notebook, TARGET / notebook.name)
    return TARGET


def execute(notebook: Path, target: Path) -> None:
    """Execute a notebook where it is, and write it with its outputs.

    Args:
        notebook: Without outputs.
        target: The file to write. If it was made from the same notebook by the same program it
            stays.

    Raises:
        CellExecutionError: If a cell fails.
    """
    made_from = _digest(notebook)
    if target.is_file() and nbformat.read(target, 4).metadata.get("made_from") == made_from:
        return
    print(f"executing {notebook.relative_to(ROOT)}", flush=True)
    content = nbformat.read(notebook, 4)
    NotebookClient(
        content,
        timeout=TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(notebook.parent)}},
    ).execute()
    content.metadata["made_from"] = made_from
    nbformat.write(content, target)


def _digest(notebook: Path) -> str:
    """Of a notebook, the program, the cases and the recipes."""
    files = [notebook, *sorted((ROOT / "solver").rglob("*.py"))]
    files += sorted([*(ROOT / "solver").rglob("*.toml"), *(ROOT / "cases").rglob("*.toml")])
    files += sorted((ROOT / "meshes").glob("*.toml"))
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


if __name__ == "__main__":
    executed()
