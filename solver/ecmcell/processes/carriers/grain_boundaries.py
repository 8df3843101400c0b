"""What passes between two bodies of a kind: between grains, and between two electrolytes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.interfaces import GrainBoundary
from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Interface
from ecmcell.domain.plan import Subdomain
from ecmcell.physics import charge
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.context import Context
from ecmcell.processes.process import ELECTROLYTE_ELECTRONS, ELECTRONS, IONS, LITHIUM, Loss, Process
from ecmcell.processes.state import State, is_electronically_connected

LEAST_CONTACT = 1e-9
"""What a body that has lost all contact keeps of it for potentials, so that they are determined; no
reaction goes with it, so next to no current flows."""


@dataclass(frozen=True)
class GrainBoundaryCurrent:
    """One carrier that crosses a contact against an areal resistance.

    Attributes:
        contact: The contact.
        measure: Its facets.
        carrier: What crosses.
        current: Current density in pA/um2 from the plus to the minus side.
        drop: What drives it, V.
    """

    contact: Interface
    measure: ufl.Measure
    carrier: str
    current: Expr
    drop: Expr

    def outflow(self, body: str, test: Expr) -> ufl.Form:
        """What leaves a body, tested."""
        sides = ((self.contact.plus, 1.0), (self.contact.minus, -1.0))
        return sum(
            sign * self.current * test(self.contact.side(subdomain)) * self.measure
            for subdomain, sign in sides
            if subdomain.body == body
        )


class GrainBoundaryCurrents(Process):
    """Everything that crosses the contacts of bodies of a kind.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.

    Attributes:
        members: What crosses where.
    """

    def __init__(self, case: Case, domain: Domain, state: State, active: dict[str, ActiveBody]):
        self.members = _crossings(case, domain, state, active)

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        return [cls(context.case, context.domain, context.state, context.active)]

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """What leaves a body for others of its kind."""
        return sum(c.outflow(body, test) for c in self.members if c.carrier == carrier)

    def losses(self) -> Iterable[Loss]:
        """What ions and electrons lose; lithium counts as solid diffusion already."""
        for crossing in self.members:
            if crossing.carrier != LITHIUM:
                is_ionic = crossing.carrier == IONS
                loss = losses.BOUNDARY if is_ionic else losses.ELECTRONIC
                yield loss, crossing.current * crossing.drop, crossing.measure


def _crossings(
    case: Case, domain: Domain, state: State, active: dict[str, ActiveBody]
) -> tuple[GrainBoundaryCurrent, ...]:
    found = []
    for contact in domain.interfaces:
        law = case.interface_between(contact.plus.phase, contact.minus.phase)
        if not isinstance(law, GrainBoundary):
            continue
        for carrier, resistance, level in (
            (IONS, law.ionic_resistance, _in(state.electrolyte)),
            (LITHIUM, law.ionic_resistance, _lithium_level(case, active)),
            (ELECTRONS, law.electronic_resistance, _in(state.electrode)),
            (ELECTROLYTE_ELECTRONS, law.electronic_resistance, _electronic_level(case, state)),
        ):
            near, far = level(contact.plus), level(contact.minus)
            if resistance is None or near is None or far is None:
                continue
            touching = state.contact_factor(contact)
            if carrier != LITHIUM:  # whose storage determines it
                touching = domain.constant(LEAST_CONTACT) + touching
            drop = near(contact.side(contact.plus)) - far(contact.side(contact.minus))
            current = touching * charge.contact_current(domain.constant(resistance), drop)
            found.append(GrainBoundaryCurrent(contact, domain.dS(contact), carrier, current, drop))
    return tuple(found)


Level = Callable[[Subdomain], Expr | None]


def _in(potential: dict[str, fem.Function]) -> Level:
    """The potential of a part, if it has one."""
    return lambda subdomain: potential.get(subdomain.body)


def _electronic_level(case: Case, state: State) -> Level:
    return lambda subdomain: (
        state.electrons(subdomain.body) if is_electronically_connected(case, subdomain) else None
    )


def _lithium_level(case: Case, active: dict[str, ActiveBody]) -> Level:
    """Chemical potential of lithium in V, which it leaves for a lower one."""

    def level(subdomain: Subdomain) -> Expr | None:
        body = active.get(subdomain.body)
        if body is None:
            return None
        voltage = ufl.as_ufl(body.open_circuit)
        if case.physics.stress_in_flux:
            voltage += body.stress_shift()
        return -voltage

    return level
