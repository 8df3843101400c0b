"""Orientations of crystals: by chance, one direction, or a table of angles as EBSD gives it.

Euler angles are those of Bunge 1982, doi:10.1016/C2013-0-11769-2: rotations by phi1 about z, by Phi
about the new x axis and by phi2 about the new z axis take the axes of the sample, which are those
of the mesh, to those of the crystal.
"""

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import (
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
)

from ecmcell.case.faults import Fault, toml
from ecmcell.case.files.csv_columns import read_columns
from ecmcell.case.files.toml_reader import as_written, directory_of
from ecmcell.case.grain_rows import RowsByNumber, RowsByPlace

Floats = npt.NDArray[np.float64]

_GRAIN, _ANGLES, _PLACES = "grain", ("phi1", "Phi", "phi2"), ("x", "y", "z")
_REMEDY = (
    'Give orientation = "random", a direction such as [0, 0, 1], or a CSV file of grains such as '
    '"grains.csv".'
)
_COLUMNS = (
    "Name the columns in the first line: grain, or x, y and z of its centroid in um; "
    "phi1, Phi, phi2 in degrees."
)
_NUMBER = {"type": "number"}
_DIRECTION_SCHEMA = {"type": "array", "prefixItems": 3 * [_NUMBER], "minItems": 3, "maxItems": 3}


@dataclass(frozen=True)
class OrientationTable:
    """Orientations in a file.

    Attributes:
        path: The file.
        rows: Which row is that of which grain.
        angles: phi1, Phi, phi2 of each row in degrees, shape (n, 3).
    """

    path: Path
    rows: RowsByNumber | RowsByPlace = field(compare=False, repr=False)
    angles: Floats = field(compare=False, repr=False)

    def crystal_axes(self, grains: npt.NDArray[np.int64], centroids: Floats) -> Floats:
        """Direction of the crystal axis c of some grains, unit vectors, shape (k, 3).

        It is the third row of the matrix that takes the axes of the sample to those of the crystal.

        Args:
            grains: Numbers of the grains, shape (k,).
            centroids: Centroids of all grains of the mesh in um, shape (count, dim).

        Raises:
            Fault: A grain has no row of its own, or a row is for no grain of the mesh.
        """
        with _named(self.path):
            own = self.rows.rows_of(grains, centroids)
        phi1, phi, _ = np.radians(self.angles[own]).T
        return np.column_stack(
            (np.sin(phi1) * np.sin(phi), -np.cos(phi1) * np.sin(phi), np.cos(phi))
        )


def read_orientations(path: Path) -> OrientationTable:
    """The table in a CSV file; columns that do not count are passed over.

    Args:
        path: The file.

    Raises:
        InputError: If the file cannot be read.
        Fault: If it is no such table.
    """
    with _named(path):
        columns, table = read_columns(path, _chosen)
        where, angles = table[:, : -len(_ANGLES)], table[:, -len(_ANGLES) :]
        by_number = columns[0] == _GRAIN
        rows = RowsByNumber(where[:, 0]) if by_number else RowsByPlace(where)
    return OrientationTable(path.resolve(), rows, angles)


def _chosen(header: Sequence[str]) -> tuple[str, ...]:
    """The columns that count: those that say where, then the angles."""
    places = tuple(column for column in _PLACES if column in header)
    by_number = _GRAIN in header or not places
    needed = (_GRAIN,) if by_number else _PLACES[:2]
    missing = [column for column in (*needed, *_ANGLES) if column not in header]
    if missing:
        said = f"no column {' or '.join(missing)}; its first line is {toml(', '.join(header))}"
        raise Fault(said, _COLUMNS)
    return (*(needed if by_number else places), *_ANGLES)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Faults found within say which file has them."""
    try:
        yield
    except Fault as fault:
        raise Fault(f"{toml(path.name)} has {fault.given}", fault.remedy) from None


def _orientation(given: object, info: ValidationInfo) -> object:
    if given == "random":
        return given
    if isinstance(given, str):
        path = directory_of(info) / given
        if not os.path.isfile(path):  # never raises, unlike Path.is_file
            raise Fault(f"{toml(given)} is not a file", _REMEDY)
        return read_orientations(path)
    if not isinstance(given, list | tuple) or len(given) != 3:
        raise Fault(f"{toml(given)} is not valid", _REMEDY)
    if not all(type(v) in (int, float) and math.isfinite(v) for v in given) or not any(given):
        raise Fault(f"{toml(given)} is no direction", _REMEDY)
    return tuple(float(v) for v in given)


def _written(given: object, info: SerializationInfo) -> object:
    return as_written(given.path, info) if isinstance(given, OrientationTable) else given


Orientation = Annotated[
    Literal["random"] | tuple[float, float, float] | OrientationTable,
    PlainValidator(_orientation),
    PlainSerializer(_written),
    WithJsonSchema({"anyOf": [{"const": "random"}, _DIRECTION_SCHEMA, {"type": "string"}]}),
]
