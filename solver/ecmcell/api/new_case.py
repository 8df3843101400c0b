"""A case of one's own made from another one, with the files that it refers to."""

import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ecmcell.case.faults import suggest, toml
from ecmcell.case.load import load_case
from ecmcell.errors import InputError
from ecmcell.microstructure import check_source, source_files
from ecmcell.output_paths import check_writable
from ecmcell.study import read_plan
from ecmcell.study.plan import FILE as STUDY

_CASE = "case.toml"
_SHIPPED = Path(__file__).parents[3] / "cases"
# A string or a comment of TOML.
_TOKEN = re.compile(
    r'"""(?s:.*?)"""|'
    r"'''(?s:.*?)'''|"
    r'"(?:\\.|[^"\\\n])*"|'
    r"'[^'\n]*'|"
    r"#.*"
)


def shipped_cases() -> tuple[str, ...]:
    """Names of the cases that come with a checkout; none where only the package is installed."""
    found = (path.parent.relative_to(_SHIPPED) for path in _SHIPPED.rglob(_CASE))
    return tuple(sorted(name.as_posix() for name in found))


def new_case(directory: Path, like: str) -> tuple[Path, ...]:
    """Copy a case, its study and all files that they refer to into a directory of its own.

    Files that lie elsewhere come to lie beside it, and the paths in the texts follow; everything
    else in them stays as it is, comments too. To be called on one rank.

    Args:
        directory: Where it goes; must not be there yet.
        like: The case: the name of a shipped one, or else a directory with a `case.toml`, or such
            a file.

    Returns:
        The files that were written.

    Raises:
        InputError: If the directory is there, the case is not, or it cannot be copied. Nothing is
            written then.
    """
    source = _source(like)
    check_writable(directory, "NAME")
    if directory.exists() or directory.is_symlink():
        raise InputError(directory, "", "it is there already", "Give a new directory.")
    study = source.with_name(STUDY)
    copies = _places(source, study if source.name == _CASE and study.is_file() else None)
    with tempfile.TemporaryDirectory() as aside:
        made = Path(aside, directory.name).resolve()
        for file, place in copies.items():
            (made / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, made / place)
            if file.suffix == ".toml":
                text = (made / place).read_bytes().decode()
                (made / place).write_bytes(_adapted(text, file, copies).encode())
        _check(made, source)
        _write(made, copies.values(), directory)
    return tuple(sorted(directory / place for place in copies.values()))


def _source(like: str) -> Path:
    """The file of the case that is to be copied."""
    for path in (_SHIPPED / like / _CASE, Path(like) / _CASE, Path(like)):
        if os.path.isfile(path):  # never raises, unlike Path.is_file
            return path.resolve()
    shipped = shipped_cases()
    remedy = suggest(like, shipped, "cases") if shipped else "Give a directory with a case.toml."
    alike = [toml(name) for name in shipped if like in name]
    if alike:
        remedy = f"Did you mean {' or '.join(alike)}?"
    raise InputError("--like", "", f"no case {toml(like)}", remedy)


def _places(source: Path, study: Path | None) -> dict[Path, Path]:
    """Where each file goes in the new directory; what lies in that of the case keeps its place."""
    copies = {source: Path(_CASE)} | ({} if study is None else {study: Path(STUDY)})
    elsewhere = []
    for group in _groups(source, study):
        if all(file.is_relative_to(source.parent) for file in group):
            copies |= {file: file.relative_to(source.parent) for file in group}
        else:
            elsewhere.append(group)
    for first, *beside in elsewhere:
        names = {file: file.relative_to(first.parent) for file in (first, *beside)}
        if not names.keys() <= copies.keys():
            place = _free_place(names.values(), copies.values())
            copies |= {file: place / name for file, name in names.items()}
    return copies


def _groups(source: Path, study: Path | None) -> Iterator[Sequence[Path]]:
    """The files that a case and its variations are made from; those of a group stay together."""
    cases = [load_case(source)]
    cases += [one.case for one in read_plan(study).variations] if study is not None else []
    for case in cases:
        check_source(case)
        yield source_files(case)
        yield from ((file,) for file in case.files[1:])


def _free_place(names: Iterable[Path], taken: Collection[Path]) -> Path:
    """The new directory itself, or a numbered one below it where names would meet."""
    names, place, number = list(names), Path(), 1
    while any(place / name in taken for name in names):
        number += 1
        place = Path(str(number))
    return place


def _adapted(text: str, file: Path, copies: Mapping[Path, Path]) -> str:
    """The text of a TOML file with the paths in its strings as they are in the new directory."""

    def adapted(found: re.Match[str]) -> str:
        token = found[0]
        for path in [] if token.startswith("#") else _pieces(token.strip("\"'")):
            meant = file.parent / path
            place = copies.get(meant.resolve()) if os.path.isfile(meant) else None
            if place is not None:
                return token.replace(path, os.path.relpath(place, copies[file].parent))
        return token

    return _TOKEN.sub(adapted, text)


def _pieces(text: str) -> list[str]:
    """What may be a path in a string, as in `Run load.csv (mA/cm2)`; the longest first."""
    starts = [0, *(space.end() for space in re.finditer(" +", text))]
    ends = [len(text), *(mark.start() for mark in re.finditer("[ :]", text))]
    pieces = {text[start:end] for start in starts for end in ends if start < end}
    return sorted(pieces, key=len, reverse=True)


def _check(made: Path, source: Path) -> None:
    """Refuse a copy that still refers to other files than its own."""
    study = made / STUDY
    try:
        groups = list(_groups(made / _CASE, study if study.is_file() else None))
        left = [file for group in groups for file in group if not file.is_relative_to(made)]
        problem = f"{left[0]} could not be copied with it" if left else ""
    except InputError as error:
        problem = f"its copy would not do: {error.key}: {error.given}"
    if problem:
        raise InputError(source, "", problem, "Copy it by hand, and correct its paths.")


def _write(made: Path, places: Collection[Path], directory: Path) -> None:
    """Put the copies in their directory; all or nothing."""
    try:
        for place in places:
            (directory / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made / place, directory / place)
    except OSError:  # such as a full disk
        shutil.rmtree(directory, ignore_errors=True)
        raise
