"""Anderson's acceleration: linear maps are solved in as many turns as they have dimensions."""

import numpy as np
import pytest
from mpi4py import MPI

from ecmcell.numerics.mixing import Anderson

pytestmark = pytest.mark.mpi

FACTORS = np.array([-3.0, -0.9, 0.5, 0.95])  # the first makes plain turns diverge


def turns(mixing: Anderson, mine: np.ndarray, count: int) -> float:
    """The distance from the fixed point 1 that some turns of x -> 1 + f (x - 1) end with."""
    x = np.zeros(len(mine))
    for _ in range(count):
        x = mixing.next(x, 1.0 + FACTORS[mine] * (x - 1.0))
    return float(np.abs(x - 1.0).max(initial=0.0))


def test_linear_map(comm: MPI.Comm) -> None:
    """Entries lie on all ranks; some are on several of them but count once."""
    mine = np.arange(4) if comm.rank == 0 else np.array([3, 0])
    mixing = Anderson(comm, np.full(len(mine), comm.rank == 0))
    assert turns(mixing, mine, 4) > 0.01
    mixing.forget()
    assert turns(mixing, mine, 5) <= 1e-7


def test_what_is_forgotten_has_no_part(comm: MPI.Comm) -> None:
    """The first turn after a new beginning is a plain one."""
    mixing = Anderson(comm, np.ones(4, dtype=bool))
    turns(mixing, np.arange(4), 3)
    mixing.forget()
    found = np.arange(4.0)
    assert np.array_equal(mixing.next(np.zeros(4), found), found)


def test_nothing_changes_at_the_fixed_point(comm: MPI.Comm) -> None:
    """Residuals that vanish leave everything where it is."""
    mixing = Anderson(comm, np.ones(2, dtype=bool))
    for _ in range(3):
        assert np.array_equal(mixing.next(np.ones(2), np.ones(2)), np.ones(2))
