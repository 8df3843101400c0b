"""Cells that a straight line passes, and sizes of cells."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.domain import compat
from ecmcell.domain.domain import Region, share_marks
from ecmcell.microstructure.topology import edge_lengths

# Barycentric coordinate down to which a point lies in a cell.
_ROUNDING = 1e-9

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]


def cell_sizes(region: Region) -> Floats:
    """Edge of the regular simplex as large as each local cell, um."""
    mesh = region.mesh
    points = mesh.geometry.x[:, : mesh.geometry.dim]
    return edge_lengths(points, compat.cell_nodes(mesh).astype(np.int64))


def nodes_along(region: Region, begin: Floats, end: Floats, own: Marks) -> Marks:
    """Which local nodes belong to cells that a straight line passes or touches; collective.

    Args:
        region: Where to look.
        begin: Where the line begins, um.
        end: Where it ends, um.
        own: Which local cells of the region count.
    """
    mesh, marker = region.mesh, fem.Function(region.scalars)
    corners = mesh.geometry.x[compat.cell_nodes(mesh), : mesh.geometry.dim]
    cells = np.flatnonzero(_passed(corners, begin, end) & own)
    marker.x.array[region.scalars.dofmap.list[cells].ravel()] = 1.0
    share_marks(marker)
    return np.asarray(marker.x.array > 0.0)


def _passed(corners: Floats, begin: Floats, end: Floats) -> Marks:
    """Which simplices, shape (m, dim + 1, dim), a line meets: where all coordinates are positive.

    The barycentric coordinates of a point that goes along the line change at constant rates.
    """
    edges = (corners[:, 1:] - corners[:, :1]).transpose(0, 2, 1)
    first, last = (_barycentric(edges, point - corners[:, 0]) for point in (begin, end))
    rate, missing = last - first, -_ROUNDING - first
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = missing / rate  # share of the line at which a coordinate passes zero
    enters = np.where(rate > 0.0, reached, 0.0).max(axis=1, initial=0.0)
    leaves = np.where(rate < 0.0, reached, 1.0).min(axis=1, initial=1.0)
    beside = ((rate == 0.0) & (missing > 0.0)).any(axis=1)
    return np.asarray((enters <= leaves) & ~beside)


def _barycentric(edges: Floats, points: Floats) -> Floats:
    """Barycentric coordinates of a point in each simplex, shape (m, dim + 1)."""
    others = np.linalg.solve(edges, points[..., None])[..., 0]
    return np.column_stack([1.0 - others.sum(axis=1), others])
