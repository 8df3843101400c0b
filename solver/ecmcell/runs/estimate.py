"""How much of a protocol is done, and how long the rest may take to compute."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ecmcell.case.protocol.step import Rate, Step

# Before so much is done, the time that was taken says nothing about the time that is left.
_EARLY = 0.02
_FULL, _EMPTY = 1.0, 0.0


@dataclass(frozen=True)
class Moment:
    """A state within a protocol step.

    Attributes:
        step_time: Time in s since the protocol step began.
        state_of_charge: From 0 to 1; NaN where there is no active material.
        current: Size of the current in pA.
    """

    step_time: float
    state_of_charge: float
    current: float


class Estimate:
    """How much of a protocol is done: its steps count alike.

    The fraction of a step is the largest of what is known: time over duration, charge over that to
    the state of charge at which the step ends or else to the end of the stoichiometry window, and
    the logarithm of the current of a hold. The time left is in proportion to the time taken.

    Args:
        protocol: All steps.
        current: Gives the current of a rate in pA.
    """

    def __init__(self, protocol: Sequence[Step], current: Callable[[Rate], float]):
        self._protocol, self._current = protocol, current
        self._number, self._last = 0, Moment(0.0, math.nan, 0.0)

    def after(self, number: int, now: Moment) -> tuple[float, float]:
        """What is known after a time step; to be asked after each of them, in order.

        Args:
            number: Of the protocol step, from 1.
            now: Its state.

        Returns:
            The fraction that is done, and the time left in s; NaN where unknown.
        """
        if not self._number:
            self._began, self._last = time.perf_counter(), now
        if number != self._number or not self._last.step_time:
            self._start = Moment(0.0, self._last.state_of_charge, now.current)
        self._number, self._last = number, now
        ends = self._fractions(self._protocol[number - 1], now)
        known = [min(max(end, 0.0), 1.0) for end in ends if not math.isnan(end)]
        done = (number - 1 + max(known, default=math.nan)) / len(self._protocol)
        if not done >= _EARLY:
            return done, math.nan
        return done, (time.perf_counter() - self._began) * (1.0 - done) / done

    def _fractions(self, step: Step, now: Moment) -> Iterator[float]:
        """How near each known end of a step is."""
        start = self._start
        if step.duration is not None:
            yield now.step_time / step.duration
        target = {"charge": _FULL, "discharge": _EMPTY}.get(step.kind)
        target = target if step.stop_state is None else step.stop_state
        if target is not None and target != start.state_of_charge:
            passed = now.state_of_charge - start.state_of_charge
            yield passed / (target - start.state_of_charge)
        if step.stop_current is not None and now.current and start.current:
            fall = math.log(start.current / self._current(step.stop_current))
            yield math.log(start.current / now.current) / fall if fall > 0.0 else math.nan
