"""Drives a cell through its protocol: one protocol step after the other, and output times."""

import math
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from dolfinx import fem

from ecmcell.case.protocol.step import Rate, Step
from ecmcell.numerics.system.layout import Array
from ecmcell.processes.process import CONTACT_LOST
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.events import Event, Events
from ecmcell.simulation.time_stepper import AcceptedStep, TimeStepper

_SAME_TIME = 1e-9
_OPEN_CIRCUIT = Step("open circuit", "current", current=Rate(0.0, "area"))


@dataclass
class _Found:
    """What the time step just taken has come to.

    Attributes:
        met: Names of the events it has hit.
        due: When fields were due next, s.
        corner: When what is prescribed had its next corner, s since the protocol step began.
        is_disconnected: Whether it was the step without current in which contact was lost.
        is_done: Whether all that follows from it is done, and the next one can be taken.
    """

    met: list[str]
    due: float
    corner: float
    is_disconnected: bool = False
    is_done: bool = False


class Callback(Protocol):
    """Who is told about accepted steps; all calls are collective."""

    def step(self, accepted: AcceptedStep) -> None:
        """A time step was accepted."""

    def fields(self, label: str) -> None:
        """Fields are due."""

    def end_of_step(self, step: Step, reason: str) -> None:
        """A protocol step has ended."""


class ProtocolDriver:
    """Runs the protocol of a case on a cell.

    Args:
        cell: The cell, initialised.
        callback: Is told about every accepted step.
    """

    def __init__(self, cell: Cell, callback: Callback):
        self.cell, self.callback = cell, callback
        self._stepper, self._events = TimeStepper(cell), Events(cell)
        self._direction = 0.0
        self._found: _Found | None = None  # none where a protocol step begins

    def run(self) -> None:
        """Run all steps that are left.

        Raises:
            SolverError: If a time step fails at the smallest length.
        """
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[AcceptedStep]:
        """Run all steps that are left, one time step at a time; collective.

        Raises:
            Interrupted: If it was asked to stop; the cell is at the last accepted step.
            SolverError: If a time step fails at the smallest length.
        """
        position = self.cell.state.accumulators
        for index in range(int(position["protocol_step"]), len(self.cell.case.protocol)):
            step = self.cell.case.protocol[index]
            reason = yield from self._steps_of(step)
            self.callback.end_of_step(step, reason)
            self.callback.fields(f"{step.text}: end")
            position = self.cell.state.accumulators
            position["protocol_step"], position["step_time"] = index + 1, 0.0
            self._found = None
            if self.cell.ends_run() is not None:
                return

    def _steps_of(self, step: Step) -> Generator[AcceptedStep, None, str]:
        """Run one protocol step, or what is left of it; gives why it ended."""
        self._stepper.step = step
        if self._found is None:
            self._stepper.begin_anew()
            already = self._events.already(step)
            if already is not None:
                return already
            self.cell.begin_protocol_step()
            self._direction = self._events.direction(step)
        ends = self._events.ends(step, self._direction)
        while True:
            if self._found is None or self._found.is_done:
                taken, self._found = self._next(step, ends)
                self.callback.step(taken)
                yield taken
            reason = self._ends(step, ends, self._found)
            if reason == CONTACT_LOST and not self._found.is_disconnected:
                taken = self._disconnect()
                self._found = replace(self._found, is_disconnected=True)
                yield taken
            if reason is not None:
                return reason
            self._go_on(step, self._found)
            self._found.is_done = True

    def _next(self, step: Step, ends: list[Event]) -> tuple[AcceptedStep, _Found]:
        """Take the next time step of a protocol step."""
        position = self.cell.state.accumulators
        due = self.cell.case.output.next_field_time(position["time"] * (1 + _SAME_TIME))
        corner = step.next_corner(position["step_time"])
        ahead = min(corner, step.next_row(position["step_time"]))
        remaining = min(ahead - position["step_time"], due - position["time"])
        taken, met = self._stepper.advance(remaining, ends + self._events.milestones())
        return taken, _Found(met, due, corner)

    def _ends(self, step: Step, ends: list[Event], found: _Found) -> str | None:
        """Why a protocol step ends behind the time step just taken; None if it goes on."""
        end = self.cell.ends_run()
        if end is not None:
            return end
        names = {event.name for event in ends}
        reason = next((name for name in found.met if name in names), None)
        if reason is not None:
            return reason
        if found.is_disconnected or self.cell.contact_lost:
            return CONTACT_LOST
        passed = self.cell.state.accumulators["step_time"]
        ended = math.isclose(passed, step.duration or -1.0, rel_tol=_SAME_TIME)
        return "duration" if ended else None

    def _go_on(self, step: Step, found: _Found) -> None:
        """Do what is due behind a time step that does not end its protocol step."""
        position = self.cell.state.accumulators
        if found.met or math.isclose(position["time"], found.due, rel_tol=_SAME_TIME):
            self.callback.fields(": ".join([step.text, *found.met]))
        if math.isclose(position["step_time"], found.corner, rel_tol=_SAME_TIME):
            self._stepper.begin_anew()

    def _disconnect(self) -> AcceptedStep:
        """Take a step without current: nothing is left that one could pass."""
        self._stepper.step = _OPEN_CIRCUIT
        self._stepper.begin_anew()
        taken, _ = self._stepper.advance(self._stepper.smallest, [])
        self.callback.step(taken)
        return taken

    # What a run is continued from

    def kept_fields(self) -> dict[str, tuple[fem.FunctionSpace, Array]]:
        """Fields of the time steps that the next guess is made from, by name."""
        return self._stepper.kept_fields()

    def memory(self) -> dict[str, Any]:
        """All else it goes on from, as JSON has it; alike on all ranks."""
        return {
            "stepper": self._stepper.memory(),
            "direction": self._direction,
            "found": None if self._found is None else asdict(self._found),
        }

    def recall(
        self, memory: Mapping[str, Any], read: Callable[[str, fem.FunctionSpace], Array]
    ) -> None:
        """Go on from where another driver was; the cell is as it was then.

        Args:
            memory: What `memory` gave.
            read: Gives the values of a kept field on this rank.
        """
        self._stepper.recall(memory["stepper"], read)
        self._direction = memory["direction"]
        self._found = None if memory["found"] is None else _Found(**memory["found"])
