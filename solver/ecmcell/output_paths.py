"""Whether results can go where they are asked to; nothing here changes anything."""

import os
from pathlib import Path

from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.output.lock import contents


def check_free(directory: Path, overwrite: bool, case: Case) -> None:
    """Whether the results of a case can go to a directory without loss.

    Raises:
        InputError: If not.
    """
    check_writable(directory, "--output")
    if directory.is_dir() and contents(directory) and not overwrite:
        remedy = "Give another directory with --output, or --overwrite to replace an earlier run."
        raise InputError(directory, "", "the directory is not empty", remedy)
    check_apart(directory, case)


def check_apart(directory: Path, case: Case) -> None:
    """Whether results in a directory would not replace what they are made from.

    Raises:
        InputError: If they would.
    """
    source = case.mesh.file or case.mesh.recipe
    for file in (*case.files, source):
        if file is not None and file.is_relative_to(directory.resolve()):
            given = f"the results would replace {file.name}, which they are made from"
            raise InputError(directory, "", given, "Give another directory with --output.")


def check_file(path: Path, endings: tuple[str, ...], what: str, option: str) -> None:
    """Whether a file of some kind can be written.

    Args:
        path: The file.
        endings: Of the names of such files.
        what: The kind in words.
        option: Option by which it was given.

    Raises:
        InputError: If not.
    """
    if path.suffix not in endings:
        remedy = f"Give a name that ends in {' or '.join(endings)}."
        raise InputError(path, "", f'"{path.suffix}" is no kind of {what}', remedy)
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(path, "", "no file can be there", "Give a file in an existing directory.")
    check_writable(path.parent, option)


def check_writable(directory: Path, option: str) -> None:
    """Whether a directory, which need not be there yet, can be written to.

    Args:
        directory: The directory.
        option: Option by which it was given.

    Raises:
        InputError: If not.
    """
    try:
        there = next(p for p in (directory, *directory.absolute().parents) if p.exists())
    except OSError as error:
        raise InputError(directory, "", error.strerror, f"Give a shorter {option}.") from None
    remedy = f"Give another {option}."
    if not there.is_dir():
        raise InputError(directory, "", f"{there} is a file", remedy)
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(directory, "", f"{there} cannot be written to", remedy)
