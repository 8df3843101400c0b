"""How far the stoichiometry has been beyond what is known of an active material."""

from collections.abc import Mapping
from typing import Any

from ecmcell.case.materials import ActiveMaterial
from ecmcell.case.validity import beyond
from ecmcell.simulation.cell import Cell


class Validity:
    """The least and the largest stoichiometry of each phase so far.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell = cell
        self._ends: dict[str, tuple[float, float]] = {}
        self._told: set[str] = set()

    def look(self) -> None:
        """Take in the present state; collective."""
        domain, bodies = self._cell.domain, self._cell.active.values()
        for body in bodies:
            x, phase = body.x.x.array, body.subdomain.phase
            low = -domain.max(-x.min(initial=1.0))
            high = domain.max(x.max(initial=0.0))
            before = self._ends.get(phase, (low, high))
            self._ends[phase] = (min(low, before[0]), max(high, before[1]))

    def memory(self) -> dict[str, Any]:
        """What has been so far, and what was told of it, as JSON has it."""
        return {"ends": self._ends, "told": sorted(self._told)}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._ends = {phase: (low, high) for phase, (low, high) in memory["ends"].items()}
        self._told = set(memory["told"])

    def news(self) -> list[str]:
        """What has not been told yet of how far it is beyond its table or window."""
        found = [
            f"{phase}: the stoichiometry has reached {told}"
            for phase, ends in self._ends.items()
            for told in beyond(self._cell.case.phases[phase].made_of(ActiveMaterial), *ends)
        ]
        new = [text for text in found if text not in self._told]
        self._told.update(new)
        return new
