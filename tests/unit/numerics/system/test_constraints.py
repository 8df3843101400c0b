"""Unknowns that share one value."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from bench import bench, solid_case
from ecmcell.numerics import linear
from ecmcell.numerics.newton import Newton
from ecmcell.numerics.system.constraints import ALONE, TiedSystem
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def test_a_perfect_conductor_has_one_potential(comm: MPI.Comm) -> None:
    """Between 0 at x = 0 and 1 at x = 6 um what lies from 2 to 4 um falls by nothing."""
    found = bench(solid_case(), layers(2, {"solid": 6.0}, [6]), comm)
    domain = found.domain
    (subdomain,), (region,) = domain.subdomains, domain.bodies.values()
    potential = fem.Function(region.scalars)
    x = region.scalars.tabulate_dof_coordinates()[:, 0]
    ends = [domain.boundary_nodes(region, [tag]) for tag in ("anode", "collector")]
    potential.x.array[ends[1]] = 1.0
    conductor = (x > 1.9) & (x < 4.1)
    test = ufl.TestFunction(region.scalars)
    residual = ufl.inner(ufl.grad(potential), ufl.grad(test)) * domain.dx(subdomain)
    groups = np.where(conductor, 0, ALONE)
    system = TiedSystem(domain, [potential], [residual], [np.concatenate(ends)], [groups], 1)
    assert system.unknowns == 7 * 3 - 9 + 1
    Newton(system, linear.LinearSolver(system, linear.DIRECT), 1e-12, 5).solve(1.0)
    exact = np.where(conductor, 0.5, np.where(x < 3.0, 0.25 * x, 1.0 - 0.25 * (6.0 - x)))
    assert potential.x.array == pytest.approx(exact, abs=1e-10)
