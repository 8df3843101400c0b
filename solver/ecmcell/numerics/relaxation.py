"""How far to go when two problems are solved in turn."""

import numpy as np
import numpy.typing as npt

from ecmcell.domain.domain import Domain

_LEAST, _MOST = 0.05, 1.0


class Aitken:
    """Dynamic relaxation of a fixed-point iteration.

    The factor is that of Irons and Tuck (1969, doi:10.1002/nme.1620010306): of two successive
    changes it finds how far the whole way would go, as a secant does for one unknown.

    Args:
        domain: Sums over its ranks.
    """

    def __init__(self, domain: Domain):
        self._domain = domain
        self.begin()

    def begin(self) -> None:
        """Forget the changes before: the first one is taken whole."""
        self._factor = _MOST
        self._before: npt.NDArray[np.float64] | None = None

    def factor(self, change: npt.NDArray[np.float64], owned: int) -> float:
        """The share of a change to take.

        Args:
            change: What the iteration would add, on this rank.
            owned: Number of its first entries that this rank owns.
        """
        change = change[:owned]
        if self._before is not None:
            bend = change - self._before
            over, under = self._domain.total(self._before @ bend), self._domain.total(bend @ bend)
            if under > 0.0:
                self._factor = float(np.clip(-self._factor * over / under, _LEAST, _MOST))
        self._before = change.copy()
        return self._factor
