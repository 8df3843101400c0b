"""A staggered solution of several coupled problems as one fixed-point iteration.

Each problem is solved with lagged values of the others. A coupling knows what it lags behind; the
iteration ends when all of them have caught up, and says by name which have not.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from typing import Protocol

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from mpi4py import MPI

from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.mixing import Anderson
from ecmcell.numerics.system.layout import Array


class Coupling(Protocol):
    """A quantity that one problem finds and another is solved with; all calls are collective.

    Attributes:
        name: What a message calls it.
    """

    name: str

    def begin(self) -> None:
        """Begin the iterations of another time step."""

    def evaluate(self) -> None:
        """Evaluate what the present solution makes of the quantity."""

    def residual(self) -> float:
        """How far that is from the lagged value, on this rank; the tolerance is of this."""

    def transfer(self) -> None:
        """Let the next iteration be solved with what was evaluated."""


class Lagged:
    """A coupling by fields: a copy of what the mechanics finds, say, in the equations of charge.

    Args:
        name: What a message calls it.
        fields: The lagged copies.
        find: The values that they should have, in the same order; collective.
        size: What residuals are relative to, over all ranks; collective.
        unit: Change that weighs as much as a unit of every other coupling that is accelerated; none
            for one that is not.
        bounds: What the lagged values stay between, however they are accelerated.

    Attributes:
        name: What a message calls it.
        unit: As given.
    """

    def __init__(
        self,
        name: str,
        fields: Sequence[fem.Function],
        find: Callable[[], Sequence[Array]],
        size: Callable[[], float] = lambda: 1.0,
        unit: float | None = None,
        bounds: tuple[float, float] = (-inf, inf),
    ):
        self.name, self.unit = name, unit
        self._fields, self._find, self._size, self._bounds = fields, find, size, bounds
        self._found: Sequence[Array] = []

    def begin(self) -> None:
        """Nothing is kept from one time step to the next."""

    def evaluate(self) -> None:
        """Evaluate what the present solution makes of the fields."""
        self._found = self._find()

    def residual(self) -> float:
        """Largest difference to the lagged fields on this rank, relative to the size."""
        size = self._size()
        pairs = zip(self._fields, self._found, strict=True)
        changes = (np.abs(found - field.x.array).max(initial=0.0) for field, found in pairs)
        return float(max(changes, default=0.0)) / size

    def transfer(self) -> None:
        """Take over what was evaluated."""
        for field, found in zip(self._fields, self._found, strict=True):
            field.x.array[:] = found

    def lagged(self) -> Array:
        """The lagged values of this rank in units of `unit`."""
        return self._in_units([field.x.array for field in self._fields])

    def found(self) -> Array:
        """What was evaluated, likewise."""
        return self._in_units(self._found)

    def put(self, values: Array) -> None:
        """Lag behind other values than those evaluated, given likewise."""
        ends = np.cumsum([len(field.x.array) for field in self._fields])[:-1]
        pieces = np.split(values * (self.unit or 1.0), ends)
        for field, piece in zip(self._fields, pieces, strict=True):
            field.x.array[:] = np.clip(piece, *self._bounds)

    def _in_units(self, arrays: Sequence[Array]) -> Array:
        values: Array = np.concatenate([np.zeros(0), *arrays]) / (self.unit or 1.0)
        return values

    def owned(self) -> npt.NDArray[np.bool_]:
        """Which of the values this rank owns."""
        owned = [np.zeros(0, dtype=bool)]
        for field in self._fields:
            local = np.arange(len(field.x.array))
            owned.append(local < field.function_space.dofmap.index_map.size_local)
        return np.concatenate(owned)


class FixedPoint:
    """Iterates until all couplings agree with what their sources find.

    Those with a unit are accelerated together (Anderson); the others converge as they are.

    Args:
        comm: All ranks.
        couplings: What lags behind.
        tolerance: Of the residual of each.
        largest_count: Iterations after which it gives up.

    Attributes:
        iterations: After how many iterations of the last solution each coupling did not agree yet.
    """

    def __init__(
        self, comm: MPI.Comm, couplings: Sequence[Coupling], tolerance: float, largest_count: int
    ):
        self._comm, self._couplings = comm, couplings
        self._tolerance, self._max_count = tolerance, largest_count
        self._mixed = [c for c in couplings if isinstance(c, Lagged) and c.unit is not None]
        owned = [np.zeros(0, dtype=bool), *(c.owned() for c in self._mixed)]
        self._mixing = Anderson(comm, np.concatenate(owned))
        self.iterations: Counter[str] = Counter()

    def solve(self, problems: Callable[[], None], is_over: Callable[[], bool]) -> int:
        """Solve all problems, one after the other, until the couplings agree.

        The lagged values of the last iteration stay, so that balances hold with them exactly.

        Args:
            problems: Solves all of them once with the lagged values.
            is_over: Whether nothing is left to iterate for.

        Returns:
            Iterations.

        Raises:
            NotConverged: If they do not agree, with the names of those that do not.
        """
        self._mixing.forget()
        self.iterations = Counter()
        for coupling in self._couplings:
            coupling.begin()
        late: dict[str, float] = {}
        for count in range(1, self._max_count + 1):
            problems()
            late = self._late()
            if not late or is_over():
                return count
            self._transfer()
        told = ", ".join(f"{name} by {change:.1e}" for name, change in late.items())
        raise NotConverged(f"after {self._max_count} iterations still change: {told}")

    def _late(self) -> dict[str, float]:
        """The residuals above the tolerance over all ranks, by coupling, the largest first."""
        for coupling in self._couplings:
            coupling.evaluate()
        local = np.array([coupling.residual() for coupling in self._couplings])
        local[~np.isfinite(local)] = np.inf  # the largest of nan and a number is either
        residuals = np.zeros_like(local)
        self._comm.Allreduce(local, residuals, op=MPI.MAX)
        found = dict(zip([c.name for c in self._couplings], residuals.tolist(), strict=True))
        for name, residual in found.items():
            if not np.isfinite(residual):
                raise NotConverged(f"{name}: what is found is not finite")
        late = {name: r for name, r in found.items() if r > self._tolerance}
        self.iterations.update(late.keys())
        return dict(sorted(late.items(), key=lambda item: -item[1]))

    def _transfer(self) -> None:
        for coupling in self._couplings:
            if coupling not in self._mixed:
                coupling.transfer()
        if not self._mixed:
            return
        given, found = ([f(c) for c in self._mixed] for f in (Lagged.lagged, Lagged.found))
        mixed = self._mixing.next(np.concatenate(given), np.concatenate(found))
        ends = np.cumsum([len(values) for values in given])[:-1]
        for coupling, values in zip(self._mixed, np.split(mixed, ends), strict=True):
            coupling.put(values)


def transfer(couplings: Sequence[Coupling]) -> None:
    """Let all lagged values catch up with the present solution."""
    for coupling in couplings:
        coupling.evaluate()
    for coupling in couplings:
        coupling.transfer()
