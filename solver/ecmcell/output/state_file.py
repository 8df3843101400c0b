"""A file of fields and numbers that any number of ranks can read again.

Every call is collective; rank 0 alone touches the file, and holds one rank's part of one field at a
time. Values lie beside the vertices that they belong to, by their numbers in the mesh as it was
made.

Layout: `/spaces/N/{vertices,edges,cells}` with those numbers, `/fields/NAME/{vertices,edges,cells}`
with the values and the attribute `space`, `/numbers/NAME`, and the attribute `notes`, a JSON text.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from dolfinx import fem
from mpi4py import MPI

from ecmcell.domain.numbering import Rows, rows_of
from ecmcell.errors import InputError
from ecmcell.output.fields import open_fields, write_fields_file
from ecmcell.parallel import kept_on_root, on_root

Array = npt.NDArray[np.float64]
Values = Mapping[str, tuple[fem.FunctionSpace, Array]]
"""Spaces and values on this rank, ghosts included, by name."""
_SLAB = 1 << 18  # rows that are read at a time


def write_state(
    path: Path, comm: MPI.Comm, fields: Values, numbers: Mapping[str, Array], notes: object
) -> None:
    """Write fields, numbers and notes.

    Args:
        path: File to write; an old one is replaced.
        comm: All ranks.
        fields: What functions are on this rank.
        numbers: Alike on all ranks.
        notes: What JSON can hold; that of rank 0 counts.

    Raises:
        OSError: If something could not be written.
    """
    spaces = {id(space): space for space, _ in fields.values()}
    number = {key: str(index) for index, key in enumerate(spaces)}
    rows = {key: rows_of(space) for key, space in spaces.items()}
    with ExitStack() as stack:
        file = kept_on_root(comm, lambda: stack.enter_context(write_fields_file(path, "w")))
        for key, parts in rows.items():
            for part in parts:
                _write(file, comm, f"spaces/{number[key]}/{part.kind}", part.keys[part.is_owned])
        for name, (space, values) in fields.items():
            size = space.dofmap.index_map_bs
            nodes = values.reshape(-1, size)
            for part in rows[id(space)]:
                owned = nodes[part.dofs[part.is_owned]].reshape(-1, part.dofs.shape[1] * size)
                _write(file, comm, f"fields/{name}/{part.kind}", owned)
            if file is not None:
                file[f"fields/{name}"].attrs["space"] = number[id(space)]
        if file is not None:
            file.attrs["notes"] = json.dumps(notes, default=lambda value: value.item())
            for name, value in numbers.items():
                file[f"numbers/{name}"] = value
        on_root(comm, stack.close)  # tells of all that could not be written


def _write(file: h5py.File | None, comm: MPI.Comm, name: str, part: npt.NDArray[Any]) -> None:
    """Write an array of which each rank has some rows, one rank after the other."""
    counts = comm.gather(len(part))
    if file is None or counts is None:
        if len(part):
            comm.Send(np.ascontiguousarray(part), 0)
        return
    data = file.create_dataset(name, (sum(counts), *part.shape[1:]), part.dtype)
    start = 0
    for rank, count in enumerate(counts):
        if rank and count:
            part = np.empty((count, *part.shape[1:]), part.dtype)
            comm.Recv(part, rank)
        if count:
            data[start : start + count] = part
        start += count


class StateReader:
    """Reads what `write_state` has written, on any number of ranks.

    Args:
        path: The file.
        comm: All ranks.

    Attributes:
        path: The file.
        notes: The notes.
        numbers: The numbers, by name.

    Raises:
        InputError: If it is no such file.
    """

    def __init__(self, path: Path, comm: MPI.Comm):
        self.path, self._comm = path, comm
        self._found: dict[tuple[str, int], list[tuple[Rows, npt.NDArray[np.int64]]]] = {}
        self.notes, self.numbers, self._space = on_root(comm, self._contents)

    def _contents(self) -> tuple[Any, dict[str, Array], dict[str, str]]:
        numbers: dict[str, Array] = {}
        spaces: dict[str, str] = {}

        def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
            kind, _, rest = name.partition("/")
            if kind == "numbers" and isinstance(item, h5py.Dataset):
                numbers[rest] = item[()]
            if kind == "fields" and "space" in item.attrs:
                spaces[rest] = str(item.attrs["space"])

        try:
            with open_fields(self.path) as file:
                file.visititems(visit)
                return json.loads(str(file.attrs["notes"])), numbers, spaces
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise InputError(self.path, "", f"it cannot be read: {error}", "") from None

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields."""
        return tuple(self._space)

    def values(self, name: str, space: fem.FunctionSpace) -> Array:
        """Values of a field on this rank, ghosts included.

        Args:
            name: Name of the field.
            space: The space on the same mesh, cut among any number of ranks.

        Raises:
            InputError: If the file does not have it, or it is that of another mesh.
        """
        if name not in self._space:
            raise InputError(self.path, name, "not there", "Use that of the same case.")
        size = space.dofmap.index_map_bs
        index_map = space.dofmap.index_map
        found = np.full((index_map.size_local + index_map.num_ghosts, size), np.nan)
        for rows, row in self._places(self._space[name], space):
            for start, slab in self._slabs(f"fields/{name}/{rows.kind}"):
                here = (row >= start) & (row < start + len(slab))
                values = slab[row[here] - start].reshape(-1, rows.dofs.shape[1], size)
                found[rows.dofs[here]] = values
        return found.ravel()

    def _places(
        self, number: str, space: fem.FunctionSpace
    ) -> list[tuple[Rows, npt.NDArray[np.int64]]]:
        """Rows of a space, and for each of them the row of the file."""
        known = self._found.get((number, id(space)))
        if known is not None:
            return known
        known, missing = [], 0
        for rows in rows_of(space):
            own, order = _sorted(rows.keys)
            row = np.full(len(own), -1, dtype=np.int64)
            for start, slab in self._slabs(f"spaces/{number}/{rows.kind}"):
                keys = _comparable(slab)
                at = np.searchsorted(own, keys)
                at[at == len(own)] = 0
                same = np.flatnonzero(own[at] == keys) if len(own) else np.zeros(0, dtype=np.int64)
                row[order[at[same]]] = start + same
            missing += int((row < 0).sum())
            known.append((rows, row))
        if self._comm.allreduce(missing):
            raise InputError(self.path, "", "it is that of another mesh", "")
        self._found[number, id(space)] = known
        return known

    def _slabs(self, name: str) -> Iterator[tuple[int, npt.NDArray[Any]]]:
        """The rows of an array, so many at a time, each time with the number of the first."""
        count = on_root(self._comm, self._count, name)
        for start in range(0, count, _SLAB):
            yield start, on_root(self._comm, self._slab, name, start)

    def _count(self, name: str) -> int:
        with open_fields(self.path) as file:
            return len(file[name]) if name in file else 0

    def _slab(self, name: str, start: int) -> npt.NDArray[Any]:
        with open_fields(self.path) as file:
            rows: npt.NDArray[Any] = file[name][start : start + _SLAB]
            return rows


def _sorted(keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    comparable = _comparable(keys)
    order = np.argsort(comparable)
    return comparable[order], order


def _comparable(keys: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Keys of several numbers as single values that sort and compare."""
    if keys.shape[1] == 1:
        return keys[:, 0]
    return np.ascontiguousarray(keys).view([(f"{i}", np.int64) for i in range(keys.shape[1])])[:, 0]
