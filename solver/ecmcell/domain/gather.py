"""Brings fields to rank 0 for output, in one numbering over all ranks.

All functions are collective; what they return is complete on rank 0 and empty elsewhere.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from mpi4py import MPI

from ecmcell.domain import compat
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import FacetSet
from ecmcell.domain.region import Region


def gather_nodes(function: fem.Function) -> npt.NDArray[np.float64]:
    """Nodal values in global order, shape (nodes,) or (nodes, components)."""
    dofmap = function.function_space.dofmap
    size = dofmap.index_map_bs
    owned = function.x.array[: dofmap.index_map.size_local * size].copy()
    values = _joined(function.function_space.mesh.comm, owned)
    return values.reshape(-1, size) if size > 1 else values


def gather_points(region: Region) -> npt.NDArray[np.float64]:
    """Coordinates of the nodes of a region in global order, shape (nodes, 3)."""
    space = region.scalars
    owned = space.tabulate_dof_coordinates()[: space.dofmap.index_map.size_local]
    return _joined(region.mesh.comm, owned)


def gather_cells(region: Region) -> npt.NDArray[np.int64]:
    """Global nodes of each cell of a region, shape (cells, dim + 1)."""
    dofmap = region.scalars.dofmap
    owned = region.mesh.topology.index_map(region.mesh.topology.dim).size_local
    nodes = dofmap.list[:owned]
    local = dofmap.index_map.local_to_global(nodes.ravel().astype(np.int32))
    return _joined(region.mesh.comm, local.reshape(nodes.shape))


def gather_cell_values(region: Region, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Values of the owned cells of a region in the order of `gather_cells`.

    Args:
        region: The region.
        values: One row for each local cell; rows of ghosts are dropped.
    """
    owned = region.mesh.topology.index_map(region.mesh.topology.dim).size_local
    return _joined(region.mesh.comm, values[:owned])


def gather_node_map(part_of: Region, whole: Region) -> npt.NDArray[np.int64]:
    """For each node of a region, in global order, its number in a larger region."""
    owned = part_of.scalars.dofmap.index_map.size_local
    nodes = node_map(part_of, whole)[:owned]
    return _joined(part_of.mesh.comm, whole.scalars.dofmap.index_map.local_to_global(nodes))


def node_map(part_of: Region, whole: Region) -> npt.NDArray[np.int32]:
    """For each local node of a region, ghosts included, its local number in a larger region."""
    inner, outer = part_of.scalars.dofmap, whole.scalars.dofmap
    cell_of_parent = {int(parent): i for i, parent in enumerate(whole.parents)}
    cells = np.array([cell_of_parent[int(p)] for p in part_of.parents], dtype=np.int64)
    nodes = np.zeros(inner.index_map.size_local + inner.index_map.num_ghosts, dtype=np.int32)
    nodes[inner.list[: len(cells)].ravel()] = outer.list[cells].ravel()
    return nodes


def gather_face_nodes(domain: Domain, face: FacetSet, region: Region) -> npt.NDArray[np.int64]:
    """Global nodes of a region on all facets of a contact or boundary tag, shape (facets, dim)."""
    nodes = _face_nodes(domain, face, region)
    index_map = region.scalars.dofmap.index_map
    numbers = index_map.local_to_global(nodes.ravel().astype(np.int32)).reshape(nodes.shape)
    return _joined(domain.comm, numbers)


def gather_face_values(
    domain: Domain, face: FacetSet, region: Region, function: fem.Function
) -> npt.NDArray[np.float64]:
    """Means over the facets of a contact or boundary tag in the order of `gather_face_nodes`.

    Args:
        domain: The domain.
        face: The facets.
        region: Region on one side of them.
        function: A linear function of that region.
    """
    nodes = _face_nodes(domain, face, region)
    return _joined(domain.comm, function.x.array[nodes].mean(axis=1))


def gather_skeleton_values(
    domain: Domain, face: FacetSet, function: fem.Function
) -> npt.NDArray[np.float64]:
    """Means of a function of the skeleton over facets, in the order of `gather_face_nodes`."""
    dofs = function.function_space.dofmap.list[domain.skeleton_cells(face)]
    return _joined(domain.comm, function.x.array[dofs].mean(axis=1))


def _face_nodes(domain: Domain, face: FacetSet, region: Region) -> npt.NDArray[np.int32]:
    """Local nodes of a region on each of some facets that this rank owns, shape (k, dim)."""
    side = 0 if face.near in region.subdomains else 2
    closure = np.array(compat.element_dofs_on_facets(region.scalars), dtype=np.int64)
    local_cell = np.full(len(domain.cell_subdomain), -1, dtype=np.int64)
    local_cell[region.parents] = np.arange(len(region.parents))
    cells = local_cell[face.facets[:, side]]
    nodes = region.scalars.dofmap.list[cells]
    return np.take_along_axis(nodes, closure[face.facets[:, side + 1]], axis=1)


def _joined(comm: MPI.Comm, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    gathered = comm.gather(values)
    return np.concatenate(gathered) if gathered is not None else values[:0]
