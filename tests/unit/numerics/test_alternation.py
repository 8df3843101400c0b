"""Fields between bounds, and alternate minimisation, on problems whose minima are known."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from ecmcell.domain.domain import Domain
from ecmcell.numerics import linear
from ecmcell.numerics.alternation import Alternation
from ecmcell.numerics.bounded import Bounded
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.blocks import BlockSystem
from meshes import grid

pytestmark = pytest.mark.mpi
NONE = np.zeros(0, dtype=np.int32)


class Obstacle:
    """A field that is pulled towards a height, at every place by itself, between bounds."""

    def __init__(self, comm: MPI.Comm):
        mesh = grid([np.linspace(0.0, 1.0, 9)] * 2, {0: "solid"})
        self.domain = domain = Domain(mesh if comm.rank == 0 else None, comm)
        (region,), (subdomain,) = domain.bodies.values(), domain.subdomains
        self.subdomain, self.x = subdomain, region.scalars.tabulate_dof_coordinates()[:, 0]
        self.field, self.height, self.lower, self.upper = (
            fem.Function(region.scalars) for _ in range(4)
        )
        self.upper.x.array[:] = 1.0
        difference = self.field - self.height
        self.energy = 0.5 * difference**2 * domain.dx(subdomain)
        residual = ufl.derivative(self.energy, self.field)
        self.system = BlockSystem(domain, [self.field], [residual], [NONE])

    def bounded(self) -> Bounded:
        return Bounded(self.system, [self.lower], [self.upper], linear.DAMAGE, 1e-13)


def test_a_field_stays_between_its_bounds(comm: MPI.Comm) -> None:
    """Where what pulls at it is beyond a bound the field is at the bound, elsewhere free."""
    problem = Obstacle(comm)
    problem.height.x.array[:] = 0.5
    problem.lower.x.array[:] = np.where(problem.x < 0.3, 0.7, 0.0)
    problem.upper.x.array[:] = np.where(problem.x > 0.7, 0.2, 1.0)
    statistics = problem.bounded().solve()
    assert statistics.newton > 0
    found = problem.field.x.array
    assert np.all(found >= problem.lower.x.array)
    assert np.all(found <= problem.upper.x.array)
    assert found[problem.x < 0.3] == pytest.approx(0.7)
    assert found[problem.x > 0.7] == pytest.approx(0.2)
    far = (problem.x > 0.49) & (problem.x < 0.51)
    assert found[far] == pytest.approx(0.5, abs=0.05)


def test_the_matrix_of_a_quadratic_energy_is_made_once_a_solve(comm: MPI.Comm) -> None:
    assert Obstacle(comm).system.jacobian.is_quadratic


class Coupled(Obstacle):
    """The height follows the mean of the field, so that turns contract by a known factor."""

    def __init__(self, comm: MPI.Comm, coupling: float):
        super().__init__(comm)
        self.coupling, self.count = coupling, 0
        self._mean = self.domain.integral(self.field * self.domain.dx(self.subdomain))

    def follow(self) -> SolverStatistics:
        self.count += 1
        self.height.x.array[:] = 0.2 + self.coupling * self._mean.value
        return SolverStatistics(1, 0)

    def potential(self) -> float:
        """1/2 (d - h)^2 + 1/2 h (1/a - 1) h - 0.2 h/a, least where h = 0.2 + a d for equal d."""
        mean, a = self._mean.value, self.coupling
        height = float(self.height.x.array[0]) if len(self.height.x.array) else 0.2 + a * mean
        return 0.5 * (mean - height) ** 2 + 0.5 * (1 / a - 1) * height**2 - 0.2 * height / a


@pytest.mark.parametrize("coupling", [0.5, 0.75])
def test_turns_that_contract_are_accelerated(comm: MPI.Comm, coupling: float) -> None:
    """The fixed point d = 0.2/(1 - a), in far fewer turns than log(tolerance)/log(a)."""
    problem = Coupled(comm, coupling)
    alternation = Alternation(problem.follow, problem.bounded(), problem.potential, 1e-9)
    alternation.solve()
    assert problem.field.x.array == pytest.approx(0.2 / (1 - coupling), abs=1e-7)
    assert alternation.iterations == problem.count < 10


def test_turns_that_run_away_end_at_the_bound(comm: MPI.Comm) -> None:
    """Without a fixed point within the bounds the field runs to the upper one."""
    problem = Coupled(comm, 0.999)
    alternation = Alternation(problem.follow, problem.bounded(), problem.potential, 1e-9)
    alternation.solve()
    assert problem.field.x.array == pytest.approx(1.0)
    assert alternation.iterations < 20


@pytest.mark.parametrize("failing", [1, 3])
def test_a_first_group_that_is_not_found(comm: MPI.Comm, failing: int) -> None:
    """At the state given it is the caller's; at a guess that went too far turns retreat."""
    problem, calls = Coupled(comm, 0.75), []

    def follow() -> SolverStatistics:
        calls.append(1)
        if len(calls) == failing:
            raise linear.NotConverged("too far")
        return problem.follow()

    alternation = Alternation(follow, problem.bounded(), problem.potential, 1e-9)
    if failing == 1:
        with pytest.raises(linear.NotConverged):
            alternation.solve()
        return
    alternation.solve()
    assert problem.field.x.array == pytest.approx(0.8, abs=1e-7)


@pytest.mark.parametrize("guess", [0.9, -0.5, 3.0])
def test_a_guess_that_costs_more_than_the_lower_bound_is_dropped(
    comm: MPI.Comm, guess: float
) -> None:
    """The minimum is at 0.2: of 0.9, beyond it, nothing is kept, nor of what is no damage."""
    problem = Coupled(comm, 1e-3)
    problem.height.x.array[:] = 0.2
    seen = []

    def follow() -> SolverStatistics:
        seen.append(problem.domain.max(float(problem.field.x.array.max(initial=0.0))))
        return problem.follow()

    problem.field.x.array[:] = guess
    Alternation(follow, problem.bounded(), problem.potential, 1e-9).solve()
    assert seen[0] == 0.0
    assert problem.field.x.array == pytest.approx(0.2 / (1 - 1e-3), abs=1e-7)


def test_a_guess_that_costs_less_is_where_the_turns_begin(comm: MPI.Comm) -> None:
    """The exact minimum takes one turn."""
    problem = Coupled(comm, 0.5)
    problem.height.x.array[:] = problem.field.x.array[:] = 0.4
    alternation = Alternation(problem.follow, problem.bounded(), problem.potential, 1e-9)
    alternation.solve()
    assert alternation.iterations == 1
