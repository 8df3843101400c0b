"""How a critical current is bracketed, with a runner that only compares."""

import math
from dataclasses import replace

import pytest

from ecmcell.study.bracket import Bracket, Search, bracket, bracket_of, next_trial

SEARCH = Search(start=1.0, lowest=0.01, highest=50.0, tolerance=0.1, count=20)


def trials(critical: float, search: Search = SEARCH) -> tuple[list[float], Bracket]:
    """What is tried where everything from some current on penetrates, and the bracket."""
    tried: list[float] = []

    def comes(current: float) -> bool:
        tried.append(current)
        return current >= critical

    return tried, bracket(comes, search)


@pytest.mark.parametrize("critical", [0.011, 0.37, 1.0, 1.0001, 7.3, 49.0])
def test_the_bracket_holds_what_is_looked_for(critical: float) -> None:
    tried, found = trials(critical)
    assert found.safe is not None and found.critical is not None
    assert found.safe < critical <= found.critical
    assert found.width <= 0.1
    assert len(set(tried)) == len(tried)
    # Doublings to it, then halvings of the logarithm of two down to that of 1.1.
    doublings = 2 + math.ceil(abs(math.log2(critical)))
    assert len(tried) <= doublings + math.ceil(math.log2(math.log(2.0) / math.log(1.1)))


def test_it_doubles_and_halves_before_it_divides() -> None:
    assert trials(7.3)[0][:5] == [1.0, 2.0, 4.0, 8.0, 5.657]
    assert trials(0.37)[0][:4] == [1.0, 0.5, 0.25, 0.3536]


def test_nothing_beyond_the_range_is_tried() -> None:
    assert trials(1e3) == ([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 50.0], Bracket(50.0, None))
    tried, found = trials(1e-3)
    assert (tried[-1], found) == (0.01, Bracket(None, 0.01))
    assert found.width == math.inf and found.middle is None
    tried, found = trials(9.0, replace(SEARCH, start=0.001))
    assert tried[0] == 0.01 and found.critical is not None


def test_no_more_are_tried_than_may_be() -> None:
    tried, found = trials(7.3, replace(SEARCH, count=5))
    assert len(tried) == 5
    assert found == Bracket(5.657, 8.0)


def test_a_search_that_was_stopped_goes_the_same_way() -> None:
    whole, _ = trials(7.3)
    outcomes: dict[float, bool] = {}
    for expected in whole:
        trial = next_trial(outcomes, SEARCH)
        assert trial == expected
        outcomes[trial] = trial >= 7.3
    assert next_trial(outcomes, SEARCH) is None


def test_where_outcomes_contradict_the_lowest_that_penetrates_counts() -> None:
    assert bracket_of({1.0: False, 2.0: True, 4.0: False}) == Bracket(1.0, 2.0)
    assert bracket_of({2.0: True, 4.0: False}) == Bracket(None, 2.0)
