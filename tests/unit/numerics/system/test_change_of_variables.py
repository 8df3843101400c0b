"""Fields and equations combined node by node, against dense algebra."""

from types import SimpleNamespace

import numpy as np
import pytest
from petsc4py import PETSc

from ecmcell.numerics.system.change_of_variables import ChangeOfVariables, FieldCombination

COUNT = 3  # places of either of two fields, and of a third one
RANDOM = np.random.default_rng(1)
MATRIX = RANDOM.uniform(-1.0, 1.0, (3 * COUNT, 3 * COUNT))
LEVEL, SHARE = RANDOM.uniform(0.1, 0.9, (2, COUNT))


def values(of: np.ndarray) -> SimpleNamespace:
    """A function with some values at its places."""
    return SimpleNamespace(x=SimpleNamespace(array=of))


def combinations() -> ChangeOfVariables:
    """The third field rises with the first."""
    spans = [(k * COUNT, (k + 1) * COUNT) for k in range(3)]
    matrix = PETSc.Mat().createAIJ(MATRIX.shape, comm=PETSc.COMM_SELF)
    matrix.setUp()
    matrix.setValues(range(3 * COUNT), range(3 * COUNT), MATRIX)
    matrix.assemble()
    level, fraction = SimpleNamespace(slope=values(LEVEL)), SimpleNamespace(value=values(SHARE))
    return ChangeOfVariables(
        SimpleNamespace(spans=lambda: spans), [FieldCombination(0, 2, level, fraction)], matrix
    )


def vector(of: np.ndarray) -> PETSc.Vec:
    return PETSc.Vec().createWithArray(of.copy(), comm=PETSc.COMM_SELF)


def test_the_product_is_that_of_dense_matrices() -> None:
    """L A R: R adds the level to the third field, L one less the share to the first equation."""
    left, right = np.eye(3 * COUNT), np.eye(3 * COUNT)
    first, third = np.arange(COUNT), np.arange(2 * COUNT, 3 * COUNT)
    left[first, third], right[third, first] = 1.0 - SHARE, LEVEL
    combined = combinations()
    product = combined.product()
    everything = range(3 * COUNT)
    found = product.getValues(everything, everything)
    assert found == pytest.approx(left @ MATRIX @ right, rel=1e-12)
    assert combined.product() is product
    b = RANDOM.uniform(-1.0, 1.0, 3 * COUNT)
    assert combined.right_side(vector(b)).array == pytest.approx(left @ b, rel=1e-12)
    x = vector(b)
    combined.to_solution(x)
    assert x.array == pytest.approx(right @ b, rel=1e-12)


def test_there_and_back() -> None:
    start = RANDOM.uniform(-1.0, 1.0, 3 * COUNT)
    x, combined = vector(start), combinations()
    combined.to_solution(x, -1.0)
    assert np.abs(x.array - start).max() > 0.01
    combined.to_solution(x)
    assert x.array == pytest.approx(start, rel=1e-12)
