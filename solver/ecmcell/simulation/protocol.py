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
_LARGEST_SEARCH_COUNT = 25
# An error up to this multiple of the tolerance is let pass: repeating the step costs more.
_LENIENCE = 2.0
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
            self.cell.state.restore(start)
            try:
                work, staggers, error = self._attempt(length)
            except NotConverged as failure:
                self._reject(start, length, None, str(failure))
                continue
            effort += work
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

    def _attempt(self, length: float) -> tuple[Effort, int, float | None]:
        """Solve one step of a given length from the present state; also its error, if known."""
        cell = self.cell
        cell.electrochemistry.begin_step()
        factor = None
        if self._before is not None:
            earlier, earlier_length = self._before
            factor = length / earlier_length
            cell.state.extrapolate(earlier, factor)
        guess = {body: x.x.array.copy() for body, x in cell.state.stoichiometry.items()}
        voltage = cell.state.voltage.value
        effort, staggers = cell.iterate(length)
        self._check_range()
        if factor is None:
            return effort, staggers, None
        # Backward Euler errs by dt^2 c''/2, the guess is off by dt (2 dt + dt_before) c''/2.
        share = factor / (2.0 * factor + 1.0)
        time = cell.case.time
        change = max(
            (
                np.abs(x.x.array - guess[body]).max(initial=0.0)
                for body, x in cell.state.stoichiometry.items()
            ),
            default=0.0,
        )
        error = share * max(
            cell.domain.largest(change) / time.stoichiometry_tolerance,
            abs(cell.state.voltage.value - voltage) / time.voltage_tolerance,
        )
        return effort, staggers, error

    def _shorten(self, start: Snapshot, length: float, event: Event) -> tuple[float, Effort, int]:
        """Repeat a step with the length at which the cut-off is just met (Illinois method)."""
        effort, staggers = Effort(), 1
        high, above = length, event()
        low, below = 0.0, None
        if self._before is not None:
            self.cell.state.restore(start)
            below = min(event(), 0.0)
        last_side = 0
        for _ in range(_LARGEST_SEARCH_COUNT):
            if above <= _CUT_OFF and high == length:
                break
            if below is None or below == 0.0:
                length = max(0.5 * (low + high), self._sizes.smallest)
            else:
                length = low + (high - low) * below / (below - above)
            if length <= self._sizes.smallest:
                # What is prescribed lies beyond the cut-off from the start.
                length = self._sizes.smallest
            self.cell.state.restore(start)
            work, staggers, _ = self._attempt(length)
            effort += work
            value = event()
            if abs(value) <= _CUT_OFF or (value > 0.0 and length <= self._sizes.smallest):
                break
            if value > 0.0:
                high, above = length, value
                below = below / 2 if below and last_side > 0 else below
                last_side = 1
            else:
                low, below = length, value
                above = above / 2 if last_side < 0 else above
                last_side = -1
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
