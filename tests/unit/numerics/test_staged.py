"""Newton's method for a law with kinks, which are rounded where it fails."""

from types import SimpleNamespace

import pytest

from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.staged import Staged

WIDTHS = (1.0, 0.1, 0.0)
STEP = SolverStatistics(1, 2, 2)


class Fails:
    """A method that fails so often, and keeps what it was asked for and from where."""

    def __init__(self, often: int, rounding: SimpleNamespace):
        self._left, self._rounding = often, rounding
        self.asked: list[tuple[float, int]] = []
        self.fields = 7
        self.system = SimpleNamespace(copy=lambda: self.fields, restore=self._restore)
        self.linear = object()

    def solve(
        self, scale: float, tolerance: float = 0.0, setbacks: float = 0.0
    ) -> SolverStatistics:
        self.asked.append((self._rounding.value, self.fields))
        self.fields += 1
        if self._left > 0:
            self._left -= 1
            raise NotConverged("a kink")
        return STEP

    def _restore(self, fields: int) -> None:
        self.fields = fields


def staged(often: int) -> tuple[Staged, Fails, SimpleNamespace]:
    rounding = SimpleNamespace(value=None)
    newton = Fails(often, rounding)
    return Staged(newton, rounding, WIDTHS), newton, rounding


def test_a_law_that_can_be_solved_is_not_rounded() -> None:
    solver, newton, _ = staged(0)
    assert solver.solve(1.0) == STEP
    assert newton.asked == [(0.0, 7)]
    assert solver.linear is newton.linear


def test_rounded_kinks_lead_to_the_sharp_law() -> None:
    """From the guess of the start, and from each width on to the next."""
    solver, newton, _ = staged(1)
    assert solver.solve(1.0) == STEP + STEP + STEP
    assert newton.asked == [(0.0, 7), (1.0, 7), (0.1, 8), (0.0, 9)]


def test_an_attempt_with_something_to_fall_back_on_gives_up() -> None:
    solver, newton, _ = staged(1)
    with pytest.raises(NotConverged):
        solver.solve(1.0, setbacks=1.0)
    assert len(newton.asked) == 1


def test_the_law_stays_sharp_however_it_ends() -> None:
    solver, _, rounding = staged(2)
    with pytest.raises(NotConverged):
        solver.solve(1.0)
    assert rounding.value == 0.0
