"""Electrons that leak, and where they would make lithium: theory.md (60), (61)."""

from typing import Self

import numpy as np
import numpy.typing as npt
import ufl
from ufl.core.expr import Expr

from ecmcell.columns import fields
from ecmcell.columns import leakage as columns
from ecmcell.columns.units import AREAL_CHARGE, CURRENT_DENSITY
from ecmcell.domain.domain import Integral
from ecmcell.domain.gather import node_map
from ecmcell.evaluation.placement import Fields, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.simulation.cell import Cell

_MILLI = 1e3
# Over the metal in V, 7 kPa: less is rounding of a cell at rest.
_LEAST = 1e-6
# A fraction of a volume whose edge runs through cells: points enough that it does not jump much.
_FINE = {"quadrature_degree": 6}
Floats = npt.NDArray[np.float64]


class Leakage(Subject):
    """Evaluates what leaks, and the chemical potential of lithium in what leaks.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell, domain, state = cell, cell.domain, cell.state
        regions = state.electronic_regions
        subdomains = [subdomain for region in regions.values() for subdomain in region.subdomains]
        self._nodes = {b: node_map(region, domain.bodies[b]) for b, region in regions.items()}
        self._owned = {b: r.scalars.dofmap.index_map.size_local for b, r in regions.items()}
        walls = {b: domain.boundary_nodes(r, ["pore"]) for b, r in regions.items()}
        self._walls = {b: nodes[nodes < self._owned[b]] for b, nodes in walls.items()}
        self._has_pores = any(
            boundary.tag == "pore" and boundary.subdomain in subdomains
            for boundary in domain.boundaries
        )
        self._points = np.concatenate(
            [r.scalars.tabulate_dof_coordinates()[: self._owned[b]] for b, r in regions.items()]
        )
        self._volume = sum(domain.subdomain_volume(subdomain) for subdomain in subdomains)
        above = sum(
            ufl.conditional(ufl.gt(self._excess(subdomain.body), _LEAST), 1.0, 0.0)
            * domain.dx(subdomain)(metadata=_FINE)
            for subdomain in subdomains
        )
        self._above: Integral = domain.integral(above)

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where electrons leak."""
        leaks = cell.case.physics.leakage and cell.state.electronic_potential
        return cls(cell) if leaks else None

    def row(self) -> dict[str, float]:
        """Current and charge that leak, and the highest chemical potential."""
        cell, position = self._cell, self._cell.state.accumulators
        highest, where = self._highest()
        row = {
            columns.CURRENT.header: CURRENT_DENSITY * cell.leaking / cell.area,
            columns.CHARGE.header: AREAL_CHARGE * position["leaked"] / cell.area,
            columns.MAXIMUM.header: _MILLI * highest,
            columns.FRACTION.header: self._above.value / self._volume,
        }
        for axis, value in zip("xyz", where[: cell.domain.dim], strict=False):
            row[columns.PLACE.of(axis=axis)] = float(value)
        if self._has_pores:
            row[columns.IN_PORES.header] = _MILLI * self._in_pores()
        return row

    def point_fields(self, points: Points) -> Fields:
        """Potential of electrons against the lithium of the anode, and that of lithium, V."""
        state = self._cell.state
        here = points.spread(state.at_anode, state.electronic_regions)
        potential = points.spread(state.electronic_potential, state.electronic_regions)
        potential += (1.0 - here) * state.voltage.value
        return {
            fields.LEAKED.header: potential,
            fields.LITHIUM.header: points.nodal(state.electrolyte) - potential,
        }

    def _excess(self, body: str) -> Expr:
        """Chemical potential of lithium over that of the metal, V: theory.md (60)."""
        state = self._cell.state
        return state.electrolyte[body] - state.electrons(body) - state.voltage.symbol

    def _highest(self) -> tuple[float, Floats]:
        """The highest of all nodes, V, and where that is."""
        values = np.concatenate([self._at_nodes(body) for body in self._nodes])
        here = int(values.argmax()) if len(values) else -1
        found = (float(values[here]), self._points[here]) if len(values) else (-np.inf, np.zeros(3))
        return max(self._cell.domain.comm.allgather(found), key=lambda one: one[0])

    def _in_pores(self) -> float:
        """The highest on walls of pores, where lithium forms without a pressure."""
        found = [self._at_nodes(b)[nodes].max(initial=-np.inf) for b, nodes in self._walls.items()]
        return self._cell.domain.max(max(found))

    def _at_nodes(self, body: str) -> Floats:
        state, owned = self._cell.state, self._owned[body]
        ions = state.electrolyte[body].x.array[self._nodes[body][:owned]]
        electrons = state.electronic_potential[body].x.array[:owned]
        counted = 1.0 - state.at_anode[body].x.array[:owned]
        return ions - electrons - counted * state.voltage.value
