"""Potentials of ions and electrons in the bodies, and the currents they drive there."""

from collections.abc import Mapping
from functools import cached_property
from typing import Self

from ufl.core.expr import Expr

from ecmcell.columns import fields
from ecmcell.columns.units import CURRENT_DENSITY
from ecmcell.domain.average import Average
from ecmcell.domain.plan import Subdomain
from ecmcell.evaluation.placement import Cells, Fields, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.physics import charge
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.simulation.cell import Cell

ByPart = dict[Subdomain, Expr]


class Potentials(Subject):
    """Potentials at nodes, currents in cells.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell = cell

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self:
        """Every cell has them."""
        return cls(cell)

    def point_fields(self, points: Points) -> Fields:
        """Against lithium metal, in V; what leaks counts from the anode and has its own subject."""
        state = self._cell.state
        found = {fields.ELECTROLYTE.header: points.nodal(state.electrolyte)}
        voltage = state.voltage.value
        if state.electrode:
            found[fields.ELECTRODE.header] = points.nodal(state.electrode) + voltage
        if state.electronic_potential and not state.at_anode:
            potential = points.spread(state.electronic_potential, state.electronic_regions)
            found[fields.ADDITIVE.header] = potential + voltage
        return found

    def cell_fields(self, cells: Cells) -> Fields:
        """Current densities in mA/cm2."""
        dim = self._cell.domain.dim
        return {name: cells.averages(means, dim) for name, means in self._averages.items()}

    @cached_property
    def _averages(self) -> dict[str, dict[str, Average]]:
        """Averages of current densities by name and body."""
        flowing = {
            fields.IONIC_CURRENT.header: self._ionic(),
            fields.ELECTRONIC_CURRENT.header: self._electronic(),
        }
        return {
            name: self._by_body(subdomains) for name, subdomains in flowing.items() if subdomains
        }

    def _ionic(self) -> ByPart:
        """Current density of ions, mA/cm2."""
        return {
            subdomain: CURRENT_DENSITY * charge.current_density(ions.conductivity, ions.driving)
            for subdomain, ions in self._cell.the(Electrolytes).subdomains.items()
        }

    def _electronic(self) -> ByPart:
        """Current density of electrons in active material and in electrolytes, mA/cm2."""
        state, of, found = self._cell.state, self._cell.properties.of, {}
        for subdomain in self._cell.domain.subdomains:
            potential: Expr | None = state.electrode.get(subdomain.body)
            region = state.electronic_regions.get(subdomain.body)
            if region is not None and subdomain in region.subdomains:
                potential = state.electrons(subdomain.body)
            if potential is not None:
                flowing = charge.current_density(of(subdomain).electronic_conductivity, potential)
                found[subdomain] = CURRENT_DENSITY * flowing
        return found

    def _by_body(self, by_subdomain: Mapping[Subdomain, Expr]) -> dict[str, Average]:
        """Means of vectors over cells, by body."""
        domain, made = self._cell.domain, {}
        for body, region in domain.bodies.items():
            terms = [
                (by_subdomain[p], domain.dx(p)) for p in region.subdomains if p in by_subdomain
            ]
            if terms:
                made[body] = Average(domain, region.constants((domain.dim,)), terms)
        return made
