"""The checkpoints of a run: the last two, each written aside and told by its checksum.

`checkpoint/1.h5` and `checkpoint/2.h5` are written in turn, with `1.json` and `2.json` beside them,
which come last: what a run was killed in the midst of is none.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mpi4py import MPI

from ecmcell.errors import InputError
from ecmcell.output.state_file import Array, StateReader, Values, write_state
from ecmcell.output.text_files import write_json
from ecmcell.parallel import on_root

FOLDER = "checkpoint"


class Checkpoints:
    """The checkpoints in a run directory; all calls are collective.

    Args:
        directory: Run directory.
        comm: All ranks.
    """

    def __init__(self, directory: Path, comm: MPI.Comm):
        self._folder, self._comm = directory / FOLDER, comm

    def write(self, fields: Values, numbers: Mapping[str, Array], notes: object) -> None:
        """Write one in the place of the older one.

        Args:
            fields: What functions are on this rank.
            numbers: Alike on all ranks.
            notes: What JSON can hold; that of rank 0 counts.

        Raises:
            OSError: If it could not be written; the last one is still there.
        """
        name = on_root(self._comm, self._begin)
        aside = self._folder / f".{name}.part"
        try:
            write_state(aside, self._comm, fields, numbers, notes)
            on_root(self._comm, self._end, aside, name)
        except OSError:
            on_root(self._comm, aside.unlink, True)
            raise

    def last(self) -> StateReader:
        """The last one that is whole; a warning tells of one that is not.

        Raises:
            InputError: If there is none.
        """
        return StateReader(on_root(self._comm, self._last), self._comm)

    def _begin(self) -> str:
        self._folder.mkdir(exist_ok=True)
        known = _known(self._folder)
        name = "2" if known and known[0][1] == "1" else "1"
        (self._folder / f"{name}.json").unlink(missing_ok=True)
        return name

    def _end(self, aside: Path, name: str) -> None:
        digest = _digest(aside)
        aside.replace(self._folder / f"{name}.h5")
        number = max((number for number, _, _ in _known(self._folder)), default=0) + 1
        told = {"number": number, "sha256": digest, "written": datetime.now(UTC).isoformat()}
        write_json(self._folder / f"{name}.json", told)

    def _last(self) -> Path:
        for _, name, digest in _known(self._folder):
            path = self._folder / f"{name}.h5"
            if path.is_file() and _digest(path) == digest:
                return path
            told = "it is not whole; the one before is taken"
            print(f"warning: {path}: {told}", file=sys.stderr, flush=True)
        remedy = "Run the case from its beginning."
        raise InputError(self._folder, "", "there is no checkpoint that is whole", remedy)


def has_checkpoint(directory: Path) -> bool:
    """Whether a run directory has a checkpoint, whole or not; for one rank."""
    return bool(_known(directory / FOLDER))


def _known(folder: Path) -> list[tuple[int, str, str]]:
    """Number, name and checksum of each checkpoint, the last one first."""
    found = []
    for path in folder.glob("[12].json"):
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            found.append((int(told["number"]), path.stem, str(told["sha256"])))
        except (ValueError, KeyError, OSError):
            continue
    return sorted(found, reverse=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
