"""Groups of cells and facets in a mesh from a file, and what they are called in a case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ecmcell.case.faults import Fault, toml
from ecmcell.microstructure.mesh.facets import unique_rows
from ecmcell.microstructure.mesh.topology import TAGS

Integers = npt.NDArray[np.int64]

GroupNames = Mapping[str, int | str | Sequence[int | str]]
"""Groups of a file, by number or name, that are a phase or have a boundary tag."""

SIMPLICES = {"vertex": 0, "line": 1, "triangle": 2, "tetra": 3}
"""Cells that are understood, by their dimension."""


@dataclass(frozen=True)
class Group:
    """A group of a file.

    Attributes:
        dim: Dimension of its cells.
        name: Its name; "" if it has a number only.
        number: Its number, which groups of another dimension may share; None if it has none.
        members: Places of its cells among all of their dimension, in the order of the file.
    """

    dim: int
    name: str
    number: int | None
    members: Integers

    def is_meant_by(self, given: int | str) -> bool:
        """Whether it is called so."""
        return given == (self.name if isinstance(given, str) else self.number)

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.name or str(self.number)


def named_groups(mesh: Any, dim: int, names: GroupNames) -> list[Group]:
    """Groups of the cells and facets of a mesh as meshio gives it, by phase or boundary tag.

    Args:
        mesh: The mesh.
        dim: Dimension of its cells.
        names: What the case says of its groups: boundary tags of facets, phases of cells.

    Raises:
        Fault: The case names a group that is not there, or one of them twice.
    """
    groups = [group for group in _groups(mesh) if group.dim in (dim, dim - 1)]
    taken: dict[int, str] = {}
    for name, given in names.items():
        own = dim - 1 if name in TAGS else dim
        for one in [given] if isinstance(given, int | str) else given:
            found = [k for k, g in enumerate(groups) if g.dim == own and g.is_meant_by(one)]
            if not found:
                known = ", ".join(g.label for g in groups if g.dim == own) or "none"
                what = "facets" if name in TAGS else "cells"
                given_, remedy = f"no {what} are in a group {toml(one)}", f"There are {known}."
                raise Fault(given_, remedy, ["mesh", "groups", name])
            for k in found:
                if taken.setdefault(k, name) != name:
                    given_ = f"the group {toml(one)} is {taken[k]} already"
                    raise Fault(given_, "Give each group once.", ["mesh", "groups", name])
    named = [replace(group, name=taken.get(k, group.name)) for k, group in enumerate(groups)]
    return [group for group in named if group.name]


def labelled(mesh: Any, dim: int, groups: Sequence[Group], what: str) -> tuple[Integers, Integers]:
    """Each cell of a dimension once, and the place of its group among some.

    Args:
        mesh: The mesh as meshio gives it.
        dim: Dimension of the cells.
        groups: Groups of this dimension; those of different names exclude each other.
        what: The cells in plural, for messages.

    Returns:
        Vertices of the cells, shape (m, dim + 1), and a number each, -1 for cells in no group.

    Raises:
        Fault: Two groups share cells.
    """
    cells = np.concatenate(
        [np.empty((0, dim + 1), dtype=np.int64)]
        + [np.asarray(b.data, dtype=np.int64) for b in mesh.cells if SIMPLICES[b.type] == dim]
    )
    if not len(cells):
        return cells, np.empty(0, dtype=np.int64)
    first, same, _ = unique_rows(np.sort(cells, axis=1))  # some formats repeat a cell for a group
    label = np.full(len(first), -1)
    for number, group in enumerate(groups):
        own = np.unique(same[group.members])
        for other in np.unique(label[own][label[own] >= 0]):
            if groups[other].name != group.name:
                count = np.count_nonzero(label[own] == other)
                given = f"the groups {groups[other].name} and {group.name} share {count} {what}"
                raise Fault(given, "Let no two groups overlap.")
        label[own] = number
    order = np.argsort(first)
    return cells[first[order]], label[order]


def _groups(mesh: Any) -> list[Group]:
    """All groups, those of one name and dimension joined."""
    sets = list(_sets(mesh))
    there = {(group.name, group.dim) for group in sets}
    return sets + [g for g in _by_number(mesh) if (g.name, g.dim) not in there]


def _by_number(mesh: Any) -> Iterable[Group]:
    """Groups that are told by a number of each cell; one number only, whatever the file had."""
    numbers = _numbers(mesh)
    if numbers is None:
        return
    named = {(int(d), int(n)): name for name, (n, d) in mesh.field_data.items()}
    dims = [SIMPLICES[block.type] for block in mesh.cells]
    for dim in sorted(set(dims)):
        own = np.concatenate([n for n, d in zip(numbers, dims, strict=True) if d == dim])
        for number in np.unique(own).tolist():
            name = named.get((dim, number), "")
            yield Group(dim, name, number, np.flatnonzero(own == number))


def _sets(mesh: Any) -> Iterable[Group]:
    """Groups that are told by the cells that belong to them."""
    dims = np.array([SIMPLICES[block.type] for block in mesh.cells])
    sizes = np.array([len(block.data) for block in mesh.cells])
    for name, members in mesh.cell_sets.items():
        if ":" in name:
            continue  # how meshio notes its own
        entry = mesh.field_data.get(name)
        for dim in np.unique(dims):
            blocks = np.flatnonzero(dims == dim)
            start = np.cumsum([0, *sizes[blocks]])
            own = [
                np.asarray(members[block], dtype=np.int64) + at
                for block, at in zip(blocks, start, strict=False)
                if members[block] is not None
            ]
            found = np.concatenate([np.empty(0, dtype=np.int64), *own])
            if len(found):
                yield Group(int(dim), name, None if entry is None else int(entry[0]), found)


def _numbers(mesh: Any) -> Any:
    """Numbers of the groups of each block, of the first cell data that are whole numbers."""
    for name in sorted(mesh.cell_data, key=lambda name: name != "gmsh:physical"):
        data = mesh.cell_data[name]
        if all(np.issubdtype(np.asarray(own).dtype, np.integer) for own in data):
            return data
    return None
