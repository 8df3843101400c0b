"""Values are named by the vertices of the mesh as it was made, alike on any number of ranks."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI
from tests.mpi.test_domain import BONDED, boxes

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
