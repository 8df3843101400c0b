"""The damage of interfaces as a group of fields."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from bench import bench, solid_case
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.processes.interfaces.softening import Softening
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def test_damage_is_what_the_displacements_do(comm: MPI.Comm) -> None:
    """Found at once, without linear solves, between that of the start and one."""
    found = bench(solid_case(), layers(2, {"solid": 4.0}, [2]), comm)
    damage = fem.Function(found.domain.skeleton)
    done = [0.25]
    softening = Softening(damage, lambda: np.full_like(damage.x.array, done[0]))
    for value in (0.25, 0.75):
        done[0] = value
        assert softening.solve() == SolverStatistics()
        assert (damage.x.array == value).all()
    ((lower,), (upper,)) = softening.lower, softening.upper
    assert not lower.x.array.any() and (upper.x.array == 1.0).all()
    assert softening.layout.fields == [damage] and len(softening.layout.fixed) == 0
