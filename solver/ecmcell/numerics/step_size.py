"""Length of time steps: grows and shrinks with the error of the step before."""

_SAFETY = 0.9
_LARGEST_GROWTH = 2.0
_SMALLEST_CUT = 0.2
_CUT_ON_FAILURE = 0.25


class StepTooSmall(Exception):
    """A step would have to be shorter than the smallest one allowed."""


class StepSize:
    """Chooses the next step for a method whose error a step goes with the square of its length.

    Args:
        initial: First step in s.
        smallest: A shorter step is refused.
        largest: No step is longer.

    Attributes:
        proposal: Length of the next step, before it is shortened to hit a time.
    """

    def __init__(self, initial: float, smallest: float, largest: float):
        self.initial, self.smallest, self.largest = initial, smallest, largest
        self.proposal = min(initial, largest)

    def restart(self) -> None:
        """Begin anew after a jump of what is prescribed."""
        self.proposal = min(self.initial, self.largest)

    def until(self, remaining: float) -> float:
        """The next step, such that no sliver is left of the time that remains."""
        if self.proposal >= remaining:
            return remaining
        return (
            min(self.proposal, 0.5 * remaining) if 2 * self.proposal > remaining else self.proposal
        )

    def accept(self, taken: float, error: float | None) -> None:
        """Choose the next step.

        Args:
            taken: Step just taken; one shortened to hit a time does not slow its successors.
            error: Its error over what is allowed, None if not known.
        """
        if error is None:
            return
        growth = _LARGEST_GROWTH if error == 0.0 else _SAFETY * error**-0.5
        grown = taken * min(max(growth, _SMALLEST_CUT), _LARGEST_GROWTH)
        self.proposal = min(max(grown, self.proposal if growth >= 1.0 else 0.0), self.largest)

    def reject(self, taken: float, error: float | None) -> None:
        """Shorten the step after a failed solve, or one whose error was too large.

        Raises:
            StepTooSmall: If it is at the smallest length already.
        """
        if taken <= self.smallest:
            raise StepTooSmall
        cut = _CUT_ON_FAILURE if error is None else max(_SAFETY * error**-0.5, _SMALLEST_CUT)
        self.proposal = max(taken * cut, self.smallest)
