"""One kind of unknown fields of a cell, and how its values go on in time."""

import numpy as np
from dolfinx import fem

from ecmcell.numerics.extrapolation import along
from ecmcell.numerics.system.layout import Array


class Fields(dict[str, fem.Function]):
    """The fields of one kind, by body or by what they are.

    Args:
        kind: What they are, a name that no other kind has.
        order: Of the polynomial in time that a guess is on: 1 is a line, 2 a parabola.
        keeps: Fraction of its last value that a guess has at least; any guess will do if not given.
        most: What a guess is at most.

    Attributes:
        kind: As given.
    """

    def __init__(self, kind: str, order: int = 1, keeps: float | None = None, most: float = np.inf):
        super().__init__()
        self.kind, self._order, self._keeps, self._most = kind, order, keeps, most

    def guess(self, known: list[tuple[float, Array]], time: float) -> Array:
        """Values at a time that follows others.

        Args:
            known: Times in s and the values of then, two or more, the last ones last.
            time: In s.
        """
        values, last = along(known[-1 - self._order :], time), known[-1][1]
        if self._keeps is not None:
            values = np.maximum(values, self._keeps * last)
        return np.minimum(values, self._most)
