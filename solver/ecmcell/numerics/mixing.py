"""Anderson acceleration of a fixed-point iteration."""

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from ecmcell.numerics.system.layout import Array


class Anderson:
    """Next arguments of an iteration from the last few of them and what each has led to.

    Anderson 1965, doi:10.1145/321296.321305; Walker and Ni 2011, doi:10.1137/10078356X, eq. 2.2: of
    all affine combinations of the last iterations that one whose residuals cancel best.

    Args:
        comm: All ranks.
        owned: Which entries of the vectors count on this rank, so that each counts once.
        depth: Iterations that are remembered.
    """

    def __init__(self, comm: MPI.Comm, owned: npt.NDArray[np.bool_], depth: int = 5):
        self._comm, self._owned, self._depth = comm, owned, depth
        self._turns: list[tuple[Array, Array]] = []

    def forget(self) -> None:
        """Begin anew."""
        self._turns = []

    def next(self, given: Array, found: Array) -> Array:
        """Where to go on.

        Args:
            given: Argument of the last iteration.
            found: What it has led to.
        """
        self._turns = [*self._turns[-self._depth :], (found.copy(), found - given)]
        if len(self._turns) == 1:
            return found
        values, residuals = (np.diff(rows, axis=0) for rows in zip(*self._turns, strict=True))
        counted = residuals[:, self._owned]
        last = self._turns[-1][1][self._owned]
        products = self._comm.allreduce(np.column_stack([counted @ counted.T, counted @ last]))
        # On one rank, as nearly singular equations turn rounding into other weights on another.
        weights = None
        if self._comm.rank == 0:
            weights = np.linalg.lstsq(products[:, :-1], products[:, -1], rcond=1e-12)[0]
        next_one: Array = found - self._comm.bcast(weights) @ values
        return next_one
