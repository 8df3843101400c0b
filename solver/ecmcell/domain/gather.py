"""Brings fields to rank 0 for output, in one order that is the same on any number of ranks.

Nodes are in the order that their vertices have in the mesh as it was made, cells and facets in that
of their nodes. All functions are collective; what they return is complete on rank 0 and empty
elsewhere.
"""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx import mesh as dmesh
from mpi4py import MPI

from ecmcell.domain import compat
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import FacetSet
from ecmcell.domain.numbering import rows_of
from ecmcell.domain.region import Region


@dataclass(frozen=True)
class _Nodes:
    """The order of the nodes of a mesh, on rank 0.

    Attributes:
        order: Numbers of the nodes in DOLFINx, in order.
        place: Where each of them is in that order.
    """

    order: npt.NDArray[np.intp]
    place: npt.NDArray[np.intp]


_known: WeakKeyDictionary[dmesh.Mesh, _Nodes] = WeakKeyDictionary()


def gather_nodes(function: fem.Function) -> npt.NDArray[np.float64]:
    """Values of a linear function at the nodes, shape (nodes,) or (nodes, components)."""
    space = function.function_space
    size = space.dofmap.index_map_bs
    owned = function.x.array[: space.dofmap.index_map.size_local * size].copy()
    values = _joined(space.mesh.comm, owned).reshape(-1, size)[_nodes(space).order]
    return values if size > 1 else values.ravel()


def gather_points(region: Region) -> npt.NDArray[np.float64]:
    """Coordinates of the nodes of a region, shape (nodes, 3)."""
    space = region.scalars
    owned = space.tabulate_dof_coordinates()[: space.dofmap.index_map.size_local]
    return _joined(region.mesh.comm, owned)[_nodes(space).order]


def gather_cells(region: Region) -> npt.NDArray[np.int64]:
    """Nodes of each cell of a region, shape (cells, dim + 1)."""
    nodes = _cell_nodes(region)
    return nodes[_row_order(nodes)]


def gather_cell_values(region: Region, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Values of the owned cells of a region in the order of `gather_cells`.

    Args:
        region: The region.
        values: One row for each local cell; rows of ghosts are dropped.
    """
    owned = region.mesh.topology.index_map(region.mesh.topology.dim).size_local
    return _joined(region.mesh.comm, values[:owned])[_row_order(_cell_nodes(region))]


def _cell_nodes(region: Region) -> npt.NDArray[np.int64]:
    """Nodes of each cell as ranks have them."""
    dofmap = region.scalars.dofmap
    owned = region.mesh.topology.index_map(region.mesh.topology.dim).size_local
    return _numbers(region, dofmap.list[:owned])


def gather_node_map(part_of: Region, whole: Region) -> npt.NDArray[np.int64]:
    """For each node of a region, in order, its number in a larger region."""
    owned = part_of.scalars.dofmap.index_map.size_local
    nodes = node_map(part_of, whole)[:owned, None]
    return _numbers(whole, nodes)[_nodes(part_of.scalars).order, 0]


def node_map(part_of: Region, whole: Region) -> npt.NDArray[np.int32]:
    """For each local node of a region, ghosts included, its local number in a larger region."""
    inner, outer = part_of.scalars.dofmap, whole.scalars.dofmap
    cell_of_parent = {int(parent): i for i, parent in enumerate(whole.parents)}
    cells = np.array([cell_of_parent[int(p)] for p in part_of.parents], dtype=np.int64)
    nodes = np.zeros(inner.index_map.size_local + inner.index_map.num_ghosts, dtype=np.int32)
    nodes[inner.list[: len(cells)].ravel()] = outer.list[cells].ravel()
    return nodes


def gather_face_nodes(domain: Domain, face: FacetSet, region: Region) -> npt.NDArray[np.int64]:
    """Nodes of a region on all facets of a contact or boundary tag, shape (facets, dim)."""
    nodes = _numbers(region, _face_nodes(domain, face, region))
    return nodes[_row_order(nodes)]


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
    order = _row_order(_numbers(region, nodes))
    return _joined(domain.comm, function.x.array[nodes].mean(axis=1))[order]


def gather_skeleton_values(
    domain: Domain, face: FacetSet, region: Region, function: fem.Function
) -> npt.NDArray[np.float64]:
    """Means of a function of the skeleton over facets, in the order of `gather_face_nodes`."""
    dofs = function.function_space.dofmap.list[domain.skeleton_cells(face)]
    order = _row_order(_numbers(region, _face_nodes(domain, face, region)))
    return _joined(domain.comm, function.x.array[dofs].mean(axis=1))[order]


def _face_nodes(domain: Domain, face: FacetSet, region: Region) -> npt.NDArray[np.int32]:
    """Local nodes of a region on each of some facets that this rank owns, shape (k, dim)."""
    side = 0 if face.near in region.subdomains else 2
    closure = np.array(compat.element_dofs_on_facets(region.scalars), dtype=np.int64)
    local_cell = np.full(len(domain.cell_subdomain), -1, dtype=np.int64)
    local_cell[region.parents] = np.arange(len(region.parents))
    cells = local_cell[face.facets[:, side]]
    nodes = region.scalars.dofmap.list[cells]
    return np.take_along_axis(nodes, closure[face.facets[:, side + 1]], axis=1)


def _nodes(space: fem.FunctionSpace) -> _Nodes:
    """The order of the nodes of linear functions."""
    if space.mesh not in _known:
        (rows,) = rows_of(space)
        keys = np.zeros(len(rows.dofs), dtype=np.int64)
        keys[rows.dofs[:, 0]] = rows.keys[:, 0]
        order = np.argsort(_joined(space.mesh.comm, keys[: space.dofmap.index_map.size_local]))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        _known[space.mesh] = _Nodes(order, place)
    return _known[space.mesh]


def _numbers(region: Region, nodes: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Rows of local nodes of all ranks, in the numbers that nodes have in order."""
    space = region.scalars
    local = space.dofmap.index_map.local_to_global(nodes.ravel().astype(np.int32))
    gathered = _joined(region.mesh.comm, local.reshape(nodes.shape))
    place = _nodes(space).place
    return place[gathered] if len(place) else gathered


def _row_order(nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """The order of rows of nodes by the nodes of each."""
    return np.lexsort(np.sort(nodes, axis=1).T[::-1])


def _joined(comm: MPI.Comm, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    gathered = comm.gather(values)
    return np.concatenate(gathered) if gathered is not None else values[:0]
