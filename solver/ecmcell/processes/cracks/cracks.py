"""Cracks in the bulk of a cell: the damage of all bodies."""

from collections.abc import Callable, Mapping, Sequence
from typing import Self

import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.numerics import linear
from ecmcell.numerics.alternation import Alternation
from ecmcell.numerics.bounded import Bounded
from ecmcell.numerics.fixed_point import Lagged, transfer
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.processes.context import Context
from ecmcell.processes.cracks.flaws import break_flaws
from ecmcell.processes.cracks.laws import Law, spent, surface
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.process import Process
from ecmcell.processes.state import State

# Change of the damage that may still be to come when iterations end, and the error that the
# residual of an iteration stands for, over it.
_TOLERANCE, _EXACTNESS = 1e-6, 0.05


class Cracks(Process):
    """Damage of all bodies that may crack.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        made: How the parts crack.
        driving: What of the elastic energy per unit volume of each of these parts damage takes,
            MPa.

    Attributes:
        couplings: The damage that transport is solved with.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        made: Mapping[Subdomain, Law],
        driving: Mapping[Subdomain, Expr],
    ):
        self.laws, self._domain, self._state = made, domain, state
        self._lower = {b: fem.Function(d.function_space) for b, d in state.crack.items()}
        self._energy = sum(driving[subdomain] * domain.dx(subdomain) for subdomain in made) + spent(
            domain, made
        )
        volume = sum(domain.subdomain_volume(subdomain) for subdomain in made)
        self._force = min(_force(case, subdomain) for subdomain in made) * volume
        self._surface = domain.integral(surface(domain, made))
        self.iterations = 0
        break_flaws(case, domain, state)
        damage, lagged = list(state.crack.values()), list(state.lagged_damage.values())
        self.couplings = (Lagged("damage", lagged, lambda: [d.x.array for d in damage]),)
        transfer(self.couplings)
        self._tolerance = case.time.crack_tolerance * domain.footprint
        self.begin_step()

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics, and something may crack."""
        if not (context.case.physics.mechanics and context.state.crack):
            return []
        stresses = context.the(Stresses)
        driving = {subdomain: stresses.driving(subdomain) for subdomain in stresses.cracking}
        return [cls(context.case, context.domain, context.state, stresses.cracking, driving)]

    def connect(self, processes: Sequence[Process]) -> None:
        """Build the equations of the damage."""
        damages = list(self._state.crack.values())
        energy = self._energy + sum(process.pressed() for process in processes)
        residuals = [ufl.derivative(energy, damage) for damage in damages]
        none = np.zeros(0, dtype=np.int32)
        system = BlockSystem(self._domain, damages, residuals, [none] * len(damages))
        upper = [fem.Function(damage.function_space) for damage in damages]
        for bound in upper:
            bound.x.array[:] = 1.0
        exactness = _EXACTNESS * _TOLERANCE * (self._force / system.unknowns)
        bounded = Bounded(system, list(self._lower.values()), upper, linear.DAMAGE, exactness)
        self._damages = _Damages(bounded, self.laws)

    def begin_step(self) -> None:
        """What is cracked now stays so."""
        for body, damage in self._state.crack.items():
            self._lower[body].x.array[:] = damage.x.array
        self._start = self._surface.value

    def alternate(
        self, displace: Callable[[], SolverStatistics], potential: Callable[[], float]
    ) -> SolverStatistics:
        """Find displacements and damage in turn.

        Args:
            displace: Finds the displacements at the present damage.
            potential: What both minimise, pJ over all ranks.

        Raises:
            NotConverged: If they are not found.
        """
        alternation = Alternation(displace, self._damages, potential, _TOLERANCE)
        statistics = alternation.solve()
        self.iterations += alternation.iterations
        return statistics

    def growth(self) -> float:
        """Growth of the surface of all cracks over what a time step may bring."""
        return self.grown() / self._tolerance

    def grown(self) -> float:
        """Growth of the surface of all cracks since the step began, um2 (um in 2D)."""
        return self._surface.value - self._start

    def surface(self) -> float:
        """Surface of all cracks, um2 (um in 2D)."""
        return self._surface.value


class _Damages:
    """The damage of all bodies, which knows where it was before it is found anew.

    Attributes:
        layout: The damages.
        lower: Lower bound of each.
        upper: Upper bound of each.
    """

    def __init__(self, bounded: Bounded, made: Mapping[Subdomain, Law]):
        self._bounded, self._laws = bounded, made
        self.layout, self.refresh = bounded.layout, bounded.refresh
        self.lower, self.upper = bounded.lower, bounded.upper

    def solve(self) -> SolverStatistics:
        """Find what is least by them."""
        for law in self._laws.values():
            law.before.x.array[:] = law.damage.x.array
        return self._bounded.solve()


def _force(case: Case, subdomain: Subdomain) -> float:
    """What resists damage, Gc/l in MPa."""
    phase = case.phases[subdomain.phase]
    how = needed(phase.cracking)
    return how.energy_release(*phase.material.moduli) / how.regularisation_length
