"""Diffusion in a sphere at constant surface flux and at constant surface concentration."""

from collections.abc import Callable

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI
from scipy.optimize import brentq

from ecmcell.domain.domain import Domain
from ecmcell.domain.gather import gather_nodes, gather_points
from ecmcell.numerics.linear import LinearSolver, transport_options
from ecmcell.numerics.newton import Newton
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.physics.transport import diffusion, storage
from exact import filled, filling
from meshes import concentric
from record import Verify

BOOK = "Crank, The Mathematics of Diffusion, 2nd ed., 1975, eq. "
CORNER = np.array([1.2, 0.0, 0.0])  # centre of the ball, um
pytestmark = pytest.mark.mpi
Profile = Callable[[np.ndarray], np.ndarray]


def profile(radius: np.ndarray, time: float) -> np.ndarray:
    """Rise of concentration in a ball of radius 1, D = 1, flux 1 into it.

    Crank, The Mathematics of Diffusion, 2nd ed., eq. 6.45: 3 t + r^2/2 - 3/10
    - (2/r) sum_n sin(a_n r) exp(-a_n^2 t)/(a_n^2 sin a_n), with a_n cot a_n = 1. What remains
    without the sum is the quasi-steady profile.
    """
    roots = [
        brentq(lambda a: a * np.cos(a) - np.sin(a), n * np.pi, (n + 0.5) * np.pi)
        for n in range(1, 30)
    ]
    r = np.maximum(radius, 1e-9)
    decaying = sum(np.sin(a * r) * np.exp(-(a**2) * time) / (a**2 * np.sin(a)) for a in roots)
    return 3.0 * time + r**2 / 2.0 - 0.3 - 2.0 / r * decaying


class Ball:
    """An octant of a ball of radius 1.

    Args:
        comm: All ranks.
        count: Cells across its radius.
        flux: Flux through its surface; where it is 0, the surface keeps its concentration.
    """

    def __init__(self, comm: MPI.Comm, count: int, flux: float = 1.0):
        data = concentric(3, [1.0, CORNER[0]], [count, 1], ["active", "outside"])
        self.domain = Domain(data if comm.rank == 0 else None, comm)
        (contact,) = self.domain.interfaces
        region = self.region = self.domain.bodies["active"]
        (subdomain,) = region.subdomains
        self.x = fem.Function(region.scalars)
        self.earlier = fem.Function(region.scalars)
        self.step = self.domain.constant(1.0)
        test, one = ufl.TestFunction(region.scalars), self.domain.constant(1.0)
        residual = storage(one, self.x, self.earlier, self.step, test) * self.domain.lumped(
            subdomain
        )
        residual += diffusion(one, one, self.x, test) * self.domain.dx(subdomain)
        entering = self.domain.constant(flux)
        residual -= entering * test(contact.side(subdomain)) * self.domain.dS(contact)
        away = region.scalars.tabulate_dof_coordinates() - CORNER
        self.surface = np.flatnonzero(np.linalg.norm(away, axis=1) > 1.0 - 1e-9).astype(np.int32)
        kept = self.surface if flux == 0.0 else self.surface[:0]
        system = BlockSystem(self.domain, [self.x], [residual], [kept])
        solver = LinearSolver(system, transport_options(3, {"lithium": (0, 1)}))
        self._newton = Newton(system, solver, tolerance=1e-9, largest_count=3)

    def advance(self, step: float, count: int) -> None:
        """Take some time steps."""
        self.step.value = step
        for _ in range(count):
            self.earlier.x.array[:] = self.x.x.array
            self._newton.solve(scale=1.0)

    def values(self) -> tuple[np.ndarray, np.ndarray]:
        """Distance from the centre and concentration at all nodes, on every rank."""
        comm = self.domain.comm
        points, values = comm.bcast((gather_points(self.region), gather_nodes(self.x)))
        return np.linalg.norm(points - CORNER, axis=1), values

    def mean(self) -> float:
        """Mean concentration."""
        (subdomain,) = self.region.subdomains
        return self.domain.integral(
            self.x * self.domain.dx(subdomain)
        ).value / self.domain.subdomain_volume(subdomain)

    def shape_error(self) -> float:
        """Distance of the concentration, less its mean, from r^2/2 - 3/10, in the L2 norm."""
        (subdomain,) = self.region.subdomains
        away = ufl.SpatialCoordinate(self.domain.mesh) - ufl.as_vector(CORNER)
        error = self.x - self.mean() - (ufl.inner(away, away) / 2.0 - 0.3)
        return np.sqrt(self.domain.integral(error**2 * self.domain.dx(subdomain)).value)

    def nodal_error(self, exact: Profile) -> float:
        """Distance of the concentration from the exact one at the nodes, in the L2 norm."""
        (subdomain,) = self.region.subdomains
        error = fem.Function(self.region.scalars)
        away = self.region.scalars.tabulate_dof_coordinates() - CORNER
        error.x.array[:] = self.x.x.array - exact(np.linalg.norm(away, axis=1))
        return np.sqrt(self.domain.integral(error**2 * self.domain.dx(subdomain)).value)


