"""Step sizes: growth, cuts, and times that are hit without slivers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecmcell.numerics.step_size import StepSize, StepTooSmall


def test_begins_with_the_initial_step() -> None:
    assert StepSize(1.0, 1e-3, 600.0).proposal == 1.0
    assert StepSize(100.0, 1e-3, 10.0).proposal == 10.0


def test_an_error_at_the_tolerance_keeps_the_step_nearly() -> None:
    """Safety keeps it a tenth below; smaller errors let it grow by their square root, to double."""
    for error, factor in ((1.0, 0.9), (0.81, 1.0), (0.36, 1.5), (0.01, 2.0), (0.0, 2.0)):
        sizes = StepSize(10.0, 1e-3, 600.0)
        sizes.accept(10.0, error)
        assert sizes.proposal == pytest.approx(10.0 * factor)


def test_an_unknown_error_changes_nothing() -> None:
    sizes = StepSize(10.0, 1e-3, 600.0)
    sizes.accept(2.0, None)
    assert sizes.proposal == 10.0


def test_never_longer_than_the_largest() -> None:
    sizes = StepSize(10.0, 1e-3, 15.0)
    sizes.accept(10.0, 0.0)
    assert sizes.proposal == 15.0


def test_a_step_shortened_to_hit_a_time_does_not_slow_the_next() -> None:
    sizes = StepSize(10.0, 1e-3, 600.0)
    sizes.accept(0.5, 0.1)
    assert sizes.proposal == 10.0


def test_rejection_shortens_by_the_error_or_to_a_quarter() -> None:
    """Errors cut by their square root, at most to a fifth; a failed solve cuts to a quarter."""
    for error, factor in ((4.0, 0.45), (2.25, 0.6), (1e6, 0.2), (None, 0.25)):
        sizes = StepSize(8.0, 1e-3, 600.0)
        sizes.reject(8.0, error)
        assert sizes.proposal == pytest.approx(8.0 * factor)


def test_gives_up_at_the_smallest_step() -> None:
    """A cut ends at the smallest step; if that fails too there is nothing left to do."""
    sizes = StepSize(2e-3, 1e-3, 600.0)
    sizes.reject(2e-3, None)
    assert sizes.proposal == 1e-3
    with pytest.raises(StepTooSmall):
        sizes.reject(1e-3, None)


def test_restart_goes_back_to_the_initial_step() -> None:
    sizes = StepSize(1.0, 1e-3, 600.0)
    sizes.accept(1.0, 0.0)
    sizes.restart()
    assert sizes.proposal == 1.0


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e4))
def test_times_are_hit_without_slivers(proposal: float, remaining: float) -> None:
    """No step goes beyond the time that remains, and none leaves less than half of itself."""
    sizes = StepSize(proposal, 1e-3, 1e9)
    step = sizes.until(remaining)
    assert 0.0 < step <= min(proposal, remaining)
    left = remaining - step
    assert left == 0.0 or left >= 0.99 * step
