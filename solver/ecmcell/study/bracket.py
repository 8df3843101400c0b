"""Brackets the critical current: where a yes or no changes, in as few runs as it takes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_FACTOR = 2.0
_DIGITS = 4


@dataclass(frozen=True)
class Search:
    """Where to look, and how closely; current densities in whatever unit, all positive.

    Attributes:
        start: What is tried first.
        lowest: Nothing below it is tried.
        highest: Nothing above it is tried.
        tolerance: The bracket is narrow enough when its ends differ by this part of the lower.
        count: How many may be tried.
    """

    start: float
    lowest: float
    highest: float
    tolerance: float
    count: int


@dataclass(frozen=True)
class Bracket:
    """What is known of a critical current.

    Attributes:
        safe: The highest that was tried without the event, below all with it; None if there is
            none.
        critical: The lowest that was tried with it; None if there is none.
    """

    safe: float | None
    critical: float | None

    @property
    def width(self) -> float:
        """By which part of the lower end the ends differ; infinite if one is missing."""
        if self.safe is None or self.critical is None:
            return math.inf
        return self.critical / self.safe - 1.0

    @property
    def middle(self) -> float | None:
        """Geometric mean of the ends, if both are known."""
        if self.safe is None or self.critical is None:
            return None
        return math.sqrt(self.safe * self.critical)


def bracket_of(outcomes: Mapping[float, bool]) -> Bracket:
    """The bracket that some trials leave.

    Args:
        outcomes: Whether the event came, by what was tried.
    """
    critical = min((c for c, came in outcomes.items() if came), default=None)
    limit = math.inf if critical is None else critical
    safe = max((c for c, came in outcomes.items() if not came and c < limit), default=None)
    return Bracket(safe, critical)


def next_trial(outcomes: Mapping[float, bool], search: Search) -> float | None:
    """What to try next: doubled or halved until both ends are known, then their geometric mean.

    Args:
        outcomes: Whether the event came, by what was tried.
        search: Where to look.

    Returns:
        None when the bracket is narrow enough, the ends of the range were tried in vain, or as
        many were tried as may be.
    """
    if len(outcomes) >= search.count:
        return None
    found = bracket_of(outcomes)
    if found.middle is not None:
        trial = None if found.width <= search.tolerance else found.middle
    elif found.safe is not None:
        trial = found.safe * _FACTOR
    elif found.critical is not None:
        trial = found.critical / _FACTOR
    else:
        trial = search.start
    if trial is None:
        return None
    trial = min(max(_rounded(trial), search.lowest), search.highest)
    return None if trial in outcomes else trial


def bracket(comes: Callable[[float], bool], search: Search) -> Bracket:
    """Try one after the other until it is known where the event begins.

    Args:
        comes: Tries one, and tells whether the event came.
        search: Where to look.
    """
    outcomes: dict[float, bool] = {}
    while (trial := next_trial(outcomes, search)) is not None:
        outcomes[trial] = comes(trial)
    return bracket_of(outcomes)


def _rounded(value: float) -> float:
    """To as many digits as a name of a directory should have."""
    return float(f"{value:.{_DIGITS}g}")