@pytest.mark.reference("Diffusion", BOOK + "6.45")
def test_transient(comm: MPI.Comm, verify: Verify) -> None:
    """Early, when the flux has hardly reached the centre: within 0.5 % of the largest rise."""
    ball = Ball(comm, 16)
    ball.advance(0.002, 50)
    radius, values = ball.values()
    exact = profile(radius, 0.1)
    error = np.abs(values - exact).max() / exact.max()
    verify("Constant flux, D t/R² = 0.1: largest error over largest rise", error, 0.0, 0.005, "16")


@pytest.mark.reference("Diffusion", BOOK + "6.45")
def test_quasi_steady_profile(comm: MPI.Comm, verify: Verify) -> None:
    """Late, when all rises alike: second order in the cell size, in the end within 0.5 %.

    Long steps reach this state, and the backward Euler method is exact in it. The mean tells how
    well the polyhedron stands for the ball, the shape how well diffusion is solved on it.
    """
    meshes = "4, 8, 16"
    balls = [Ball(comm, count) for count in (4, 8, 16)]
    for ball in balls:
        ball.advance(1.0, 6)
    verify("Constant flux, late: mean", [b.mean() for b in balls], 18.0, 0.01, meshes, 1.8)
    shape = [b.shape_error() for b in balls]
    verify("Constant flux, late: profile, error in the L2 norm", shape, 0.0, 0.005, meshes, 1.8)

    radius, values = balls[-1].values()
    surface, centre = values[radius > 0.999].mean(), values[radius.argmin()]
    exact = profile(np.array([1.0, 0.0]), 6.0)
    verify("Constant flux, late: surface less centre", surface - centre, 0.5, 0.005, "16")
    verify("Constant flux, late: surface", surface, exact[0], 0.005, "16")
    verify("Constant flux, late: centre", centre, exact[1], 0.005, "16")


@pytest.mark.reference("Diffusion", BOOK + "6.18 and 6.20")
def test_constant_surface_concentration(comm: MPI.Comm, verify: Verify) -> None:
    """Second order when steps are shortened with the square of the cell size; within 0.5 %.

    In the L2 norm. The largest error falls by a logarithm of the cell size less, as storage is
    lumped at nodes and the mesh has creases, at which nodes are not the middle of what they hold.
    """
    time, norms, means, meshes = 0.1, [], [], "8, 16"
    for count in (8, 16):
        ball = Ball(comm, count, flux=0.0)
        ball.x.x.array[ball.surface] = 1.0
        steps = count**2
        ball.advance(time / steps, steps)
        radius, values = ball.values()
        largest = np.abs(values - filling(radius, time)).max()
        norms.append(ball.nodal_error(lambda radius: filling(radius, time)))
        means.append(ball.mean())
    title = "Constant surface concentration, D t/R² = 0.1: "
    verify(title + "largest error", largest, 0.0, 0.005, "16")
    verify(title + "error in the L2 norm", norms, 0.0, 0.001, meshes, 1.8)
    verify(title + "mean", means, filled(time), 0.005, meshes, 1.8)
