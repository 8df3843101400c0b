"""Calendar ageing: a number that grows with time and temperature, and acts on nothing else."""

import math
from collections.abc import Sequence
from typing import Self

from ecmcell.case.units import GAS_CONSTANT
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process
from ecmcell.processes.state import State
from ecmcell_example.calendar_ageing.columns import LOSS
from ecmcell_example.calendar_ageing.keys import CalendarAgeing


class Ageing(Process):
    """Loss in % with d(loss^2)/dt = exp(-Ea/R (1/T - 1/T_ref)) / duration.

    Args:
        state: The unknowns.
        law: What the case says of it.
    """

    accumulators = ("calendar_ageing",)

    def __init__(self, state: State, law: CalendarAgeing):
        self._state, self._law = state, law
        self._step = 0.0

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In a case that has its table."""
        law = context.case.extensions.get("calendar_ageing")
        return [cls(context.state, law)] if isinstance(law, CalendarAgeing) else []

    def begin_iterations(self, step: float) -> None:
        """Note the length of the time step, s."""
        self._step = step

    def end_step(self) -> None:
        """Add what was lost in the time step."""
        law, kelvin = self._law, self._state.temperature.kelvin
        inverse = 1.0 / kelvin - 1.0 / law.reference_temperature
        rate = math.exp(-law.activation_energy / GAS_CONSTANT * inverse) / law.duration
        self._state.accumulators["calendar_ageing"] += rate * self._step

    def row(self) -> dict[str, float]:
        """What is lost so far."""
        return {LOSS.header: math.sqrt(self._state.accumulators["calendar_ageing"])}
