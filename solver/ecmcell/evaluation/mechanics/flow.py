"""What flows."""

from typing import Self

from ecmcell.columns import mechanics as columns
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.deformation import flow
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.simulation.cell import Cell


class Flow(Subject):
    """How much has flowed, and what it has cost.

    Args:
        cell: The cell.
        mechanics: Its mechanics.
    """

    def __init__(self, cell: Cell, mechanics: Mechanics):
        self._cell, self._mechanics = cell, mechanics

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where some phase flows."""
        return cls(cell, cell.the(Mechanics)) if cell.all(flow.Flow) else None

    def row(self) -> dict[str, float]:
        """Theory.md (51)."""
        cell, position = self._cell, self._cell.state.accumulators
        flown = [f.x.array.max(initial=0.0) for f in cell.state.equivalent_plastic_strain.values()]
        return {
            columns.PLASTIC_STRAIN.header: cell.domain.max(max(flown)),
            columns.PLASTIC_ENERGY.header: position["plastic_energy"] / cell.area,
            columns.FLOW_STRESS.header: self._mechanics.flow_stress(),
        }
