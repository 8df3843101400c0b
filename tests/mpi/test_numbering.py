"""Values are named by the vertices of the mesh as it was made, alike on any number of ranks."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI
from tests.mpi.test_domain import BONDED, boxes

from ecmcell.domain import gather
from ecmcell.domain.domain import Domain
from ecmcell.domain.numbering import rows_of

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def spaces(domain: Domain) -> list[fem.FunctionSpace]:
    """Of each kind of function that a cell has, on each body and on what lies between."""
    found = [domain.skeleton]
    for region in domain.bodies.values():
        shape = (domain.dim,)
        found += [region.scalars, region.displacements, region.constants(shape)]
        found += [region.cellwise(shape), region.cell_constants]
    return found


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("quadratic", [(), ("active",)])
def test_keys_are_the_vertices_that_were_given(
    comm: MPI.Comm, dim: int, quadratic: tuple[str, ...]
) -> None:
    """Nodes lie on the vertices, the middle of the edges or in the cells that their keys name."""
    mesh = boxes(dim)
    made = mesh if comm.rank == 0 else None
    domain = Domain(made, comm, bonded=BONDED, debonding=["active"], quadratic=quadratic)
    for space in spaces(domain):
        at = space.tabulate_dof_coordinates()
        known, owned = np.zeros(len(at), dtype=int), 0
        for rows in rows_of(space):
            corners = mesh.points[rows.keys]
            place = at[rows.dofs][..., :dim]
            if rows.dofs.shape == rows.keys.shape:
                assert np.allclose(place, corners, atol=1e-12)
            else:
                assert np.allclose(place[:, 0], corners.mean(axis=1), atol=1e-12)
            assert (np.diff(rows.keys, axis=1) > 0).all()
            known[rows.dofs] += 1
            owned += rows.is_owned.sum() * rows.dofs.shape[1]
            every = comm.allgather(rows.keys[rows.is_owned])
            together = np.concatenate(every)
            assert len(np.unique(together, axis=0)) == len(together)  # each is owned once
        assert (known == 1).all()
        assert owned == space.dofmap.index_map.size_local


def test_what_is_gathered_is_in_one_order(comm: MPI.Comm) -> None:
    """Nodes, cells and facets as one rank alone has them."""
    mesh = boxes(3)
    every = Domain(mesh if comm.rank == 0 else None, comm, bonded=BONDED, debonding=["active"])
    alone = Domain(mesh, MPI.COMM_SELF, bonded=BONDED, debonding=["active"])
    for name, region in every.bodies.items():
        other = alone.bodies[name]
        points = [gather.gather_points(r) for r in (region, other)]
        assert comm.rank > 0 or np.allclose(*points, atol=1e-12)
        cells = [gather.gather_cells(r) for r in (region, other)]
        assert comm.rank > 0 or np.array_equal(*cells)
        grain = gather.gather_cell_values(region, every.cell_grain[region.parents])
        expected = gather.gather_cell_values(other, alone.cell_grain[other.parents])
        assert comm.rank > 0 or np.array_equal(grain, expected)
        nodes = [gather.gather_nodes(placed(r.vectors)) for r in (region, other)]
        assert comm.rank > 0 or np.allclose(*nodes, atol=1e-12)
    for face, same in zip(every.interfaces, alone.interfaces, strict=True):
        pairs = [(every, face), (alone, same)]
        regions = [domain.bodies[f.near.body] for domain, f in pairs]
        both = list(zip(pairs, regions, strict=True))
        found = [gather.gather_face_nodes(*pair, region) for pair, region in both]
        assert comm.rank > 0 or np.array_equal(*found)
        found = [
            gather.gather_face_values(*pair, region, placed(region.scalars))
            for pair, region in both
        ]
        assert comm.rank > 0 or np.allclose(*found, atol=1e-12)
        found = [
            gather.gather_skeleton_values(*pair, region, placed(pair[0].skeleton))
            for pair, region in both
        ]
        assert comm.rank > 0 or np.allclose(*found, atol=1e-12)


def placed(space: fem.FunctionSpace) -> fem.Function:
    """A number of its own at each place."""
    function = fem.Function(space)
    values = space.tabulate_dof_coordinates() @ [1.0, 10.0, 100.0]
    function.x.array.reshape(-1, space.dofmap.index_map_bs)[:] = values[:, None]
    return function
