"""One subject that a run tells of: its columns, its fields, its part of the summary."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from ecmcell.domain.faces import ExteriorBoundary
from ecmcell.evaluation.placement import Cells, Facets, Fields, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.microstructure import MeshData
from ecmcell.simulation.cell import Cell


class Subject(ABC):
    """What is written of one phenomenon; it overrides what it has. All calls are collective.

    `registry.SUBJECTS` lists all of them; nothing else knows them by name.
    """

    @classmethod
    @abstractmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """The subject of a cell before its first step, or None where there is nothing to tell.

        Args:
            cell: The cell.
            probes: What several subjects read off it.
        """

    def warnings(self, made: MeshData | None) -> Iterable[str]:
        """What to be told before the run: where its results depend on more than the case asks.

        Args:
            made: The mesh that the cell was made from, on rank 0.
        """
        return ()

    def row(self) -> Mapping[str, float | int]:
        """The present state in numbers, by name with unit: columns of `series.csv`."""
        return {}

    def histogram(self) -> list[dict[str, float | str]]:
        """How the current is spread at a stored state: rows of `hotspots.csv`."""
        return []

    def summary(self) -> Mapping[str, object]:
        """What `summary.json` says of the whole run."""
        return {}

    def memory(self) -> Mapping[str, Any]:
        """What it has seen so far, beside the state of the cell, as JSON has it; {} if nothing."""
        return {}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on from what another has seen."""

    def boundaries(self) -> Sequence[ExteriorBoundary]:
        """Outer faces on which it has fields; contacts are written anyway."""
        return ()

    def point_fields(self, points: Points) -> Fields:
        """Fields on points, by name with unit; nan where a phase has none."""
        return {}

    def cell_fields(self, cells: Cells) -> Fields:
        """Fields on cells, likewise."""
        return {}

    def interface_fields(self, facets: Facets) -> Fields:
        """Fields on facets of interfaces, likewise."""
        return {}
