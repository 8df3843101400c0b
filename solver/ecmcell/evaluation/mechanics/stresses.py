"""Stresses in the bodies."""

from functools import cached_property
from typing import Self

import numpy as np

from ecmcell.columns import fields
from ecmcell.columns import mechanics as columns
from ecmcell.domain.average import Average
from ecmcell.domain.recovery import Recovery
from ecmcell.evaluation.placement import Cells, Fields, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.physics import mechanics as physics
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.deformation.stresses import largest
from ecmcell.simulation.cell import Cell

_INVARIANTS = {
    fields.PRINCIPAL.header: physics.max_principal,
    fields.VON_MISES.header: physics.von_mises,
}


class Stresses(Subject):
    """Stresses at nodes and in the middle of cells.

    Args:
        cell: The cell.
        mechanics: Its mechanics.
    """

    def __init__(self, cell: Cell, mechanics: Mechanics):
        self._domain, self._mechanics = cell.domain, mechanics

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where there is mechanics."""
        return next((cls(cell, mechanics) for mechanics in cell.all(Mechanics)), None)

    def row(self) -> dict[str, float]:
        """The largest hydrostatic stress of any node, MPa."""
        found = [average.owned() for average in self._mechanics.hydrostatic.values()]
        highest = max(values.max(initial=-np.inf) for values in found)
        return {columns.HYDROSTATIC.header: self._domain.max(highest)}

    def point_fields(self, points: Points) -> Fields:
        """Invariants at nodes, MPa; where phases of a body meet, the larger."""
        hydrostatic = {b: a.update() for b, a in self._mechanics.hydrostatic.items()}
        found = {fields.HYDROSTATIC.header: points.nodal(hydrostatic)}
        for name, invariant in _INVARIANTS.items():
            at_nodes = {b: largest(stress, invariant) for b, stress in self._at_nodes.items()}
            found[name] = points.nodal(at_nodes)
        return found

    def cell_fields(self, cells: Cells) -> Fields:
        """Invariants in the middle of cells, MPa."""
        stress = {}
        for body, average in self._in_cells.items():
            components = average.update().x.array.reshape(-1, len(physics.COMPONENTS))
            stress[body] = physics.full(components)
        return {
            name: cells.put({body: invariant(values) for body, values in stress.items()})
            for name, invariant in _INVARIANTS.items()
        }

    # What only fields need is made with the first of them.

    @cached_property
    def _at_nodes(self) -> dict[str, Recovery]:
        return {body: self._mechanics.stresses.at_nodes(body) for body in self._domain.bodies}

    @cached_property
    def _in_cells(self) -> dict[str, Average]:
        return {body: self._mechanics.stresses.in_cells(body) for body in self._domain.bodies}
