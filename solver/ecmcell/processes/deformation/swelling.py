"""The chemical strain of active material, as the mechanics is solved with it."""

from collections.abc import Mapping, Sequence
from typing import Self

from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process


class Swelling(Process):
    """Free strains that follow the stoichiometry, theory.md (17).

    Args:
        active: Bodies of active material.
    """

    def __init__(self, active: Mapping[str, ActiveBody]):
        self._swellings = [(body.x, one) for body in active.values() for one in body.swellings]

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where there is mechanics."""
        return [cls(context.active)] if context.case.physics.mechanics else []

    def update(self) -> None:
        """Take over the chemical strain at the present stoichiometry."""
        for x, swelling in self._swellings:
            swelling.nodes.x.array[:] = swelling.table(x.x.array)

    def begin_step(self) -> None:
        """Let work count from the present strain on."""
        self.update()
