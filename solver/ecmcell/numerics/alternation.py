"""Alternate minimisation of an energy by two groups of fields, accelerated.

An energy that is convex in each group but not in both is minimised by one group and the other in
turn (Bourdin, Francfort and Marigo 2000, doi:10.1016/S0022-5096(99)00028-9). Plain iterations
converge slowly next to an instability, and through one they take an iteration or more for every
cell of the way.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from dolfinx import fem
from mpi4py import MPI

from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.mixing import Anderson
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.layout import Array, Layout

# An iteration that changes more than this fraction of what the one before did does not converge.
_CONTRACTION = 0.9
# An instability is over when an iteration changes less than this fraction of the most that one did
# in it.
_CALM = 0.1
# Fraction of the last change that is added once more at first, by what it grows from iteration to
# iteration, and its limit; the same after it was too much.
_MOMENTUM, _GROWTH, _LIMIT = 1.0, 1.1, 1.3
_CUT, _RETREAT = 0.5, 0.75
# Energies that differ by less are the same.
_SAME = 1e-10
# Where they differ by less, they do not tell whether a minimum has been passed.
_LEVEL = 1e-9
_LARGEST_COUNT = 1000


class Between(Protocol):
    """A group of fields that is found between its bounds.

    Attributes:
        layout: The fields.
        lower: Lower bound of each.
        upper: Upper bound of each.
    """

    layout: Layout
    lower: list[fem.Function]
    upper: list[fem.Function]

    def solve(self) -> SolverStatistics:
        """Find the minimum by these fields."""

    def refresh(self) -> None:
        """They were changed from outside."""


class Alternation:
    """Minimises by two groups of fields in turn until an iteration changes nothing any more.

    Where iterations contract, Anderson's method mixes the last few of them (Walker and Ni 2011,
    doi:10.1137/10078356X). Where they do not, the fields run away from an unstable state: every
    pass then goes on by what the last one has changed, as Polyak's heavy ball does
    (doi:10.1016/0041-5553(64)90137-5). An energy that has risen tells that either has gone too
    far; the plain iteration is then taken, which never raises it. An iteration that turns back
    tells that the ball has run past a minimum, long before rounding lets the energy do so; it
    stops there. Both restart Nesterov's method, too (O'Donoghue and Candes 2015,
    doi:10.1007/s10208-013-9150-3).

    Args:
        first: Finds the minimum by the first group.
        second: Finds the minimum by the second group, between its bounds.
        energy: What is minimised, over all ranks.
        tolerance: Largest change of the second group that still is to come.
        recovery: Growth from iteration to iteration of the limit of what is added once more, which
            falls wherever this was too much; 1 to keep it low. Fields that run far need it.

    Attributes:
        iterations: Iterations of the last solve.
    """

    def __init__(
        self,
        first: Callable[[], SolverStatistics],
        second: Between,
        energy: Callable[[], float],
        tolerance: float,
        recovery: float = 1.0,
    ):
        self._recovery = recovery
        self._first, self._second, self._energy = first, second, energy
        layout = second.layout
        self._tolerance, self._comm = tolerance, layout.spaces[0].mesh.comm
        spans = zip(layout.fields, layout.spans(), strict=True)
        owned = [np.arange(len(f.x.array)) < end - start for f, (start, end) in spans]
        self._mixing = Anderson(self._comm, np.concatenate(owned))
        self.iterations = 0

    def solve(self) -> SolverStatistics:
        """Find a minimum, starting from the present fields.

        Raises:
            NotConverged: If it is not found.
        """
        statistics, lowest, last = SolverStatistics(), np.inf, np.inf
        momentum, limit, most = _MOMENTUM, _LIMIT, 0.0  # `most` is positive while the fields run
        plain: Array | None = None
        self._mixing.forget()
        self._begin()
        for self.iterations in range(1, _LARGEST_COUNT + 1):
            work, energy = self._evaluate(is_plain=plain is None)
            statistics += work
            if plain is not None and not energy <= lowest + _SAME * abs(lowest):
                self._put(plain)
                self._mixing.forget()
                plain, last, limit = None, np.inf, _RETREAT * momentum
                momentum = _CUT * momentum
                continue
            is_level = abs(energy - lowest) <= _LEVEL * abs(lowest)
            lowest, given = energy, self._get()
            statistics += self._second.solve()
            found, before = self._get(), plain
            change = self._largest(found - given)
            if self._is_done(change, last, most > 0.0):
                return statistics
            runs = change > _CONTRACTION * last or change > _CALM * most > 0.0
            if runs and most > 0.0 and is_level and self._turns_back(found - given, given, before):
                self._mixing.forget()
                limit, momentum = _RETREAT * momentum, _CUT * momentum
                ahead, most = found, 0.0
            elif runs:
                self._mixing.forget()
                earlier = given if before is None else before
                limit = min(self._recovery * limit, _LIMIT)
                ahead = found + momentum * (found - earlier)
                most, momentum = max(most, change), min(_GROWTH * momentum, limit)
            else:
                ahead, most = self._mixing.next(given, found), 0.0
            plain, last = found, change
            self._put(ahead)
        raise NotConverged(
            f"fields in turn still change by {change:.1e} after {self.iterations} passes"
        )

    def _begin(self) -> None:
        """Put the guess between the bounds; at the lower ones if it is worse than these."""
        guess = self._get()
        self._put(_joined(self._second.lower))
        least = self._energy()
        self._put(guess)
        if not self._energy() <= least:
            self._put(_joined(self._second.lower))

    def _evaluate(self, is_plain: bool) -> tuple[SolverStatistics, float]:
        """Minimise by the first group; a guess that it cannot be found for has no good energy."""
        try:
            return self._first(), self._energy()
        except NotConverged:
            if is_plain:
                raise
            return SolverStatistics(), np.inf

    def _is_done(self, change: float, last: float, runs: bool) -> bool:
        """Whether all that is to come, a geometric series of changes, is within the tolerance."""
        if change <= self._tolerance:
            return True
        ratio = change / last if np.isfinite(last) else 1.0
        return not runs and ratio < 0.5 and change * ratio / (1.0 - ratio) <= self._tolerance

    def _turns_back(self, change: Array, given: Array, before: Array | None) -> bool:
        """Whether a change opposes what led to where it began."""
        if before is None:
            return False
        return bool(self._comm.allreduce(float(change @ (given - before)), op=MPI.SUM) < 0.0)

    def _largest(self, change: Array) -> float:
        return float(self._comm.allreduce(np.abs(change).max(initial=0.0), op=MPI.MAX))

    def _get(self) -> Array:
        return _joined(self._second.layout.fields)

    def _put(self, values: Array) -> None:
        bounds = _joined(self._second.lower), _joined(self._second.upper)
        fields = self._second.layout.fields
        ends = np.cumsum([len(f.x.array) for f in fields])[:-1]
        for field, part in zip(fields, np.split(np.clip(values, *bounds), ends), strict=True):
            field.x.array[:] = part
            field.x.scatter_forward()
        self._second.refresh()


def _joined(fields: Sequence[fem.Function]) -> Array:
    return np.concatenate([field.x.array for field in fields])
