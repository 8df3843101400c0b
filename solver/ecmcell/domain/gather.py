"""Brings fields to rank 0 for output, in a numbering that does not depend on how ranks share them."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.domain import compat
from ecmcell.domain.domain import Contact, Domain, Region


def gather_nodes(function: fem.Function) -> npt.NDArray[np.float64] | None:
    """Nodal values in global order on rank 0, shape (nodes,) or (nodes, components); else None."""
    dofmap = function.function_space.dofmap
    size = dofmap.index_map_bs
    owned = function.x.array[: dofmap.index_map.size_local * size].copy()
    gathered = function.function_space.mesh.comm.gather(owned)
    if gathered is None:
        return None
    values = np.concatenate(gathered)
    return values.reshape(-1, size) if size > 1 else values


def gather_points(region: Region) -> npt.NDArray[np.float64] | None:
    """Coordinates of the nodes of a region in global order on rank 0, shape (nodes, 3)."""
    space = region.scalars
    owned = space.tabulate_dof_coordinates()[: space.dofmap.index_map.size_local]
    gathered = region.mesh.comm.gather(owned)
    return None if gathered is None else np.concatenate(gathered)


def gather_cells(region: Region) -> npt.NDArray[np.int64] | None:
    """Global nodes of each cell of a region on rank 0, shape (cells, dim + 1)."""
    dofmap = region.scalars.dofmap
    owned = region.mesh.topology.index_map(region.mesh.topology.dim).size_local
    nodes = dofmap.list[:owned]
    local = dofmap.index_map.local_to_global(nodes.ravel().astype(np.int32))
    gathered = region.mesh.comm.gather(local.reshape(nodes.shape))
    return None if gathered is None else np.concatenate(gathered)


def gather_cell_values(
    region: Region, values: npt.NDArray[np.generic]
) -> npt.NDArray[np.generic] | None:
    """Values of the owned cells of a region on rank 0, in the order of `gather_cells`.

    Args:
        region: The region.
        values: One row for each local cell; rows of ghosts are dropped.
    """
    owned = region.mesh.topology.index_map(region.mesh.topology.dim).size_local
    gathered = region.mesh.comm.gather(values[:owned])
    return None if gathered is None else np.concatenate(gathered)


def gather_node_map(part_of: Region, whole: Region) -> npt.NDArray[np.int64] | None:
    """For each node of a region, in global order on rank 0, its global number in a larger region."""
    inner, outer = part_of.scalars.dofmap, whole.scalars.dofmap
    cell_of_parent = {int(parent): i for i, parent in enumerate(whole.parents)}
    cells = np.array([cell_of_parent[int(p)] for p in part_of.parents], dtype=np.int64)
    local = np.full(inner.index_map.size_local + inner.index_map.num_ghosts, -1, dtype=np.int64)
    if len(cells):
        numbers = outer.index_map.local_to_global(outer.list[cells].ravel().astype(np.int32))
        local[inner.list[: len(cells)].ravel()] = numbers
    gathered = part_of.mesh.comm.gather(local[: inner.index_map.size_local])
    return None if gathered is None else np.concatenate(gathered)


def gather_contact_nodes(
    domain: Domain, contact: Contact, region: Region
) -> npt.NDArray[np.int64] | None:
    """Global nodes of a region on all facets of a contact on rank 0, shape (facets, dim)."""
    nodes = _contact_nodes(domain, contact, region)
    index_map = region.scalars.dofmap.index_map
    numbers = index_map.local_to_global(nodes.ravel().astype(np.int32)).reshape(nodes.shape)
    gathered = domain.comm.gather(numbers)
    return None if gathered is None else np.concatenate(gathered)


def gather_contact_values(
    domain: Domain, contact: Contact, region: Region, function: fem.Function
) -> npt.NDArray[np.float64] | None:
    """Means over the facets of a contact on rank 0, in the order of `gather_contact_nodes`.

    Args:
        domain: The domain.
        contact: The contact.
        region: Region on one side of it.
        function: A linear function of that region.
    """
    nodes = _contact_nodes(domain, contact, region)
    gathered = domain.comm.gather(function.x.array[nodes].mean(axis=1))
    return None if gathered is None else np.concatenate(gathered)


def _contact_nodes(domain: Domain, contact: Contact, region: Region) -> npt.NDArray[np.int32]:
    """Local nodes of a region on each facet of a contact that this rank owns, shape (k, dim)."""
    side = 0 if contact.plus in region.parts else 2
    closure = np.array(compat.element_dofs_on_facets(region.scalars), dtype=np.int64)
    local_cell = np.full(len(domain.cell_part), -1, dtype=np.int64)
    local_cell[region.parents] = np.arange(len(region.parents))
    cells = local_cell[contact.facets[:, side]]
    nodes = region.scalars.dofmap.list[cells]
    return np.take_along_axis(nodes, closure[contact.facets[:, side + 1]], axis=1)
