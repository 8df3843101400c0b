"""Cells that a straight line passes, and sizes of cells."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem, geometry
from mpi4py import MPI

from ecmcell.domain import compat
from ecmcell.domain.domain import Region, share_marks
from ecmcell.microstructure.topology import edge_lengths

# Points along a line, each cell size.
_DENSITY = 8.0


def cell_sizes(region: Region) -> npt.NDArray[np.float64]:
    """Edge of the regular simplex as large as each local cell, um."""
    mesh = region.mesh
    points = mesh.geometry.x[:, : mesh.geometry.dim]
    return edge_lengths(points, compat.cell_nodes(mesh).astype(np.int64))


def nodes_along(
    region: Region,
    begin: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    own: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Which local nodes belong to cells that a straight line passes; collective.

    Args:
        region: Where to look.
        begin: Where the line begins, um.
        end: Where it ends, um.
        own: Which local cells of the region count.
    """
    marker = fem.Function(region.scalars)
    sizes = cell_sizes(region)
    smallest = region.mesh.comm.allreduce(sizes.min(initial=np.inf), op=MPI.MIN)
    count = int(np.ceil(_DENSITY * np.linalg.norm(end - begin) / smallest)) + 2
    points = np.zeros((count, 3))
    points[:, : len(begin)] = begin + np.linspace(0.0, 1.0, count)[:, None] * (end - begin)
    if len(sizes):
        tree = geometry.bb_tree(region.mesh, region.mesh.topology.dim)
        near = geometry.compute_collisions_points(tree, points)
        cells = np.unique(geometry.compute_colliding_cells(region.mesh, near, points).array)
        marker.x.array[region.scalars.dofmap.list[cells[own[cells]]].ravel()] = 1.0
    share_marks(marker)
    return np.asarray(marker.x.array > 0.0)
