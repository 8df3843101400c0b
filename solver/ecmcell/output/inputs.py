"""Copies of the files that a run was made from; used on rank 0 only."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

FOLDER = "inputs"


def copy_inputs(groups: Iterable[Sequence[Path]], directory: Path) -> dict[Path, Path]:
    """Copy files into `inputs/` of a run directory.

    Args:
        groups: Files; those of a group stay side by side and keep their names.
        directory: The run directory.

    Returns:
        Where the copy of each file is, relative to the run directory.
    """
    copies: dict[Path, Path] = {}
    for group in groups:
        new = [file for file in group if file not in copies]
        place = _free_place([file.name for file in new], set(copies.values()))
        for file in new:
            copies[file] = place / file.name
            (directory / place).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, directory / copies[file])
    return copies


def _free_place(names: Sequence[str], taken: set[Path]) -> Path:
    """`inputs`, or a numbered directory below it where names would meet."""
    place, number = Path(FOLDER), 1
    while any(place / name in taken for name in names):
        number += 1
        place = Path(FOLDER, str(number))
    return place
