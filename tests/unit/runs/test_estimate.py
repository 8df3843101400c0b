"""How much of a protocol is done, and how long the rest takes."""

import math

import pytest

from ecmcell.case.protocol.parser import parse_step
from ecmcell.runs.estimate import Estimate, Moment

C_50 = 1.0  # pA
UNKNOWN = math.nan


def estimate(*protocol: str) -> Estimate:
    """Of a cell whose current of C/50 is 1 pA."""
    return Estimate([parse_step(text) for text in protocol], lambda rate: 50.0 * rate.value * C_50)


def fraction(asked: Estimate, number: int, *moment: float) -> float:
    return asked.after(number, Moment(*moment))[0]


def test_steps_count_alike_and_time_counts_within() -> None:
    asked = estimate("Rest for 10 s", "Rest for 1000 s")
    assert fraction(asked, 1, 0.0, UNKNOWN, 0.0) == 0.0
    assert fraction(asked, 1, 5.0, UNKNOWN, 0.0) == 0.25
    assert fraction(asked, 2, 500.0, UNKNOWN, 0.0) == 0.75
    assert fraction(asked, 2, 1000.0, UNKNOWN, 0.0) == 1.0


def test_charge_counts_to_the_end_of_the_window_from_where_the_step_began() -> None:
    asked = estimate("Charge at C/5 until 4.2 V", "Discharge at C/5 until 3 V")
    fraction(asked, 1, 0.0, 0.2, 0.0)
    assert fraction(asked, 1, 60.0, 0.6, 10.0) == pytest.approx(0.25)
    assert fraction(asked, 1, 90.0, 0.8, 10.0) == pytest.approx(0.375)
    assert fraction(asked, 2, 10.0, 0.6, 10.0) == pytest.approx(0.5 + 0.5 * 0.25)
    assert fraction(asked, 2, 10.0, -0.1, 10.0) == 1.0  # beyond the window


def test_a_state_of_charge_to_reach_is_the_end() -> None:
    asked = estimate("Charge at C/5 until 50 % SOC")
    fraction(asked, 1, 0.0, 0.1, 0.0)
    assert fraction(asked, 1, 60.0, 0.3, 10.0) == pytest.approx(0.5)


def test_the_nearest_of_several_ends_counts() -> None:
    asked = estimate("Charge at C/5 until 4.2 V or for 100 s")
    fraction(asked, 1, 0.0, 0.0, 0.0)
    assert fraction(asked, 1, 60.0, 0.3, 10.0) == pytest.approx(0.6)
    assert fraction(asked, 1, 70.0, 0.9, 10.0) == pytest.approx(0.9)


def test_current_of_a_hold_falls_like_an_exponential() -> None:
    asked = estimate("Rest for 1 s", "Hold at 4.2 V until C/50")
    fraction(asked, 1, 1.0, 0.9, 0.0)
    assert fraction(asked, 2, 1.0, 0.9, 16.0 * C_50) == pytest.approx(0.5)
    assert fraction(asked, 2, 9.0, 0.9, 4.0 * C_50) == pytest.approx(0.75)
    assert fraction(asked, 2, 20.0, 0.9, C_50) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "current"),
    [
        ("Charge at 1 mA/cm2 until 0.1 V", 5.0),  # no active material to fill
        ("Hold at 4.2 V until C/50", 0.5 * C_50),  # the current is below its end already
        ("Hold at 4.2 V until C/50", 0.0),
    ],
)
def test_a_step_without_a_known_end_is_unknown(text: str, current: float) -> None:
    asked = estimate(text, "Rest for 10 s")
    assert all(map(math.isnan, asked.after(1, Moment(5.0, UNKNOWN, current))))
    assert fraction(asked, 2, 5.0, UNKNOWN, 0.0) == 0.75


def test_time_left_is_in_proportion_to_the_time_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 101.0, 130.0, 160.0])
    monkeypatch.setattr("ecmcell.runs.estimate.time.perf_counter", lambda: next(clock))
    asked = estimate("Rest for 100 s")
    assert math.isnan(asked.after(1, Moment(0.0, UNKNOWN, 0.0))[1])
    assert math.isnan(asked.after(1, Moment(1.0, UNKNOWN, 0.0))[1])  # too early to say
    assert asked.after(1, Moment(10.0, UNKNOWN, 0.0)) == pytest.approx((0.1, 9.0))
    assert asked.after(1, Moment(50.0, UNKNOWN, 0.0)) == pytest.approx((0.5, 30.0))
