"""The directory `fields`, and the XDMF files that open it in ParaView.

`mesh.h5` has the arrays of `OutputMesh`, names as attributes. Each state has a file of its own,
`000000.h5` and so on, with `/{point,cell,interface}/NAME` and the attributes `time` [s] and
`label`. The data set names are safe for every reader; the attribute `name` of each holds the name
with its unit. `fields.h5` links them all: `/mesh` and `/steps/000000`.

Files are written aside and renamed: one that is there is whole, whenever a run is killed.
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
_MESH, _ALL = "mesh.h5", "fields.h5"


@dataclass(frozen=True)
class _State:
    time: float
    body: xdmf.Grid
    interface: xdmf.Grid | None


class FieldWriter:
    """Appends states.

    Args:
        directory: The directory of the fields, made if it is not there.
        mesh: The mesh that they live on.
        count: How many states of those that are there stay; later ones go.
    """

    def __init__(self, directory: Path, mesh: OutputMesh, count: int = 0):
        directory.mkdir(exist_ok=True)
        self._directory, self._mesh = directory, mesh
        with _replaced(directory / _MESH) as file:
            for name in MESH_NAMES:
                file.attrs[name] = list(getattr(mesh, name)) or h5py.Empty("S1")
            self._mesh_items = {
                name: _store(file, _MESH, name, getattr(mesh, name)) for name in MESH_ARRAYS
            }
        self._body_grid = self._grid(
            "points", "cells", {"Phase": "cell_phase", "Body": "cell_body"}
        )
        self._interface_grid = self._grid(
            "interface_points", "interface_facets", {"Interface": "interface_pair"}
        )
        beside = xdmf.mesh_text(_moved(self._body_grid, f"{directory.name}/"))
        replace_text(directory.parent / "mesh.xdmf", beside)
        for path in state_files(directory)[count:]:
            path.unlink()
        self._states = [self._found(number) for number in range(count)]
        self._link()

    @property
    def count(self) -> int:
        """How many states there are."""
        return len(self._states)

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
        name = _file(len(self._states))
        with _replaced(self._directory / name) as file:
            file.attrs["time"] = float(time)
            file.attrs["label"] = label
            attributes = {
                place: _store_fields(file.create_group(place), name, named)
                for place, named in stored.items()
            }
        self._states.append(self._state(float(time), attributes))
        self._link()

    def _found(self, number: int) -> _State:
        """A state that is there."""
        with open_fields(self._directory / _file(number)) as file:
            attributes = {
                place: tuple(
                    xdmf.Attribute(str(d.attrs["name"]), _CENTRES[place], _item(d, _file(number)))
                    for d in group.values()
                )
                for place, group in file.items()
            }
            return self._state(float(file.attrs["time"]), attributes)

    def _state(self, time: float, attributes: Mapping[str, tuple[xdmf.Attribute, ...]]) -> _State:
        body = _with(self._body_grid, attributes.get("point", ()) + attributes.get("cell", ()))
        interface = None
        if self._mesh.sizes["interface"]:
            interface = _with(self._interface_grid, attributes.get("interface", ()))
        return _State(time, body, interface)

    def _link(self) -> None:
        """Let all that is there be found by one name."""
        with _replaced(self._directory / _ALL) as file:
            file["mesh"] = h5py.ExternalLink(_MESH, "/")
            steps = file.create_group("steps")
            for number in range(len(self._states)):
                name = _file(number)
                steps[Path(name).stem] = h5py.ExternalLink(name, "/")
        bodies = xdmf.series_text((state.time, state.body) for state in self._states)
        replace_text(self._directory / "fields.xdmf", bodies)
        facets = [(state.time, state.interface) for state in self._states if state.interface]
        if facets:
            replace_text(self._directory / "interface.xdmf", xdmf.series_text(facets))

    def _grid(self, points: str, simplices: str, integers: dict[str, str]) -> xdmf.Grid:
        attributes = (
            xdmf.Attribute(name, "Cell", self._mesh_items[array])
            for name, array in integers.items()
        )
        return xdmf.Grid(self._mesh_items[points], self._mesh_items[simplices], tuple(attributes))


def mesh_file(directory: Path) -> Path:
    """The file of the mesh in the directory of fields."""
    return directory / _MESH


def state_files(directory: Path) -> list[Path]:
    """The files of all states in the directory of fields, in order."""
    return sorted(directory.glob("[0-9]*.h5"))


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


_CENTRES = {"point": "Node", "cell": "Cell", "interface": "Cell"}


def _file(number: int) -> str:
    """Name of the file of a state."""
    return f"{number:06d}.h5"


@contextmanager
def _replaced(path: Path) -> Iterator[h5py.File]:
    """A file that takes its place once it is whole."""
    aside = path.with_name(f".{path.name}.part")
    try:
        with write_fields_file(aside, "w") as file:
            yield file
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _store_fields(
    group: h5py.Group, file: str, named: Mapping[str, np.ndarray]
) -> tuple[xdmf.Attribute, ...]:
    attributes = []
    for name, values in named.items():
        item = _store(group, file, _safe(name), values)
        group[_safe(name)].attrs["name"] = name
        attributes.append(xdmf.Attribute(name, _CENTRES[group.name.strip("/")], item))
    return tuple(attributes)


def _store(group: h5py.Group, file: str, name: str, values: np.ndarray) -> xdmf.Item:
    if values.dtype.kind in "iu":
        values = values.astype(np.int32)  # enough for 2e9 points, and every reader knows it
    # An empty array cannot be cut into chunks.
    packing = {"compression": "gzip", "compression_opts": 1, "shuffle": True} if values.size else {}
    return _item(group.create_dataset(name, data=values, **packing), file)


def _item(data: h5py.Dataset, file: str) -> xdmf.Item:
    """Where a reader of XDMF finds an array."""
    number = "Int" if data.dtype.kind == "i" else "Float"
    return xdmf.Item(f"{file}:{data.name}", data.shape, number, data.dtype.itemsize)


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
