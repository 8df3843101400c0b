"""Electrons between active material and what conducts them in the electrolyte."""

from collections.abc import Iterable, Mapping

import ufl
from ufl.core.expr import Expr

from ecmcell.case.joints import Interface
from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Contact
from ecmcell.processes.carriers.crossings import LEAST_CONTACT
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.process import ADDITIVE, ELECTRONS, Loss, Process
from ecmcell.processes.reactions.reactions import Reaction, sides
from ecmcell.processes.state import State, is_wired


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
        insertions: Mapping[Contact, Reaction],
    ):
        self._case, self._domain, self._state = case, domain, state
        self._sides = {
            contact: ends
            for contact in insertions
            if is_wired(case, (ends := sides(contact, active))[1])
        }
        self._measures = {contact: insertions[contact].measure for contact in self._sides}

    def drop(self, contact: Contact) -> Expr:
        """Potential of electrons in active material minus that in the electrolyte, V."""
        host, electrolyte = self._sides[contact]
        near, far = contact.side(host), contact.side(electrolyte)
        electrons = self._state.electrons(electrolyte.body)(far)
        return self._state.electrode[host.body](near) - electrons

    def current(self, contact: Contact) -> Expr:
        """Current density in pA/um2 from active material into the electrolyte."""
        law = self._case.interface_between(contact.plus.phase, contact.minus.phase)
        assert isinstance(law, Interface)
        assert law.electronic_resistance is not None
        least = self._domain.constant(LEAST_CONTACT)
        touching = least + self._state.contact_factor(contact)
        return touching / self._domain.constant(law.electronic_resistance) * self.drop(contact)

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """From active material into the electrolyte."""
        form = 0
        for contact, (host, electrolyte) in self._sides.items():
            measure = self._measures[contact]
            if carrier == ELECTRONS and host.body == body:
                form += self.current(contact) * test(contact.side(host)) * measure
            if carrier == ADDITIVE and electrolyte.body == body:
                form -= self.current(contact) * test(contact.side(electrolyte)) * measure
        return form

    def total(self) -> ufl.Form:
        """All current from active material into electrolytes, pA."""
        return sum(self.current(c) * measure for c, measure in self._measures.items())

    def losses(self) -> Iterable[Loss]:
        """What electrons lose to the resistances."""
        for contact, measure in self._measures.items():
            yield losses.ELECTRONIC, self.current(contact) * self.drop(contact), measure
