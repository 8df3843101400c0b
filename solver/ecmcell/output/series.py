"""Tables that grow: `series.csv` by every accepted time step, `cycles.csv` by every cycle."""

import csv
import errno
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ecmcell.errors import InputError


class SeriesWriter:
    """Appends lines to a table whose columns are those of the first line.

    Args:
        path: The table.
        size: How many bytes of what is there stay; it begins anew with none.

    Raises:
        OSError: If there are fewer, or none can be cut off.
    """

    def __init__(self, path: Path, size: int = 0):
        self._path = path
        self._columns: tuple[str, ...] = ()
        if size:
            self._cut(size)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._path.stat().st_size if self._columns else 0

    def append(self, row: Mapping[str, float | str]) -> None:
        """Write one line and flush it; numbers keep every digit they have.

        Raises:
            ValueError: If the columns are not those of the first line.
        """
        if not self._columns:
            self._columns = tuple(row)
            self._write(self._columns, mode="w")
        if set(row) != set(self._columns):
            odd = sorted(set(row) ^ set(self._columns))
            raise ValueError(
                f"{self._path.name}: columns missing or added since the first line: {odd}"
            )
        self._write([_text(row[name]) for name in self._columns], mode="a")

    def _cut(self, size: int) -> None:
        with self._path.open("r+b") as file:
            if file.seek(0, os.SEEK_END) < size:
                raise OSError(errno.EIO, "lines are missing", str(self._path))
            file.truncate(size)
        with self._path.open(encoding="utf-8", newline="") as text:
            self._columns = tuple(next(csv.reader(text)))

    def _write(self, values: object, mode: str) -> None:
        with self._path.open(mode, encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(values)  # type: ignore[arg-type]


def _text(value: float | str) -> str:
    """The shortest text that reads back as the same number."""
    if isinstance(value, str):
        return value
    return repr(value.item() if isinstance(value, np.generic) else value)


def read_series(path: Path) -> dict[str, np.ndarray]:
    """Read a table that was written line by line.

    Returns:
        Every column by name: floats, or strings where a value is not a number.
        A last line that was cut off is left out.

    Raises:
        InputError: If the file is missing or empty.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
    except OSError as error:
        raise InputError(path, "", error.strerror, "Give the directory of a run.") from error
    if not lines:
        raise InputError(path, "", "the file is empty", "Run the case again.")
    columns, rows = lines[0], [line for line in lines[1:] if len(line) == len(lines[0])]
    return {name: _column([row[k] for row in rows]) for k, name in enumerate(columns)}


def _column(texts: list[str]) -> np.ndarray:
    try:
        return np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return np.array(texts)
