"""A mesh sent to all ranks with its labels."""

import numpy as np
import pytest
from dolfinx import mesh as dmesh
from mpi4py import MPI

from ecmcell.domain import compat
from ecmcell.domain.distribute import distribute
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

MESH = layers(2, {"near": 4.0, "far": 2.0}, [4, 2])


def test_labels_go_with_their_cells_and_facets(comm: MPI.Comm) -> None:
    """Each cell has the grain of its place; each tag as many facets over all ranks as before."""
    mesh, grain, tag = distribute(MESH if comm.rank == 0 else None, comm)
    middles = mesh.geometry.x[compat.cell_nodes(mesh)].mean(axis=1)
    phase = np.array(MESH.grain_phase)[grain]
    assert np.array_equal(phase == "near", middles[:, 0] < 4.0)
    cells, facets = (mesh.topology.index_map(dim) for dim in (2, 1))
    assert comm.allreduce(cells.size_local) == len(MESH.cells)
    for index in range(len(MESH.tags)):
        here = np.count_nonzero(tag[: facets.size_local] == index)
        assert comm.allreduce(here) == np.count_nonzero(MESH.facet_tag == index)
    nodes = dmesh.entities_to_geometry(mesh, 1, np.arange(len(tag), dtype=np.int32))
    anode = mesh.geometry.x[nodes[tag == MESH.tags.index("anode")]]
    assert not anode[..., 0].any()
