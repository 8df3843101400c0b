"""Every facet of a simplex mesh once, with the cells on both sides of it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecmcell.case.faults import Fault

Integers = npt.NDArray[np.int64]


class MeshingError(Fault):
    """A mesh could not be made, or is not one that can be computed on."""

    def __init__(self, given: str):
        super().__init__(
            given, "Try other sizes, or another seed where chance has a part.", ["size"]
        )


@dataclass(frozen=True)
class Facets:
    """Every facet of a mesh once.

    Attributes:
        vertices: Shape (k, dim), ascending along each row.
        cells: The one or two cells of each facet, shape (k, 2); -1 where there is no second.
    """

    vertices: Integers
    cells: Integers

    @property
    def boundary(self) -> npt.NDArray[np.bool_]:
        """Which facets have one cell only, shape (k,)."""
        return self.cells[:, 1] < 0

    def rows_of(self, vertices: Integers) -> Integers:
        """Rows of exterior facets by their vertices, shape (k, dim), in any order."""
        rows = np.flatnonzero(self.boundary)
        row_of = dict(zip(map(tuple, self.vertices[rows]), rows, strict=True))
        return np.array([row_of[tuple(facet)] for facet in np.sort(vertices, axis=1)], np.int64)


def facets_of(cells: Integers) -> Facets:
    """The facets of the cells, shape (m, dim + 1)."""
    number, corners = cells.shape
    faces = np.sort(
        np.concatenate([cells[:, [k for k in range(corners) if k != j]] for j in range(corners)]),
        axis=1,
    )
    first_row, facet, count = unique_rows(faces)
    vertices = faces[first_row]
    if count.max() > 2:
        raise MeshingError("a facet has more than two cells")
    order = np.argsort(facet.ravel(), kind="stable")
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    owner = np.tile(np.arange(number), corners)[order]
    pairs = np.full((len(vertices), 2), -1, dtype=np.int64)
    pairs[:, 0] = owner[first]
    pairs[count == 2, 1] = owner[first[count == 2] + 1]
    return Facets(vertices, pairs)


def unique_rows(rows: Integers) -> tuple[Integers, Integers, Integers]:
    """A row for each value in ascending order, the value of each row, and how often each occurs."""
    width = int(rows.max()) + 1
    if width ** rows.shape[1] < 2**63:  # one number a row sorts several times faster
        keys = rows[:, 0]
        for column in rows.T[1:]:
            keys = keys * width + column
        return np.unique(keys, return_index=True, return_inverse=True, return_counts=True)[1:]
    return np.unique(rows, axis=0, return_index=True, return_inverse=True, return_counts=True)[1:]
