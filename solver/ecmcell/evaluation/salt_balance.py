"""How the salt of polymer electrolytes is spread, and whether all of it is still there."""

from ecmcell.case.materials import PolymerElectrolyte
from ecmcell.columns import salt as columns
from ecmcell.simulation.cell import Cell


class SaltBalance:
    """The least and the most salt, and what is missing of it.

    Args:
        cell: The cell, before its first step.
    """

    def __init__(self, cell: Cell):
        self._cell, self._rest, self._inventory = cell, {}, []
        domain = cell.domain
        for part, ions in cell.electrochemistry.electrolytes.parts.items():
            if ions.salt is not None:
                material = cell.properties.of(part).made_of(PolymerElectrolyte)
                self._rest[part.body] = material.salt_concentration
                anions = ions.salt.charge * ions.salt.concentration
                self._inventory.append(domain.integral(anions * domain.dx(part)))
        self._initial = self._total()

    def row(self) -> dict[str, float]:
        """The ends of its concentration, by name with unit."""
        found = [self._rest[body] * salt.x.array for body, salt in self._cell.state.salt.items()]
        largest = self._cell.domain.largest
        return {
            columns.LEAST.header: -largest(
                max(float((-values).max(initial=-float("inf"))) for values in found)
            ),
            columns.MOST.header: largest(max(float(values.max(initial=0.0)) for values in found)),
        }

    def error(self) -> float:
        """Change of all anions, which no face lets pass, relative to the charge that passed."""
        passed = self._cell.state.position["throughput"]
        return abs(self._total() - self._initial) / max(passed, 1e-3 * self._initial)

    def _total(self) -> float:
        """Charge of all anions in pC."""
        return sum(integral.value for integral in self._inventory)
