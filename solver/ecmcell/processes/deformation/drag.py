"""What keeps pieces in their place that nothing else is sure to hold."""

from collections.abc import Sequence
from typing import Self

import ufl
from dolfinx import fem

from ecmcell.domain.domain import Domain
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process
from ecmcell.processes.state import State

# MPa/um2. A piece of 3 um that moves by 10 nm in a time step is pulled at by some kPa, far below
# any stress that matters; forces that the solution leaves unbalanced move it by less than 1e-7 um.
_RESISTANCE = 0.1


class Drag(Process):
    """Forces on the volume of loose grains, in proportion to how far they move in a time step.

    Without them a grain that has let go all round would be anywhere: no force would be needed to
    shift or turn it. So it stays where it was, in the stack as this stretches, until it is pushed.

    Args:
        domain: Where.
        state: The displacements.
    """

    def __init__(self, domain: Domain, state: State):
        self._domain, self._displacement = domain, state.displacement
        self._resistance = domain.constant(_RESISTANCE)
        self._before = {
            body: fem.Function(displacement.function_space)
            for body, displacement in state.displacement.items()
            if any(
                domain.loose[domain.grains_of(subdomain)].any()
                for subdomain in domain.bodies[body].subdomains
            )
        }

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics."""
        mechanics = context.case.physics.mechanics
        return [cls(context.domain, context.state)] if mechanics else []

    def begin_step(self) -> None:
        """Make the present displacements the start of the next time step."""
        for body, before in self._before.items():
            before.x.array[:] = self._displacement[body].x.array

    def virtual_work(self, body: str, virtual: ufl.Argument) -> ufl.Form:
        """Work of the forces on a body; nothing where all is held."""
        if body not in self._before:
            return 0
        moved = self._displacement[body] - self._before[body]
        return -sum(
            self._resistance * ufl.inner(moved, virtual) * self._domain.loose_dx(subdomain)
            for subdomain in self._domain.bodies[body].subdomains
        )
