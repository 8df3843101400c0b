"""One time step after the other: as long as the errors allow, as short as events ask."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.case.materials import needed
from ecmcell.case.protocol.step import Rate, Step
from ecmcell.errors import Interrupted, SolverError
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.step_size import StepSize, StepTooSmall
from ecmcell.numerics.system.layout import Array
from ecmcell.numerics.system.scalars import Algebraic
from ecmcell.processes.process import CONTACT_LOST
from ecmcell.processes.state import Snapshot
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.electrochemistry import CURRENT, VOLTAGE
from ecmcell.simulation.events import MET, Event
from ecmcell.simulation.step_statistics import StepStatistics

# An error up to this multiple of the tolerance is let pass: repeating the step costs more.
_LENIENCE = 2.0
# Of the largest current of the protocol: below it a current without a cut-off is not followed.
_SMALL_CURRENT = 1e-2
_LARGEST_SEARCH_COUNT, _LARGEST_FAILURE_COUNT = 40, 3
# Of the time since the start: when an interface parts by itself is known as well as that.
_JUMP = 1e-2
# V, far above what any loss of a cell can be.
_LARGEST_VOLTAGE = 1e6


Moment = tuple[float, Snapshot]
"""A time in s and the state of then."""


@dataclass
class AcceptedStep:
    """An accepted time step.

    Attributes:
        length: In s.
        work: Work done, rejected attempts included.
        fixed_point_iterations: Passes over electrochemistry and mechanics in the accepted attempt.
    """

    length: float
    work: StepStatistics
    fixed_point_iterations: int


class TimeStepper:
    """Takes time steps of a cell, each as long as its errors allow.

    Args:
        cell: The cell, initialised.

    Attributes:
        step: The protocol step whose current, voltage or power is prescribed.
    """

    def __init__(self, cell: Cell):
        self.cell = cell
        time = cell.case.time
        self._sizes = StepSize(time.initial_step, time.min_step, time.max_step)
        self._past: list[Moment] = []  # before the present state; empty behind a jump
        self.step: Step = cell.case.protocol[0]

    @property
    def smallest(self) -> float:
        """The shortest step there may be, s."""
        return self._sizes.smallest

    def begin_anew(self) -> None:
        """Forget the steps before: what is prescribed jumps, or changes its slope."""
        self._sizes.restart()
        self._past = []

    def advance(self, remaining: float, events: list[Event]) -> tuple[AcceptedStep, list[str]]:
        """Take one step of at most the remaining time; also the names of the events it hit.

        Args:
            remaining: In s.
            events: What the step is shortened to hit.

        Raises:
            Interrupted: If it was asked to stop; the state is that before the step.
            SolverError: If it fails at the smallest length.
        """
        done, cell = StepStatistics(), self.cell
        start, jumped = cell.state.snapshot(), np.full(len(cell.processes), np.inf)
        timed = np.array([process.times_jumps for process in cell.processes])
        now = float(start[2]["time"])
        known = [*self._past, (now, start)]
        while True:
            length = self._sizes.until(remaining)
            try:
                work, fixed_point_iterations, change = self._attempt(start, length, known)
            except NotConverged as failure:
                self._reject(start, length, None, str(failure))
                continue
            done += work
            error = None
            if self._past:
                # Backward Euler errs by dt^2 c''/2, the guess by dt (2 dt + dt_before) c''/2.
                error = change * length / (2.0 * length + now - self._past[-1][0])
            grown, sharp = cell.growth(), length <= max(self._sizes.initial, _JUMP * now)
            # What breaks or runs by itself does about as much in a shorter step.
            jumps = (grown > jumped * math.sqrt(length)) & (sharp | ~timed)
            growth = grown[~jumps].max(initial=0.0)
            # A jump takes voltages and currents along, in a shorter step by as much.
            leaps = bool(jumps.any()) and error is not None and error > _LENIENCE
            if leaps:
                error = None
            if growth > 0.0:  # a length in proportion to it is what the square asks for
                error = max(error or 0.0, growth**2)
            if error is not None and error > _LENIENCE and length > self._sizes.smallest:
                self._reject(start, length, error, f"error {error:.1f}")
                jumped[:] = np.where(grown > 1.0, grown / math.sqrt(length), np.inf)
                continue
            if cell.contact_lost and not jumps[timed].any() and length > self._sizes.smallest:
                # A cut-off may come first, as the voltage rises while contact goes.
                self._reject(start, length, None, CONTACT_LOST)
                continue
            break
        passed = False
        for event in events:  # each shortens the step further; the last one is the first in time
            if event.value(length) >= 0.0:
                passed = True
                length, work, fixed_point_iterations = self._shorten(start, length, event)
                done += work
        met = [e.name for e in events if passed and e.value(length) >= -MET]
        self._sizes.accept(length, error)
        # Nothing can be extrapolated across a jump: that at the beginning of a protocol step, or
        # one of what runs by itself.
        self._past = [] if leaps or start[2]["step_time"] == 0.0 else known[-2:]
        position, current = self.cell.state.accumulators, self.cell.state.current.value
        position["time"] += length
        position["step_time"] += length
        position["charge"] += current * length
        position["throughput"] += abs(current) * length
        cell.end_step()
        return AcceptedStep(length, done, fixed_point_iterations), met

    def _attempt(
        self, start: Snapshot, length: float, known: list[Moment]
    ) -> tuple[StepStatistics, int, float]:
        """Solve one step of a given length.

        Args:
            start: State at its beginning.
            length: In s.
            known: What the first guess is made from, as `State.predict` takes it; of one moment
                alone none is.

        Returns:
            The work done, the passes, and how far the guess was off in units of the tolerances.
        """
        cell, state = self.cell, self.cell.state
        state.restore(start)
        self._prescribe(float(start[2]["step_time"]) + length)
        cell.begin_step()
        if len(known) > 1:
            state.predict(known, float(start[2]["time"]) + length)
        guess = cell.error_controlled()
        voltage, current = state.voltage.value, state.current.value
        try:
            work, fixed_point_iterations = cell.iterate(length)
        except Interrupted:
            state.restore(start)
            raise
        self._check_range()
        pairs = zip(cell.error_controlled(), guess, strict=True)
        change = max((np.abs(now - then).max(initial=0.0) for now, then in pairs), default=0.0)
        time = cell.case.time
        return (
            work,
            fixed_point_iterations,
            max(
                cell.domain.max(change) / time.stoichiometry_tolerance,
                abs(state.voltage.value - voltage) / time.voltage_tolerance,
                self._current_change(current) / time.current_tolerance,
            ),
        )

    def _current_change(self, guess: float) -> float:
        """How far a current that is not prescribed is from its guess, relative to its size."""
        if self.step.control == "current":
            return 0.0
        current, stop = self.cell.state.current.value, self.step.stop_current
        # Near zero nothing is left to resolve.
        least = _SMALL_CURRENT * self.cell.current_scale
        if stop is not None:
            least = self.cell.current(stop)
        return abs(current - guess) / max(abs(current), least)

    def _shorten(
        self, start: Snapshot, length: float, event: Event
    ) -> tuple[float, StepStatistics, int]:
        """Repeat a step with the length at which the cut-off is just met (Illinois method).

        If the cut-off is passed from the beginning, the smallest step is taken.
        """
        done, fixed_point_iterations = StepStatistics(), 1
        reached, begin = self.cell.state.snapshot(), float(start[2]["time"])
        known = [(begin, start), (begin + length, reached)]
        high, above = length, event.value(length)
        low, below = 0.0, 0.0
        if self.cell.state.accumulators["step_time"] > 0.0:
            self.cell.state.restore(start)
            below = min(event.value(0.0), 0.0)
            self.cell.state.restore(reached)
        last_side = failures = 0
        for _ in range(_LARGEST_SEARCH_COUNT if above > MET else 0):
            # Of the beginning nothing is known: it may lie past the cut-off itself.
            fraction = below / (below - above) if below < 0.0 else 0.5 * (low > 0.0)
            length = max(low + fraction * (high - low), self._sizes.smallest)
            try:
                work, fixed_point_iterations, _ = self._attempt(start, length, known)
            except NotConverged:
                failures, low, below, last_side = failures + 1, length, 0.0, 0
                if failures < _LARGEST_FAILURE_COUNT:
                    continue
                # What is past the cut-off and was solved is as near as it gets.
                work, fixed_point_iterations, _ = self._attempt(start, high, known)
                return high, done + work, fixed_point_iterations
            done += work
            value = event.value(length)
            if abs(value) <= MET or (value > 0.0 and length == self._sizes.smallest):
                break
            if value > 0.0:
                below = below / 2 if last_side > 0 else below
                high, above, last_side = length, value, 1
            else:
                above = above / 2 if last_side < 0 else above
                low, below, last_side = length, value, -1
        return length, done, fixed_point_iterations

    def _reject(self, start: Snapshot, length: float, error: float | None, why: str) -> None:
        self.cell.state.restore(start)
        try:
            self._sizes.reject(length, error)
        except StepTooSmall:
            position = self.cell.state.accumulators
            raise SolverError(
                f"the solver gave up at {position['time']:.6g} s, at the minimum time step "
                f"of {length:g} s: {self.cell.trouble() or why}"
            ) from None

    def _check_range(self) -> None:
        """There is no voltage as of nothing that carries the current, which rounding decides on."""
        voltage = self.cell.state.voltage.value
        if not self.cell.contact_lost and not abs(voltage) <= _LARGEST_VOLTAGE:
            raise NotConverged(f"the voltage is {voltage:.1e} V: nothing carries the current")
        self.cell.check_range()

    def _prescribe(self, time: float) -> None:
        """Prescribe what the protocol asks at a time in s since its step began."""
        step, chemistry, value = self.step, self.cell.electrochemistry, self.step.at(time)
        match step.control:
            case "voltage":
                chemistry.control_voltage(value)
            case "power":
                chemistry.control(prescribe_power(value * self.cell.area))
            case "current":
                rate = Rate(value, needed(step.current).of)
                chemistry.control_current(self.cell.current(rate))

    # What a run is continued from

    def kept_fields(self) -> dict[str, tuple[fem.FunctionSpace, Array]]:
        """Fields of the time steps that the next guess is made from, by name."""
        named = list(self.cell.state.fields())
        return {
            f"past/{number}/{name}": (function.function_space, values)
            for number, (_, (fields, _, _)) in enumerate(self._past)
            for (name, function), values in zip(named, fields, strict=True)
        }

    def memory(self) -> dict[str, Any]:
        """All else it goes on from, as JSON has it; alike on all ranks."""
        past = [[time, scalars] for time, (_, scalars, _) in self._past]
        return {"proposal": self._sizes.proposal, "past": past}

    def recall(
        self, memory: Mapping[str, Any], read: Callable[[str, fem.FunctionSpace], Array]
    ) -> None:
        """Go on from where another was; the cell is as it was then.

        Args:
            memory: What `memory` gave.
            read: Gives the values of a kept field on this rank.
        """
        self._sizes.proposal = memory["proposal"]
        named = list(self.cell.state.fields())
        self._past = []
        for number, (time, scalars) in enumerate(memory["past"]):
            fields = [read(f"past/{number}/{name}", f.function_space) for name, f in named]
            self._past.append((time, (fields, scalars, {})))


def prescribe_power(value: float) -> Algebraic:
    """The equation voltage times current = power in pW."""

    def equation(scalars: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        voltage, current = scalars[VOLTAGE], scalars[CURRENT]
        return voltage * current - value, np.array([current, voltage])

    return equation
