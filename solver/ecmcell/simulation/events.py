"""What time steps are shortened to hit: the ends of protocol steps, and states of charge."""

from collections.abc import Callable
from dataclasses import dataclass

from ecmcell.case.protocol.step import Step
from ecmcell.processes.process import CONTACT_LOST, Limit
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.charge import StateOfCharge

CUT_OFF = "cut-off"
MET = 1e-7
"""An event is hit when it is missed by no more than this part of itself."""
# States of charge closer than this are the same.
_SAME_STATE = 1e-6
_DIRECTIONS = {"charge": 1.0, "discharge": -1.0}


@dataclass
class Event:
    """Something that a time step is shortened to hit exactly.

    Attributes:
        name: What it is.
        value: Negative until it is met, of order one; takes the length in s of the step in which
            the present state was found.
    """

    name: str
    value: Callable[[float], float]


class Events:
    """The events of a cell.

    Args:
        cell: The cell, initialised.
    """

    def __init__(self, cell: Cell):
        self._cell, self._charge = cell, StateOfCharge(cell)
        self._limits = [limit for process in cell.processes for limit in process.limits()]

    def direction(self, step: Step) -> float:
        """From which side the cut-off of a step that begins now is met: 1 from below, else -1."""
        if step.kind in _DIRECTIONS:
            return _DIRECTIONS[step.kind]
        if step.stop_state is not None:
            return 1.0 if step.stop_state > self._charge.after(0.0) else -1.0
        if step.kind == "drive" and step.stop_voltage is not None:
            return 1.0 if self._cell.state.voltage.value < step.stop_voltage else -1.0
        return -1.0

    def ends(self, step: Step, direction: float) -> list[Event]:
        """What ends a step of the protocol early.

        Args:
            step: The step.
            direction: What `direction` gave when it began.
        """
        return self._cut_offs(step, direction) + self._beyond()

    def already(self, step: Step) -> str | None:
        """Why a step cannot even begin; None if it can."""
        if self._cell.is_disconnected and step.kind != "rest":
            return CONTACT_LOST
        direction = {"discharge": 1.0, "charge": -1.0}.get(step.kind, 0.0)
        near = [limit for limit in self._limits if limit.sign * direction > 0.0]
        return next((limit.name for limit in near if limit.value() >= -MET), None)

    def milestones(self) -> list[Event]:
        """The states of charge next to the present one at which fields are due."""
        states = self._cell.case.output.field_states
        if not states:
            return []
        now = self._charge.after(0.0)
        above = [s for s in states if s > now + _SAME_STATE]
        below = [s for s in states if s < now - _SAME_STATE]
        found = []
        for sign, target in [(1.0, min(above, default=None)), (-1.0, max(below, default=None))]:
            if target is not None:
                found.append(self._milestone(sign, target))
        return found

    def _cut_offs(self, step: Step, direction: float) -> list[Event]:
        """The cut-off of a step; empty or one."""
        state = self._cell.state
        if step.stop_voltage is not None:
            stop = step.stop_voltage
            sign = direction / max(abs(stop), 1.0)
            return [Event(CUT_OFF, lambda length: sign * (state.voltage.value - stop))]
        if step.stop_current is not None:
            least = self._cell.current(step.stop_current)
            return [Event(CUT_OFF, lambda length: (least - abs(state.current.value)) / least)]
        if step.stop_state is not None:
            return [Event(CUT_OFF, self._milestone(direction, step.stop_state).value)]
        return []

    def _beyond(self) -> list[Event]:
        """States beyond which the present current cannot go on."""

        def event(limit: Limit) -> Event:
            def value(length: float) -> float:
                leads_there = limit.sign * self._cell.state.current.value > 0.0
                return limit.value() if leads_there else -1.0

            return Event(limit.name, value)

        return [event(limit) for limit in self._limits]

    def _milestone(self, sign: float, target: float) -> Event:
        name = f"state of charge {target:g}"
        return Event(name, lambda length: sign * (self._charge.after(length) - target))
