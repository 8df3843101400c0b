"""The numbers that processes tell by themselves."""

from typing import Self

from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.microstructure import MeshData
from ecmcell.processes.process import Process
from ecmcell.simulation.cell import Cell


class Processes(Subject):
    """The rows of all processes of a cell.

    Args:
        members: The processes.
    """

    def __init__(self, members: list[Process]):
        self._members = members

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self:
        """Those of a cell."""
        return cls(cell.processes)

    def warnings(self, made: MeshData | None) -> list[str]:
        """What they warn of."""
        return [text for one in self._members for text in one.warnings()]

    def row(self) -> dict[str, float]:
        """Their numbers, by header."""
        return {name: value for one in self._members for name, value in one.row().items()}
