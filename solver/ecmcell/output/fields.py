"""`fields/fields.h5` and the XDMF files that open it in ParaView.

Layout: `/mesh/...` (the arrays of `OutputMesh`, names as attributes) and
`/steps/000000/{point,cell,interface}/NAME` with attributes `time` [s] and `label`. The data set
names are safe for every reader; the attribute `name` of each holds the name with its unit.
"""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ecmcell.output import xdmf
from ecmcell.output.mesh import OutputMesh
from ecmcell.output.text_files import replace_text

MESH_ARRAYS = (
    "points",
    "cells",
    "cell_phase",
    "cell_body",
    "interface_points",
    "interface_facets",
    "interface_pair",
)
MESH_NAMES = ("phase_names", "body_names", "pair_names")


@dataclass(frozen=True)
class _Step:
    time: float
    body: xdmf.Grid
    interface: xdmf.Grid | None


class FieldWriter:
    """Appends fields; the file is opened and closed at every write, for killed runs."""

    def __init__(self, directory: Path, mesh: OutputMesh):
        directory.mkdir(exist_ok=True)
        self._directory = directory
        self._path = directory / "fields.h5"
        self._mesh = mesh
        self._steps: list[_Step] = []
        with write_fields_file(self._path, "w") as file:
            group = file.create_group("mesh")
            for name in MESH_NAMES:
                group.attrs[name] = list(getattr(mesh, name)) or h5py.Empty("S1")
            self._mesh_items = {
                name: _store(group, name, getattr(mesh, name)) for name in MESH_ARRAYS
            }
        self._body_grid = self._grid(
            "points", "cells", {"Phase": "cell_phase", "Body": "cell_body"}
        )
        self._interface_grid = self._grid(
            "interface_points", "interface_facets", {"Interface": "interface_pair"}
        )
        beside = xdmf.mesh_text(_moved(self._body_grid, f"{directory.name}/"))
        replace_text(directory.parent / "mesh.xdmf", beside)

    def append(
        self, time: float, label: str, fields: Mapping[str, Mapping[str, np.ndarray]]
    ) -> None:
        """Write the fields of one state.

        Args:
            time: Time in s.
            label: What the state is, in words.
            fields: By place (`point`, `cell`, `interface`) and name with unit; shape (count,),
                (count, dim) or (count, 3, 3). Vectors are stored with three components, tensors
                with nine, row by row.

        Raises:
            ValueError: If an array does not fit the mesh.
        """
        stored = {
            place: {
                name: _checked(name, values, self._mesh.sizes[place])
                for name, values in named.items()
            }
            for place, named in fields.items()
        }
        with write_fields_file(self._path, "r+") as file:
            group = file.create_group(f"steps/{len(self._steps):06d}")
            group.attrs["time"] = float(time)
            group.attrs["label"] = label
            attributes = {
                place: _store_fields(group.create_group(place), named)
                for place, named in stored.items()
            }
        body = _with(self._body_grid, attributes.get("point", ()) + attributes.get("cell", ()))
        interface = None
        if self._mesh.sizes["interface"]:
            interface = _with(self._interface_grid, attributes.get("interface", ()))
        self._steps.append(_Step(float(time), body, interface))
        self._write_xdmf()

    def _write_xdmf(self) -> None:
        bodies = xdmf.series_text((step.time, step.body) for step in self._steps)
        replace_text(self._directory / "fields.xdmf", bodies)
        facets = [(step.time, step.interface) for step in self._steps if step.interface]
        if facets:
            replace_text(self._directory / "interface.xdmf", xdmf.series_text(facets))

    def _grid(self, points: str, simplices: str, integers: dict[str, str]) -> xdmf.Grid:
        attributes = (
            xdmf.Attribute(name, "Cell", self._mesh_items[array])
            for name, array in integers.items()
        )
        return xdmf.Grid(self._mesh_items[points], self._mesh_items[simplices], tuple(attributes))


def open_fields(path: Path) -> h5py.File:
    """Open to read, without a lock: a viewer must not stop a run; some file systems have none."""
    return h5py.File(path, "r", locking=False)


@contextmanager
def write_fields_file(path: Path, mode: str) -> Iterator[h5py.File]:
    """Open to write, without a lock.

    Raises:
        OSError: If something could not be written, as on a full disk; told when all is closed.
    """
    with _Unfailing(path, f"{mode[0]}b+") as raw:
        with h5py.File(raw, mode) as file:
            yield file
    if raw.error is not None:
        raise OSError(raw.error.errno, raw.error.strerror, str(path))


class _Unfailing(io.FileIO):
    """A file that keeps the error of a write: HDF5 may abort the program after one that failed.

    Attributes:
        error: The first error.
    """

    error: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write all, or note why not."""
        rest = memoryview(data).cast("B")
        try:
            while rest and not self.error:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.error = error
        return len(data)

    def truncate(self, size: int | None = None, /) -> int:
        """Change the length, or note why not."""
        try:
            return super().truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0


def _checked(name: str, values: np.ndarray, count: int) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    if len(values) != count or (values.ndim > 2 and values.shape[1:] != (3, 3)):
        raise ValueError(f"{name} has shape {values.shape}; the mesh has {count} values there")
    if values.ndim == 3:
        return values.reshape(count, 9)
    if values.ndim == 2:
        values = np.pad(values, ((0, 0), (0, 3 - values.shape[1])))
    return values


def _store_fields(group: h5py.Group, named: Mapping[str, np.ndarray]) -> tuple[xdmf.Attribute, ...]:
    centre = "Node" if group.name.endswith("/point") else "Cell"
    attributes = []
    for name, values in named.items():
        item = _store(group, _safe(name), values)
        group[_safe(name)].attrs["name"] = name
        attributes.append(xdmf.Attribute(name, centre, item))
    return tuple(attributes)


def _store(group: h5py.Group, name: str, values: np.ndarray) -> xdmf.Item:
    if values.dtype.kind in "iu":
        values = values.astype(np.int32)  # enough for 2e9 points, and every reader knows it
    # An empty array cannot be cut into chunks.
    packing = {"compression": "gzip", "compression_opts": 1, "shuffle": True} if values.size else {}
    data = group.create_dataset(name, data=values, **packing)
    number = "Int" if values.dtype.kind == "i" else "Float"
    return xdmf.Item(f"fields.h5:{data.name}", values.shape, number, values.dtype.itemsize)


def _safe(name: str) -> str:
    """`Hydrostatic stress [MPa]` as `Hydrostatic_stress_MPa`, which every reader can follow."""
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def _with(grid: xdmf.Grid, attributes: tuple[xdmf.Attribute, ...]) -> xdmf.Grid:
    return xdmf.Grid(grid.points, grid.simplices, grid.attributes + attributes)


def _moved(grid: xdmf.Grid, prefix: str) -> xdmf.Grid:
    """The grid seen from another directory."""

    def move(item: xdmf.Item) -> xdmf.Item:
        return xdmf.Item(prefix + item.place, item.shape, item.number, item.precision)

    attributes = tuple(xdmf.Attribute(a.name, a.centre, move(a.item)) for a in grid.attributes)
    return xdmf.Grid(move(grid.points), move(grid.simplices), attributes)
