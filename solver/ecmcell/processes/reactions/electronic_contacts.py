"""Electrons between active material and what conducts them in the electrolyte."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import ufl
from ufl.core.expr import Expr

from ecmcell.case.interfaces import ReactingInterface
from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Interface
from ecmcell.domain.plan import Subdomain
from ecmcell.physics import charge
from ecmcell.processes.carriers.grain_boundaries import LEAST_CONTACT
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.context import Context
from ecmcell.processes.process import ELECTROLYTE_ELECTRONS, ELECTRONS, Loss, Process
from ecmcell.processes.reactions.leakage import Leakage
from ecmcell.processes.reactions.reactions import Insertions, Reaction, sides
from ecmcell.processes.state import State, is_electronically_connected


@dataclass(frozen=True)
class ElectronicContact:
    """Where electrons cross from active material into an electrolyte.

    Attributes:
        contact: The contact.
        host: Active material.
        electrolyte: What conducts them there.
        measure: Its facets.
        current: Current density in pA/um2 from active material into the electrolyte.
        drop: Potential of electrons in active material minus that in the electrolyte, V.
    """

    contact: Interface
    host: Subdomain
    electrolyte: Subdomain
    measure: ufl.Measure
    current: Expr
    drop: Expr


class ElectronicContacts(Process):
    """Contact resistances between active material and electrolytes that conduct electrons.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.
        insertions: Reactions by contact.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        active: dict[str, ActiveBody],
        insertions: Mapping[Interface, Reaction],
    ):
        self._members = [
            _contact(case, domain, state, contact, ends, reaction.measure)
            for contact, reaction in insertions.items()
            if is_electronically_connected(case, (ends := sides(contact, active))[1])
        ]

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        context.all(Leakage)  # decides what potentials of electrons count from
        needs = context.case, context.domain, context.state, context.active
        return [cls(*needs, context.the(Insertions).reactions)]

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """From active material into the electrolyte."""
        form = 0
        for one in self._members:
            if carrier == ELECTRONS and one.host.body == body:
                form += one.current * test(one.contact.side(one.host)) * one.measure
            if carrier == ELECTROLYTE_ELECTRONS and one.electrolyte.body == body:
                form -= one.current * test(one.contact.side(one.electrolyte)) * one.measure
        return form

    def total(self) -> ufl.Form:
        """All current from active material into electrolytes, pA."""
        return sum(one.current * one.measure for one in self._members)

    def losses(self) -> Iterable[Loss]:
        """What electrons lose to the resistances."""
        for one in self._members:
            yield losses.ELECTRONIC, one.current * one.drop, one.measure


def _contact(
    case: Case,
    domain: Domain,
    state: State,
    contact: Interface,
    ends: tuple[Subdomain, Subdomain],
    measure: ufl.Measure,
) -> ElectronicContact:
    host, electrolyte = ends
    law = case.interface_between(host.phase, electrolyte.phase)
    assert isinstance(law, ReactingInterface)
    assert law.electronic_resistance is not None
    electrons = state.electrons(electrolyte.body)(contact.side(electrolyte))
    drop = state.electrode[host.body](contact.side(host)) - electrons
    touching = domain.constant(LEAST_CONTACT) + state.contact_factor(contact)
    current = touching * charge.contact_current(domain.constant(law.electronic_resistance), drop)
    return ElectronicContact(contact, host, electrolyte, measure, current, drop)
