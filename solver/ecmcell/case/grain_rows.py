"""Which row of a table is that of which grain: by number, or by place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ecmcell.case.faults import Fault

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_SHOWN = 5  # grains that a message names


@dataclass(frozen=True)
class RowsByNumber:
    """Rows that tell the number of their grain.

    Attributes:
        grains: The numbers, shape (n,).

    Raises:
        Fault: If they are no whole numbers, or one is there twice.
    """

    grains: Floats

    def __post_init__(self) -> None:
        """Whether they can be numbers of grains."""
        broken = self.grains[(self.grains % 1.0 != 0.0) | (self.grains < 0.0)]
        if len(broken):
            raise Fault(f"a row for grain {broken[0]:.10g}", "Give whole numbers, from 0.")
        numbers, times = np.unique(self.grains, return_counts=True)
        if (times > 1).any():
            twice = numbers[times > 1][0]
            raise Fault(f"several rows for grain {twice:.10g}", "Give one row for each grain.")

    def rows_of(self, grains: Integers, centroids: Floats) -> Integers:
        """Row of each of some grains, shape (k,).

        Args:
            grains: Numbers of the grains, shape (k,).
            centroids: Centroids of all grains of the mesh in um, shape (count, dim).

        Raises:
            Fault: One has none, or a row is for no grain of the mesh.
        """
        count = len(centroids)
        beyond = self.grains[self.grains >= count]
        if len(beyond):
            remedy = f"The mesh has {count} grains, numbered from 0 to {count - 1}."
            raise Fault(f"a row for grain {beyond[0]:.10g}, which is not in the mesh", remedy)
        row = np.full(count, -1)
        row[self.grains.astype(np.int64)] = np.arange(len(self.grains))
        missing = grains[row[grains] < 0]
        if len(missing):
            named = ", ".join(map(str, missing[:_SHOWN])) + ", ..." * (len(missing) > _SHOWN)
            said = f"no row for {len(missing)} of {len(grains)} grains of the phase: {named}"
            raise Fault(said, "Add it; grains of all phases are numbered together, from 0.")
        return row[grains]


@dataclass(frozen=True)
class RowsByPlace:
    """Rows that tell where they are from; a grain takes the one nearest to its centroid.

    Attributes:
        points: Coordinates in um, shape (n, 2) or (n, 3).
    """

    points: Floats

    def rows_of(self, grains: Integers, centroids: Floats) -> Integers:
        """Row of each of some grains, as of `RowsByNumber`.

        Raises:
            Fault: Two of them would take the same, or the rows lie in a plane and grains in space.
        """
        dim = centroids.shape[1]
        if self.points.shape[1] < dim:
            raise Fault(f"no column z, but the mesh has {dim} coordinates", "Add it, in um.")
        _, row = cKDTree(self.points[:, :dim]).query(centroids[grains])
        _, first, which = np.unique(row, return_index=True, return_inverse=True)
        second = np.flatnonzero(first[which] != np.arange(len(row)))
        if len(second):
            pair = grains[[first[which[second[0]]], second[0]]]
            named = " and ".join(f"grain {grain} at {_point(centroids[grain])}" for grain in pair)
            at = _point(self.points[row[second[0]], :dim])
            said = f"one row, at {at}, that is the nearest to both {named}"
            raise Fault(said, "Give a row near the centroid of each grain, in um.")
        return np.asarray(row)


def _point(coordinates: Floats) -> str:
    return f"({', '.join(f'{value:.4g}' for value in coordinates)}) um"
