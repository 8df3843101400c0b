"""How the salt of polymer electrolytes is spread."""

from typing import Self

from ecmcell.case.materials import PolymerElectrolyte
from ecmcell.columns import fields
from ecmcell.columns import salt as columns
from ecmcell.evaluation.placement import Fields, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.simulation.cell import Cell


class Salt(Subject):
    """The least and the most salt, and where it is.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell = cell
        bodies, of = cell.domain.bodies, cell.properties.of
        # Concentration in mol/m3 that is 1 in the state.
        self._rest = {
            body: of(bodies[body].subdomains[0]).made_of(PolymerElectrolyte).salt_concentration
            for body in cell.state.salt
        }

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where an electrolyte has salt."""
        return cls(cell) if cell.state.salt else None

    def row(self) -> dict[str, float]:
        """The ends of its concentration."""
        found = [self._rest[body] * salt.x.array for body, salt in self._cell.state.salt.items()]
        largest = self._cell.domain.max
        return {
            columns.MINIMUM.header: -largest(
                max(float((-values).max(initial=-float("inf"))) for values in found)
            ),
            columns.MAXIMUM.header: largest(
                max(float(values.max(initial=0.0)) for values in found)
            ),
        }

    def point_fields(self, points: Points) -> Fields:
        """Its concentration in mol/m3."""
        return {fields.SALT.header: points.nodal(self._cell.state.salt, self._rest)}
