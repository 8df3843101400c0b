"""Cells that a straight line or a disc touches, and sizes of cells."""

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.domain import compat
from ecmcell.domain.domain import synchronise_marks
from ecmcell.domain.region import Region
from ecmcell.microstructure.mesh.simplices import edge_lengths

# Barycentric coordinate down to which a point lies in a cell.
_ROUNDING = 1e-9

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Touch = Callable[[Floats], Marks]
"""Which simplices, shape (m, dim + 1, dim), something touches."""


def cell_sizes(region: Region) -> Floats:
    """Edge of the regular simplex as large as each local cell, um."""
    mesh = region.mesh
    points = mesh.geometry.x[:, : mesh.geometry.dim]
    return edge_lengths(points, compat.cell_nodes(mesh).astype(np.int64))


def nodes_of(region: Region, touches: Touch, own: Marks) -> Marks:
    """Which local nodes belong to cells that are touched; collective.

    Args:
        region: Where to look.
        touches: Which cells are.
        own: Which local cells of the region count.
    """
    mesh, marker = region.mesh, fem.Function(region.scalars)
    corners = mesh.geometry.x[compat.cell_nodes(mesh), : mesh.geometry.dim]
    cells = np.flatnonzero(touches(corners) & own)
    marker.x.array[region.scalars.dofmap.list[cells].ravel()] = 1.0
    synchronise_marks(marker)
    return np.asarray(marker.x.array > 0.0)


def line(begin: Floats, end: Floats) -> Touch:
    """What a straight line touches.

    Args:
        begin: Where the line begins, um.
        end: Where it ends, um.
    """
    return partial(_passed, begin=begin, end=end)


def disc(centre: Floats, normal: Floats, radius: float) -> Touch:
    """What a flat disc in space touches.

    Args:
        centre: Its centre, um.
        normal: The direction across it, of unit length.
        radius: Its radius, um.
    """
    return partial(_cut, centre=centre, normal=normal, radius=radius)


def _passed(corners: Floats, begin: Floats, end: Floats) -> Marks:
    """Which simplices, shape (m, dim + 1, dim), a line meets: where all coordinates are positive.

    The barycentric coordinates of a point that goes along the line change at constant rates.
    """
    edges = (corners[:, 1:] - corners[:, :1]).transpose(0, 2, 1)
    first, last = (_barycentric(edges, point - corners[:, 0]) for point in (begin, end))
    rate, missing = last - first, -_ROUNDING - first
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = missing / rate  # fraction of the line at which a coordinate passes zero
    enters = np.where(rate > 0.0, reached, 0.0).max(axis=1, initial=0.0)
    leaves = np.where(rate < 0.0, reached, 1.0).min(axis=1, initial=1.0)
    beside = ((rate == 0.0) & (missing > 0.0)).any(axis=1)
    return np.asarray((enters <= leaves) & ~beside)


def _barycentric(edges: Floats, points: Floats) -> Floats:
    """Barycentric coordinates of a point in each simplex, shape (m, dim + 1)."""
    others = np.linalg.solve(edges, points[..., None])[..., 0]
    return np.column_stack([1.0 - others.sum(axis=1), others])


def _cut(corners: Floats, centre: Floats, normal: Floats, radius: float) -> Marks:
    """Which simplices, shape (m, 4, 3), a disc meets: their section by its plane comes that near.

    The section is convex: lines between the points where the plane cuts edges cover its rim, and
    the centre may lie within it.
    """
    height = (corners - centre) @ normal
    rounding = _ROUNDING * np.ptp(corners, axis=1).max(axis=1, initial=0.0)
    found = (height.min(axis=1) <= rounding) & (height.max(axis=1) >= -rounding)
    height, corners = height[found], corners[found] - centre
    points = []
    for a, b in combinations(range(4), 2):
        with np.errstate(divide="ignore", invalid="ignore"):
            fraction = height[:, a] / (height[:, a] - height[:, b])
        meets = (fraction >= -_ROUNDING) & (fraction <= 1.0 + _ROUNDING)
        fraction = np.where(meets, fraction, np.nan)[:, None]
        points.append(corners[:, a] + fraction * (corners[:, b] - corners[:, a]))
    nearest: Floats = np.full(len(height), np.inf)
    for begin, end in combinations(points, 2):
        nearest = np.fmin(nearest, _distance(begin, end))
    for k in range(4):  # a corner in the plane may be all there is
        flat = np.abs(height[:, k]) <= rounding[found]
        nearest = np.where(flat, np.fmin(nearest, np.linalg.norm(corners[:, k], axis=1)), nearest)
    within = _passed(corners, np.zeros(3), np.zeros(3))
    near = np.zeros(len(found), dtype=bool)
    near[found] = (nearest <= radius) | within
    return near


def _distance(begin: Floats, end: Floats) -> Floats:
    """How far from the origin each line between two points passes, shape (m,)."""
    along = end - begin
    square = np.einsum("ij,ij->i", along, along)
    with np.errstate(divide="ignore", invalid="ignore"):
        fraction = np.clip(-np.einsum("ij,ij->i", begin, along) / square, 0.0, 1.0)
    fraction = np.where(square > 0.0, fraction, 0.0)
    return np.asarray(np.linalg.norm(begin + fraction[:, None] * along, axis=1))
