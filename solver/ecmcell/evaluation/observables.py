"""The numbers of a run: one row of the series for each accepted step."""

from collections.abc import Mapping
from typing import Any

from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.registry import SUBJECTS
from ecmcell.evaluation.subject import Subject
from ecmcell.microstructure import MeshData
from ecmcell.simulation.cell import Cell


class Observables:
    """Evaluates what `series.csv` holds; every number is that of the whole cell.

    Args:
        cell: The cell, before its first step.

    Attributes:
        probes: What several subjects read off the cell.
        subjects: All that there is to tell of it.
    """

    def __init__(self, cell: Cell):
        self.probes = Probes(cell)
        found = (subject.of(cell, self.probes) for subject in SUBJECTS)
        self.subjects: list[Subject] = [subject for subject in found if subject is not None]

    def warnings(self, made: MeshData | None) -> list[str]:
        """What all subjects warn of before the run, given its mesh on rank 0."""
        return [text for subject in self.subjects for text in subject.warnings(made)]

    def row(self) -> dict[str, float | int]:
        """The present state in numbers, by name with unit."""
        return {name: value for one in self.subjects for name, value in one.row().items()}

    def histograms(self) -> list[dict[str, float | str]]:
        """How the current is spread over the electrodes, bin by bin."""
        return [row for subject in self.subjects for row in subject.histogram()]

    def memory(self) -> dict[str, Any]:
        """What the subjects have seen so far, by their names, as JSON has it."""
        return {type(one).__name__: memory for one in self.subjects if (memory := one.memory())}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on from what others have seen."""
        for one in self.subjects:
            if type(one).__name__ in memory:
                one.recall(memory[type(one).__name__])

    def summary(self) -> dict[str, object]:
        """What the summary of the run says, by name with unit."""
        return {name: value for one in self.subjects for name, value in one.summary().items()}
