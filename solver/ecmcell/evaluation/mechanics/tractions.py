"""Tractions on contacts."""

from typing import Self

from ecmcell.case.interfaces import CohesiveInterface
from ecmcell.columns import fields
from ecmcell.columns import interfaces as columns
from ecmcell.domain.average import Average
from ecmcell.domain.faces import Interface
from ecmcell.domain.smoothing import SmoothAverage
from ecmcell.evaluation.placement import Facets, Fields
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.physics import interfaces
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.simulation.cell import Cell


class Tractions(Subject):
    """Normal and shear traction, around nodes of the plus side of contacts.

    Normal tractions are smoothed along contacts that hold. Where any may debond, what is left of
    them tells more than what would break.

    Args:
        cell: The cell.
        mechanics: Its mechanics.
    """

    def __init__(self, cell: Cell, mechanics: Mechanics):
        self._cell, self._mechanics = cell, mechanics
        contacts = cell.domain.interfaces
        self._normal = {contact: self._normal_on(contact) for contact in contacts}
        self._shear = {contact: self._shear_on(contact) for contact in contacts}

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where there are contacts, and mechanics."""
        made = cell.all(Mechanics) if cell.domain.interfaces else ()
        return next((cls(cell, mechanics) for mechanics in made), None)

    def row(self) -> dict[str, float]:
        """Where contact would not break: theory.md (31)."""
        if self._cell.state.interface:
            return {}
        return {columns.BELOW_STRENGTH.header: self._fraction_below_strength()}

    def interface_fields(self, facets: Facets) -> Fields:
        """Tractions in MPa."""
        return {
            fields.NORMAL.header: facets.put(self._normal),
            fields.SHEAR.header: facets.put(self._shear),
        }

    def _normal_on(self, contact: Interface) -> Average:
        domain, traction = self._cell.domain, self._mechanics.traction(contact)
        region = domain.bodies[contact.plus.body]
        normal = interfaces.normal_component(traction, domain.normal("+"))
        # Where a contact parts its traction is as uneven as its damage.
        if contact in self._mechanics.interface_laws.cohesive:
            return Average(domain, region.scalars, [(normal, domain.nodal(contact), "+")])
        return SmoothAverage(domain, region, contact, normal, "+")

    def _shear_on(self, contact: Interface) -> Average:
        domain, traction = self._cell.domain, self._mechanics.traction(contact)
        shear = interfaces.tangential_component(traction, domain.normal("+"))
        space = domain.bodies[contact.plus.body].scalars
        return Average(domain, space, [(shear, domain.nodal(contact), "+")])

    def _fraction_below_strength(self) -> float:
        """Fraction of the interface area where the normal traction stays below the strength."""
        below, total = 0.0, 0.0
        for contact, traction in self._normal.items():
            strength = self._strength(contact)
            if strength is not None:
                area = traction.owned_weight
                below += area[traction.owned() < strength].sum()
                total += area.sum()
        total = self._cell.domain.total(total)
        return self._cell.domain.total(below) / total if total > 0.0 else 1.0

    def _strength(self, contact: Interface) -> float | None:
        """Normal strength in MPa, if the case gives one."""
        law = self._cell.case.interface_between(contact.plus.phase, contact.minus.phase)
        assert isinstance(law, CohesiveInterface)
        return law.strength
