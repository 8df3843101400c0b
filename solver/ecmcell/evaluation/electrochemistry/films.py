"""Films that grow."""

from typing import Self

from ecmcell.columns import losses as columns
from ecmcell.columns.units import AREAL_RESISTANCE
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.reactions import films
from ecmcell.simulation.cell import Cell


class Films(Subject):
    """Resistances of films that grow.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._films, self._state = cell.the(films.Films), cell.state

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where some film grows."""
        return cls(cell) if cell.the(films.Films).growing else None

    def row(self) -> dict[str, float]:
        """The areal resistance of each."""
        made, time = self._films, self._state.accumulators["time"]
        return {
            columns.FILM_RESISTANCE.of(interface=name): AREAL_RESISTANCE
            * made.resistance(name, time)
            for name in made.growing
        }
