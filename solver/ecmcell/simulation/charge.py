"""The state of charge of a cell while it runs."""

from ecmcell.case.materials import needed
from ecmcell.case.state_of_charge import charge_ends
from ecmcell.simulation.cell import Cell


class StateOfCharge:
    """Filled fraction of the capacity, from the charge that has passed; 1 is charged.

    Args:
        cell: The cell; without active material nothing may be asked.
    """

    def __init__(self, cell: Cell):
        self._cell, self._state = cell, cell.state
        self._missing, self._capacity = 0.0, 0.0
        for body in cell.active.values():
            sites = body.material.site_charge * cell.domain.subdomain_volume(body.subdomain)
            full, empty = charge_ends(cell.case, body.subdomain.phase)
            initial = needed(cell.case.phases[body.subdomain.phase].initial_stoichiometry)
            self._missing += sites * (empty - initial)
            self._capacity += sites * (empty - full)

    def after(self, length: float) -> float:
        """State of charge after a step of some s that ends with the present current."""
        position = self._state.accumulators
        passed = position["charge"] + position["leaked"]
        passed += (self._state.current.value + self._cell.leaking) * length
        return (self._missing - passed) / self._capacity
