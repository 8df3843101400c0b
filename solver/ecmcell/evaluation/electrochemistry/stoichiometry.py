"""How full the active material is, and how lithium moves in it."""

from functools import cached_property
from typing import Self

from ecmcell.case.materials import ActiveMaterial
from ecmcell.case.state_of_charge import charge_ends
from ecmcell.columns import fields
from ecmcell.columns import run as columns
from ecmcell.columns.units import FLUX, SPECIFIC_CHARGE
from ecmcell.domain.average import Average
from ecmcell.evaluation.inventory import Inventory
from ecmcell.evaluation.placement import Cells, Fields, OnDemand, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.carriers.conservation import Lithium
from ecmcell.simulation.cell import Cell


class Stoichiometry(Subject):
    """Capacity passed, stoichiometry and state of charge; flux of lithium.

    Args:
        cell: The cell.
        inventory: Its lithium in active material.
    """

    def __init__(self, cell: Cell, inventory: Inventory):
        self._cell, self._inventory = cell, inventory
        # An experiment weighs what is cut off, too.
        self._mass = sum(
            cell.case.phases[name].made_of(ActiveMaterial).density * cell.volumes[name]
            for name in cell.case.active_phases
        )
        ends = {name: charge_ends(cell.case, b.subdomain.phase) for name, b in cell.active.items()}
        sites = inventory.sites
        self._full, self._empty = (sum(sites[b] * ends[b][end] for b in sites) for end in (0, 1))

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where there is active material that takes part."""
        return cls(cell, probes.inventory) if cell.active else None

    def row(self) -> dict[str, float]:
        """Means over all active material that takes part."""
        lithium = self._inventory.charge
        passed = SPECIFIC_CHARGE * self._cell.state.accumulators["charge"]
        return {
            columns.CAPACITY.header: passed / self._mass,
            columns.STOICHIOMETRY.header: lithium / self._inventory.capacity,
            columns.STATE_OF_CHARGE.header: (self._empty - lithium) / (self._empty - self._full),
        }

    def point_fields(self, points: Points) -> Fields:
        """Lithium over its sites, and in mol/m3."""
        found, active = self._cell.state.stoichiometry, self._cell.active
        full = {name: body.material.maximum_concentration for name, body in active.items()}
        return {
            fields.STOICHIOMETRY.header: points.nodal(found),
            fields.CONCENTRATION.header: points.nodal(found, full),
        }

    def cell_fields(self, cells: Cells) -> Fields:
        """Flux of lithium in mol/(m2 s), means over cells."""
        dim = self._cell.domain.dim
        return OnDemand(
            {fields.LITHIUM_FLUX.header: lambda: FLUX * cells.averages(self._flux, dim)}
        )

    @cached_property
    def _flux(self) -> dict[str, Average]:
        """By body; the field alone needs it."""
        domain, lithium = self._cell.domain, self._cell.the(Lithium)
        return {
            name: Average(
                domain,
                domain.bodies[name].constants((domain.dim,)),
                [(lithium.flux(name), domain.dx(body.subdomain))],
            )
            for name, body in self._cell.active.items()
        }
