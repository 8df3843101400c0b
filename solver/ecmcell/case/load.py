"""Reading a case, and matching it to its mesh; every fault becomes one message."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from ecmcell.case import checks
from ecmcell.case.faults import Fault, dotted
from ecmcell.case.files.merge import merged
from ecmcell.case.files.renamed import CASE, refuse_renamed
from ecmcell.case.files.toml_reader import files_read, read_toml, validate
from ecmcell.case.materials import LIBRARY
from ecmcell.case.schema import Case
from ecmcell.errors import InputError


def load_case(
    path: Path | str, changes: Mapping[str, Any] = MappingProxyType({}), where: str = ""
) -> Case:
    """The case in a directory (its `case.toml`) or a file.

    Args:
        path: The directory or file.
        changes: Keys laid over those of the file, as TOML gives them.
        where: What messages name instead of the file.

    Raises:
        InputError: If anything in it cannot be done as asked.
    """
    path = Path(path)
    try:
        if path.is_dir():
            path = path / "case.toml"
            if not path.exists():
                remedy = "Give a directory that holds a case.toml, or the file itself."
                raise InputError(path, "", "there is no such file", remedy)
    except OSError as error:
        raise InputError(path, "", error.strerror, "Give a case directory.") from None
    with files_read() as files:
        return _made(merged(read_toml(path), changes), path, where or path, files)


def case_of(
    content: Mapping[str, Any], directory: Path, changes: Mapping[str, Any] = MappingProxyType({})
) -> Case:
    """The case that a mapping holds, as `case.toml` would.

    Args:
        content: What the file would hold.
        directory: What files that it names are relative to.
        changes: Keys laid over them.

    Raises:
        InputError: If anything in it cannot be done as asked.
    """
    with files_read() as files:
        return _made(merged(content, changes), directory / "case.toml", "case", files)


def _made(content: dict[str, Any], path: Path, where: object, files: list[Path]) -> Case:
    with _faults_named(where):
        refuse_renamed(content, CASE)
    case = validate(Case, content, where, path.parent)
    case._path = path
    case._files = tuple(file for file in files if not file.is_relative_to(LIBRARY))
    with _faults_named(where):
        checks.check(case)
    return case


def match_mesh(case: Case, phases: Iterable[str], contacts: Iterable[tuple[str, str]]) -> None:
    """Check that a case says what its mesh asks.

    Args:
        case: The case.
        phases: Phases of the mesh.
        contacts: Pairs of phases that touch in it.

    Raises:
        InputError: If a phase is not in both, or what joins two touching phases is missing.
    """
    with _faults_named(case.path):
        checks.match_mesh(case, set(phases), contacts)


def match_dimension(case: Case, dim: int) -> None:
    """Check that a case suits a mesh of so many coordinates.

    Raises:
        InputError: If not.
    """
    with _faults_named(case.path):
        checks.match_dimension(case, dim)


def match_sizes(case: Case, sizes: Mapping[str, float]) -> None:
    """Check that a mesh is fine enough for what a case asks.

    Args:
        case: The case.
        sizes: Size of the largest cell of each phase, um.

    Raises:
        InputError: If not.
    """
    with _faults_named(case.path):
        checks.match_sizes(case, sizes)


def match_grains(case: Case, phases: Sequence[str], centroids: npt.NDArray[np.float64]) -> None:
    """Check that a case has what it says of single grains for those of a mesh.

    Args:
        case: The case.
        phases: Phase of each grain.
        centroids: Centroid of each grain in um, shape (grains, dim).

    Raises:
        InputError: If not.
    """
    with _faults_named(case.path):
        checks.match_grains(case, phases, centroids)


@contextmanager
def _faults_named(where: object) -> Iterator[None]:
    """Faults found within become errors that name the file."""
    try:
        yield
    except Fault as fault:
        raise InputError(where, dotted(fault.key), fault.given, fault.remedy) from None
