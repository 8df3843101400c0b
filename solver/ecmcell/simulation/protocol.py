"""Drives a cell through its protocol: step sizes, cut-offs, output times."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ecmcell.case.materials import needed
from ecmcell.case.protocol import Rate, Step
from ecmcell.errors import SolverError
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Effort
from ecmcell.numerics.stepping import StepSize, StepTooSmall
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.state import Snapshot

# A cut-off is hit when it is missed by no more than this part of itself.
_CUT_OFF = 1e-7
# An error up to this multiple of the tolerance is let pass: repeating the step costs more.
_LENIENCE = 2.0
_LARGEST_SEARCH_COUNT = 40
_SAME_TIME = 1e-9

Event = Callable[[], float]
"""Negative until a cut-off is met; in units of the cut-off."""


@dataclass
class Accepted:
    """An accepted time step.

    Attributes:
        length: In s.
        effort: Work done, rejected attempts included.
        staggers: Passes over electrochemistry and mechanics in the accepted attempt.
    """

    length: float
    effort: Effort
    staggers: int


class Recorder(Protocol):
    """Who is told about accepted steps; all calls are collective."""

    def step(self, accepted: Accepted) -> None:
        """A time step was accepted."""

    def fields(self, label: str) -> None:
        """Fields are due."""

    def end_of_step(self, step: Step, reason: str) -> None:
        """A protocol step has ended."""


class Cycler:
    """Runs the protocol of a case on a cell.

    Args:
        cell: The cell, initialised.
        recorder: Is told about every accepted step.
    """

    def __init__(self, cell: Cell, recorder: Recorder):
        self.cell, self.recorder = cell, recorder
        time = cell.case.time
        self._sizes = StepSize(time.initial_step, time.smallest_step, time.largest_step)
        self._before: tuple[Snapshot, float] | None = None

    def run(self) -> None:
        """Run all steps that are left.

        Raises:
            SolverError: If a time step fails at the smallest length.
        """
        position = self.cell.state.position
        for index in range(int(position["protocol_step"]), len(self.cell.case.protocol)):
            step = self.cell.case.protocol[index]
            position = self.cell.state.position
            position["protocol_step"], position["step_time"] = index, 0.0
            reason = self._run_step(step)
            self.recorder.end_of_step(step, reason)
            self.recorder.fields(f"{step.text}: end")

    def _run_step(self, step: Step) -> str:
        """Run one protocol step and return why it ended."""
        self._set_control(step)
        self._sizes.restart()
        self._before = None
        event = self._event(step)
        duration = math.inf if step.duration is None else step.duration
        while True:
            position = self.cell.state.position
            due = self.cell.case.output.next_field_time(position["time"] * (1 + _SAME_TIME))
            left = duration - position["step_time"]
            taken, met = self._advance(min(left, due - position["time"]), event)
            self.recorder.step(taken)
            if met:
                return "cut-off"
            if math.isclose(self.cell.state.position["step_time"], duration, rel_tol=_SAME_TIME):
                return "duration"
            if math.isclose(self.cell.state.position["time"], due, rel_tol=_SAME_TIME):
                self.recorder.fields(step.text)

    # One time step

    def _advance(self, remaining: float, event: Event | None) -> tuple[Accepted, bool]:
        """Take one step of at most the remaining time; True if the cut-off was hit."""
        effort = Effort()
        start = self.cell.state.snapshot()
        while True:
            length = self._sizes.until(remaining)
            line = None
            if self._before is not None:
                earlier, earlier_length = self._before
                line = (earlier, start, 1.0 + length / earlier_length)
            try:
                work, staggers, change = self._attempt(start, length, line)
            except NotConverged as failure:
                self._reject(start, length, None, str(failure))
                continue
            effort += work
            error = None
            if self._before is not None:
                # Backward Euler errs by dt^2 c''/2, the guess by dt (2 dt + dt_before) c''/2.
                error = change * length / (2.0 * length + self._before[1])
            if error is not None and error > _LENIENCE and length > self._sizes.smallest:
                self._reject(start, length, error, f"error {error:.1f}")
                continue
            break
        met = False
        if event is not None and event() >= 0.0:
            met = True
            length, work, staggers = self._shorten(start, length, event)
            effort += work
        self._sizes.accept(length, error)
        # Across the jump at the beginning of a protocol step nothing can be extrapolated.
        self._before = None if self.cell.state.position["step_time"] == 0.0 else (start, length)
        position, current = self.cell.state.position, self.cell.state.current.value
        position["time"] += length
        position["step_time"] += length
        position["charge"] += current * length
        position["throughput"] += abs(current) * length
        return Accepted(length, effort, staggers), met

    def _attempt(
        self, start: Snapshot, length: float, line: tuple[Snapshot, Snapshot, float] | None
    ) -> tuple[Effort, int, float]:
        """Solve one step of a given length.

        Args:
            start: State at its beginning.
            length: In s.
            line: Where the first guess lies, as `State.place` takes it; the start if None.

        Returns:
            The work done, the passes, and how far the guess was off in units of the tolerances.
        """
        cell, state = self.cell, self.cell.state
        state.restore(start)
        cell.electrochemistry.begin_step()
        if line is not None:
            state.place(*line)
        guess = {body: x.x.array.copy() for body, x in state.stoichiometry.items()}
        voltage = state.voltage.value
        effort, staggers = cell.iterate(length)
        self._check_range()
        change = max(
            (np.abs(x.x.array - guess[b]).max(initial=0.0) for b, x in state.stoichiometry.items()),
            default=0.0,
        )
        time = cell.case.time
        return (
            effort,
            staggers,
            max(
                cell.domain.largest(change) / time.stoichiometry_tolerance,
                abs(state.voltage.value - voltage) / time.voltage_tolerance,
            ),
        )

    def _shorten(self, start: Snapshot, length: float, event: Event) -> tuple[float, Effort, int]:
        """Repeat a step with the length at which the cut-off is just met (Illinois method).

        If the cut-off is passed from the beginning, the smallest step is taken.
        """
        effort, staggers = Effort(), 1
        whole, reached = length, self.cell.state.snapshot()
        high, above = length, event()
        low, below = 0.0, 0.0
        if self.cell.state.position["step_time"] > 0.0:
            self.cell.state.restore(start)
            below = min(event(), 0.0)
            self.cell.state.restore(reached)
        last_side = 0
        for _ in range(_LARGEST_SEARCH_COUNT if above > _CUT_OFF else 0):
            share = below / (below - above) if below < 0.0 else 0.5
            length = max(low + share * (high - low), self._sizes.smallest)
            work, staggers, _ = self._attempt(start, length, (start, reached, length / whole))
            effort += work
            value = event()
            if abs(value) <= _CUT_OFF or (value > 0.0 and length == self._sizes.smallest):
                break
            if value > 0.0:
                below = below / 2 if last_side > 0 else below
                high, above, last_side = length, value, 1
            else:
                above = above / 2 if last_side < 0 else above
                low, below, last_side = length, value, -1
        return length, effort, staggers

    def _reject(self, start: Snapshot, length: float, error: float | None, why: str) -> None:
        self.cell.state.restore(start)
        try:
            self._sizes.reject(length, error)
        except StepTooSmall:
            position = self.cell.state.position
            raise SolverError(
                f"the solver gave up at {position['time']:.6g} s, at the smallest time step "
                f"of {length:g} s: {why}"
            ) from None

    def _check_range(self) -> None:
        """No host holds less than no lithium or more than it has room for."""
        for body, x in self.cell.state.stoichiometry.items():
            values = x.x.array
            outside = max(-values.min(initial=0.0), values.max(initial=1.0) - 1.0)
            if self.cell.domain.largest(outside) > 0.0:
                raise NotConverged(f"the stoichiometry in {body} leaves the range from 0 to 1")

    # Control and cut-offs

    def _density(self, rate: Rate) -> float:
        return rate.density(self.cell.capacity / self.cell.area)

    def _set_control(self, step: Step) -> None:
        if step.control == "voltage":
            self.cell.electrochemistry.control_voltage(needed(step.voltage))
        else:
            current = self._density(needed(step.current)) * self.cell.area
            self.cell.electrochemistry.control_current(current)

    def _event(self, step: Step) -> Event | None:
        state = self.cell.state
        if step.stop_voltage is not None:
            stop = step.stop_voltage
            sign = 1.0 if step.kind == "charge" else -1.0
            return lambda: sign * (state.voltage.value - stop) / max(abs(stop), 1.0)
        if step.stop_current is not None:
            least = self._density(step.stop_current) * self.cell.area
            return lambda: (least - abs(state.current.value)) / least
        return None
