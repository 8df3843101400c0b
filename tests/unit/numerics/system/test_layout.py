"""How several fields share one vector."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from bench import bench, solid_case
from ecmcell.numerics.system.layout import Layout
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


class Pair:
    """A number and a vector at each node of a body of 12 um2, the number fixed at the anode."""

    def __init__(self, comm: MPI.Comm):
        self.bench = found = bench(solid_case(), layers(2, {"solid": 6.0}, [6]), comm)
        (region,) = found.domain.bodies.values()
        self.number, self.vector = fem.Function(region.scalars), fem.Function(region.vectors)
        fixed = found.domain.boundary_nodes(region, ["anode"])
        self.is_fixed = fem.Function(region.scalars)
        self.is_fixed.x.array[fixed] = 1.0
        self.layout = Layout([self.number, self.vector], [fixed, np.zeros(0, dtype=np.int32)])
        self.common = PETSc.Vec().createMPI((self.layout.offsets[-1], None), comm=comm)


def test_places_follow_each_other(comm: MPI.Comm) -> None:
    pair = Pair(comm)
    (first, second), nodes = pair.layout.spans(), pair.number.function_space.dofmap.index_map
    assert first == (0, nodes.size_local)
    assert second == (nodes.size_local, 3 * nodes.size_local)
    assert comm.allreduce(len(pair.layout.fixed)) == 3  # nodes of an end of two boxes


def test_fields_move_by_what_was_read_but_for_what_is_fixed(comm: MPI.Comm) -> None:
    """Also at the copies of nodes that another rank owns."""
    pair = Pair(comm)
    pair.number.x.array[:], pair.vector.x.array[:] = 2.0, 5.0
    pair.layout.read(pair.common)
    pair.layout.add(pair.common, 0.5)
    expected = np.where(pair.is_fixed.x.array == 1.0, 2.0, 3.0)
    assert np.array_equal(pair.number.x.array, expected)
    assert (pair.vector.x.array == 7.5).all()


def test_forms_are_summed_over_ranks(comm: MPI.Comm) -> None:
    """The volume, but for what is fixed; no form is a zero."""
    pair = Pair(comm)
    domain = pair.bench.domain
    (subdomain,) = domain.subdomains
    test = ufl.TestFunction(pair.vector.function_space)
    form = domain.compile(test[0] * domain.dx(subdomain))
    pair.common.set(1.0)
    pair.layout.assemble([None, form], pair.common)
    assert pair.common.sum() == pytest.approx(12.0, rel=1e-12)
    test = ufl.TestFunction(pair.number.function_space)
    pair.layout.assemble([domain.compile(test * domain.dx(subdomain)), None], pair.common)
    assert 0.9 * 12.0 < pair.common.sum() < 12.0
    assert not pair.common.array_r[pair.layout.fixed].any()
