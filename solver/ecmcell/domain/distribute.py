"""Sends a mesh from rank 0 to all ranks and carries its grain and boundary tag labels along."""

import os

import basix.ufl
import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import mesh as dmesh
from mpi4py import MPI

from ecmcell.domain import compat
from ecmcell.microstructure.mesh.meshdata import MeshData

# Several threads of Scotch cut a mesh otherwise every time.
os.environ.setdefault("SCOTCH_PTHREAD_NUMBER", "1")


def distribute(
    data: MeshData | None, comm: MPI.Comm
) -> tuple[dmesh.Mesh, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Distribute a mesh with its cells' grains and its exterior facets' boundary tags.

    The same mesh is cut alike every time.

    Args:
        data: The mesh on rank 0, None elsewhere.
        comm: All ranks.

    Returns:
        The mesh; the grain of each local cell, ghosts included; the boundary tag index of each
        local facet, -1 where a facet has none.
    """
    dim = comm.bcast(data.dim if data is not None else None)
    if data is not None:
        cells, points = data.cells, data.points
    else:
        cells, points = np.zeros((0, dim + 1), dtype=np.int64), np.zeros((0, dim))
    shape = "triangle" if dim == 2 else "tetrahedron"
    element = ufl.Mesh(basix.ufl.element("Lagrange", shape, 1, shape=(dim,)))
    mesh = compat.create_mesh(comm, cells, points, element)

    topology = mesh.topology
    topology.create_entities(dim - 1)
    topology.create_connectivity(dim - 1, dim)
    topology.create_connectivity(dim, dim - 1)
    topology.create_connectivity(dim - 1, 0)

    cell_grain = comm.bcast(data.cell_grain if data is not None else None)
    cell_grain = cell_grain[topology.original_cell_index].astype(np.int32)

    facets, tags = comm.bcast((data.facets, data.facet_tag) if data is not None else None)
    return mesh, cell_grain, _facet_tags(mesh, facets, tags)


def _facet_tags(
    mesh: dmesh.Mesh, facets: npt.NDArray[np.int64], tags: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Boundary tag of each local facet, found by the input numbers of its vertices."""
    fdim = mesh.topology.dim - 1
    index_map = mesh.topology.index_map(fdim)
    local = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
    found = np.full(len(local), -1, dtype=np.int32)
    if len(local) == 0 or len(facets) == 0:
        return found
    nodes = dmesh.entities_to_geometry(mesh, fdim, local)
    keys = np.sort(mesh.geometry.input_global_indices[nodes], axis=1)
    wanted = map(tuple, np.sort(facets, axis=1))
    known = {facet: int(tag) for facet, tag in zip(wanted, tags, strict=True)}
    outer = dmesh.exterior_facet_indices(mesh.topology)
    # Exterior facets of ghost cells are not listed above, and nothing is integrated over them.
    for facet in outer:
        found[facet] = known.get(tuple(keys[facet]), -1)
    return found
