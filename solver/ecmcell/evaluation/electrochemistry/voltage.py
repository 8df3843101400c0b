"""Where the protocol is, and what the terminals show."""

from typing import Self

import numpy as np

from ecmcell.columns import run as columns
from ecmcell.columns.units import CURRENT_DENSITY
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.simulation.cell import Cell


class Voltage(Subject):
    """Time, step of the protocol, voltage and current.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell = cell

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self:
        """Every cell has them."""
        return cls(cell)

    def row(self) -> dict[str, float | int]:
        """Voltage is nan where no contact is left at rest."""
        cell, state = self._cell, self._cell.state
        return {
            columns.TIME.header: state.accumulators["time"],
            columns.STEP.header: int(state.accumulators["protocol_step"]) + 1,
            columns.VOLTAGE.header: np.nan if cell.is_disconnected else state.voltage.value,
            columns.CURRENT_DENSITY.header: CURRENT_DENSITY * state.current.value / cell.area,
        }
