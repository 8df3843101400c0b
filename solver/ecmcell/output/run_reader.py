"""A run directory read back."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from packaging.version import Version

from ecmcell.errors import InputError
from ecmcell.output.fields import (
    MESH_ARRAYS,
    MESH_NAMES,
    mesh_file,
    open_fields,
    state_files,
)
from ecmcell.output.mesh import OutputMesh
from ecmcell.output.series import read_series

_OLDEST = Version("0.2.0")  # whose columns have the present names


@dataclass(frozen=True)
class StoredFields:
    """The fields of one stored state, by name with unit.

    Vectors have three components; tensors have nine, row by row: xx, xy, xz, yx, ...

    Attributes:
        time: Time in s.
        label: What the state is, in words.
        point: Fields on points, NaN where a phase has none.
        cell: Fields on cells.
        interface: Fields on interface facets.
    """

    time: float
    label: str
    point: dict[str, np.ndarray]
    cell: dict[str, np.ndarray]
    interface: dict[str, np.ndarray]


class StoredRun:
    """What is in a run directory; parts are read when asked for.

    Raises:
        InputError: If the directory holds no run, or one of a version with other names.
    """

    def __init__(self, directory: Path):
        self.directory = Path(directory)
        if not self.directory.is_dir():
            raise InputError(directory, "", "there is no such directory", "Give a run directory.")
        if not (self.directory / "provenance.json").is_file():
            raise InputError(
                directory,
                "",
                "this is not a run: it has no provenance.json",
                "Give a directory that `ecmcell run` wrote.",
            )
        self._check_version()

    @cached_property
    def series(self) -> dict[str, np.ndarray]:
        """Columns of `series.csv`; empty before the first step."""
        return self._table("series.csv")

    @cached_property
    def cycles(self) -> dict[str, np.ndarray]:
        """Columns of `cycles.csv`; empty before the end of the first cycle."""
        return self._table("cycles.csv")

    @cached_property
    def hotspots(self) -> dict[str, np.ndarray]:
        """Columns of `hotspots.csv`; empty where no electrode has any."""
        return self._table("hotspots.csv")

    @cached_property
    def summary(self) -> dict[str, object]:
        """`summary.json`; empty while the run goes on."""
        return self._json("summary.json")

    @cached_property
    def provenance(self) -> dict[str, object]:
        """`provenance.json`."""
        return self._json("provenance.json")

    @cached_property
    def case_text(self) -> str:
        """The resolved `case.toml`, or nothing."""
        path = self.directory / "case.toml"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    @cached_property
    def mesh(self) -> OutputMesh | None:
        """The mesh, if fields were written."""
        path = mesh_file(self._fields)
        if not path.is_file():
            return None
        with open_fields(path) as file:
            parts: dict[str, Any] = {name: file[name][()] for name in MESH_ARRAYS}
            parts.update((name, _names(file.attrs[name])) for name in MESH_NAMES)
        return OutputMesh(**parts)

    @cached_property
    def states(self) -> tuple[tuple[float, str], ...]:
        """Time in s and label of every stored state."""
        found = []
        for path in state_files(self._fields):
            with open_fields(path) as file:
                found.append((float(file.attrs["time"]), str(file.attrs["label"])))
        return tuple(found)

    def fields(self, state: int) -> StoredFields:
        """Read the fields of a stored state, numbered as in `states`."""
        with open_fields(state_files(self._fields)[state]) as file:
            places = {
                place: {d.attrs["name"]: d[()] for d in file[place].values()}
                if place in file
                else {}
                for place in ("point", "cell", "interface")
            }
        time, label = self.states[state]
        return StoredFields(time, label, **places)

    def field(self, state: int, place: str, name: str) -> np.ndarray | None:
        """One field of a stored state; None if it was not stored.

        Args:
            state: Number of the state in `states`.
            place: `point`, `cell` or `interface`.
            name: Name with unit.
        """
        with open_fields(state_files(self._fields)[state]) as file:
            stored = file.get(place, {})
            found = (data for data in stored.values() if data.attrs["name"] == name)
            data = next(found, None)
            return None if data is None else data[()]

    def _check_version(self) -> None:
        versions = self.provenance.get("versions")
        written = versions.get("ecmcell") if isinstance(versions, dict) else None
        if written is not None and Version(str(written)) < _OLDEST:
            given = f"written by ecmcell {written}, whose columns have other names"
            raise InputError(self.directory, "", given, "Run the case again.")

    @property
    def _fields(self) -> Path:
        return self.directory / "fields"

    def _table(self, name: str) -> dict[str, np.ndarray]:
        path = self.directory / name
        return read_series(path) if path.is_file() else {}

    def _json(self, name: str) -> dict[str, object]:
        path = self.directory / name
        if not path.is_file():
            return {}
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:  # no JSON, or no text
            raise InputError(path, "", f"no JSON: {error}", "Run the case again.") from error
        return content if isinstance(content, dict) else {}


def _names(stored: Any) -> tuple[str, ...]:
    return () if isinstance(stored, h5py.Empty) else tuple(str(name) for name in stored)
