"""The directory a simulation writes; used on rank 0 only."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ecmcell import __version__
from ecmcell.errors import InputError
from ecmcell.output.fields import FieldWriter
from ecmcell.output.inputs import FOLDER, copy_inputs
from ecmcell.output.lock import contents
from ecmcell.output.mesh import OutputMesh
from ecmcell.output.provenance import digest, provenance
from ecmcell.output.series import SeriesWriter
from ecmcell.output.text_files import replace_text, write_json

_SIGN = "ecmcell"  # in the first line of log.txt; tells a run from a directory of the user
_TABLES = _SERIES, _CYCLES, _HOTSPOTS = "series.csv", "cycles.csv", "hotspots.csv"
_STATES = "states"
_PRODUCTS = (
    "case.toml",
    FOLDER,
    "provenance.json",
    *_TABLES,
    "summary.json",
    "mesh.xdmf",
    "fields",
    "checkpoint",
    "figures",
    "report.html",
    "opening.gif",
    "log.txt",
)


class RunDirectory:
    """Creates a run directory, where an earlier run gives way, or goes on in one.

    Args:
        path: Directory to create.
        place: Where to go on, as `place` told it; from the beginning if not given.

    Raises:
        InputError: If the directory cannot be written, or holds something that is not a run, or
            less than it held there.
    """

    def __init__(self, path: Path | str, place: Mapping[str, int] | None = None):
        self.path = Path(path)
        self._fields: FieldWriter | None = None
        self._copies: dict[Path, Path] = {}
        if place is None:
            _clear(self.path)
            replace_text(self.path / "log.txt", _stamped(f"{_SIGN} {__version__}"))
        place = place or {}
        self._state_count = place.get(_STATES, 0)
        try:
            self._tables = {
                name: SeriesWriter(self.path / name, place.get(name, 0)) for name in _TABLES
            }
        except OSError as error:
            given = f"it does not hold what it held at its checkpoint: {error.strerror}"
            raise InputError(error.filename, "", given, "Run the case again.") from error

    @property
    def place(self) -> dict[str, int]:
        """How far it is written: bytes of each table, and the number of states."""
        count = self._state_count if self._fields is None else self._fields.count
        return {name: table.size for name, table in self._tables.items()} | {_STATES: count}

    def keep(self, groups: Iterable[Sequence[Path]]) -> dict[Path, Path]:
        """Copy the files that the run is made from; see `copy_inputs`."""
        self._copies = copy_inputs(groups, self.path)
        return self._copies

    def write_case(self, text: str) -> None:
        """Write the resolved case."""
        replace_text(self.path / "case.toml", text)

    def write_provenance(self, extra: Mapping[str, object]) -> None:
        """Write versions, code, machine, command and hashes, with `extra` merged in.

        A table in `extra` adds to the table of the same name.
        """
        content = provenance()
        names = ["case.toml", *(copy.as_posix() for copy in self._copies.values())]
        there = [name for name in names if (self.path / name).is_file()]
        content["inputs"] = {name: digest(self.path / name) for name in there}
        content["copied from"] = {copy.as_posix(): file for file, copy in self._copies.items()}
        for key, value in extra.items():
            old = content.get(key)
            both = isinstance(old, dict) and isinstance(value, Mapping)
            content[key] = {**old, **value} if both else value  # type: ignore[dict-item]
        write_json(self.path / "provenance.json", content)

    def add_leg(self, leg: Mapping[str, object]) -> None:
        """Note in the provenance who goes on, and with what; the summary of before is no more.

        Args:
            leg: What is known of it beside versions, code, machine and command.
        """
        place = self.path / "provenance.json"
        content = json.loads(place.read_text(encoding="utf-8"))
        content.setdefault("legs", []).append(provenance() | dict(leg))
        write_json(place, content)
        (self.path / "summary.json").unlink(missing_ok=True)

    def write_mesh(self, mesh: OutputMesh) -> None:
        """Write the mesh; comes before `write_fields`."""
        self._fields = FieldWriter(self.path / "fields", mesh, self._state_count)

    def write_step(self, row: Mapping[str, float | str]) -> None:
        """Append a line to `series.csv`; every line has the columns of the first.

        Raises:
            ValueError: If the columns differ.
        """
        self._tables[_SERIES].append(row)

    def write_cycle(self, row: Mapping[str, float | str]) -> None:
        """Append a line to `cycles.csv`; every line has the columns of the first.

        Raises:
            ValueError: If the columns differ.
        """
        self._tables[_CYCLES].append(row)

    def write_hotspots(self, row: Mapping[str, float | str]) -> None:
        """Append a line to `hotspots.csv`; every line has the columns of the first.

        Raises:
            ValueError: If the columns differ.
        """
        self._tables[_HOTSPOTS].append(row)

    def write_fields(
        self,
        time: float,
        label: str,
        point: Mapping[str, np.ndarray],
        cell: Mapping[str, np.ndarray],
        interface: Mapping[str, np.ndarray],
    ) -> None:
        """Append the fields of a state.

        Args:
            time: Time in s.
            label: What the state is, such as `Charge at C/5 until 4.2 V: end`.
            point: Fields on points, by name with unit; NaN where a phase has none. Vectors have
                shape (count, dim), tensors (count, 3, 3).
            cell: Fields on cells.
            interface: Fields on interface facets.

        Raises:
            ValueError: If there is no mesh yet or an array does not fit it.
        """
        if self._fields is None:
            raise ValueError("write_mesh comes before write_fields")
        self._fields.append(time, label, {"point": point, "cell": cell, "interface": interface})

    def write_summary(self, summary: Mapping[str, object]) -> None:
        """Write or replace `summary.json`."""
        write_json(self.path / "summary.json", summary)

    def log(self, text: str) -> None:
        """Append a line with the date to `log.txt`."""
        with (self.path / "log.txt").open("a", encoding="utf-8") as file:
            file.write(_stamped(text))


def _stamped(text: str) -> str:
    return f"{datetime.now(UTC).isoformat(timespec='seconds')} {text}\n"


def _clear(path: Path) -> None:
    """Make a directory without products of an earlier run; touch nothing that no run wrote."""
    remedy = "Give another directory with --output."
    try:
        path.mkdir(parents=True, exist_ok=True)
        found = contents(path)
        if found and not is_run(path):
            raise InputError(path, "", f"the directory holds {found[0]} and no run", remedy)
        for product in (path / name for name in _PRODUCTS):
            if product.is_dir() and not product.is_symlink():
                shutil.rmtree(product)
            else:
                product.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(path, "", error.strerror or error, remedy) from error


def is_run(path: Path) -> bool:
    """Whether a directory is one that a run wrote, or has begun to."""
    log = path / "log.txt"
    return log.is_file() and _SIGN in log.read_text(encoding="utf-8").split("\n", 1)[0]
