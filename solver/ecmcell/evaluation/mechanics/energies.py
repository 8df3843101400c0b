"""Where the mechanical energy of a cell is."""

from typing import Self

from ecmcell.columns import mechanics as columns
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.deformation.energies import Energies
from ecmcell.simulation.cell import Cell


class StoredEnergies(Subject):
    """What is stored, the work done, and what of it was set free by what ran by itself.

    Args:
        cell: The cell.
        energies: Its energies.
    """

    def __init__(self, cell: Cell, energies: Energies):
        self._cell, self._energies = cell, energies

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where something may debond, crack or flow."""
        return next((cls(cell, energies) for energies in cell.all(Energies)), None)

    def row(self) -> dict[str, float]:
        """Energies over the footprint in J/m2: theory.md (43)."""
        cell, work = self._cell, self._cell.state.accumulators["work"]
        found = {
            columns.ELASTIC_ENERGY: self._energies.elastic,
            columns.INTERFACE_ENERGY: self._energies.interfaces,
            columns.WORK: work,
            columns.RELEASED: work - cell.energy(),
        }
        return {column.header: energy / cell.area for column, energy in found.items()}
