"""Fields and equations of a linear system combined node by node, so that blocks couple less.

Instead of A x = b it is (L A R) y = L b with x = R y that is solved. R adds to one field a multiple
of another on the same nodes, L does so with equations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from petsc4py import PETSc

from ecmcell.numerics.system.curves import TabulatedCoefficient
from ecmcell.numerics.system.layout import Array, Layout


@dataclass(frozen=True)
class FieldCombination:
    """What two fields on the same nodes have to do with each other.

    Attributes:
        first: Number of a field.
        second: Number of the other.
        level: What the second field rises by with the first.
        fraction: 1 less it are the multiples of the equations of the second that are added to those
            of the first.
    """

    first: int
    second: int
    level: TabulatedCoefficient
    fraction: TabulatedCoefficient


class ChangeOfVariables:
    """All of them, for one matrix.

    Args:
        layout: The fields.
        combinations: What is combined.
        matrix: The matrix A.
    """

    def __init__(self, layout: Layout, combinations: Sequence[FieldCombination], matrix: PETSc.Mat):
        spans = layout.spans()
        self._matrix = matrix
        self._pairs = [(slice(*spans[s.first]), slice(*spans[s.second]), s) for s in combinations]
        equations = [(first, second) for first, second, _ in self._pairs]
        self._left = _Unit(matrix, equations)
        self._right = _Unit(matrix, [(second, first) for first, second in equations])
        self._half: PETSc.Mat | None = None
        self._product: PETSc.Mat | None = None
        self._right_side = matrix.createVecLeft()

    def product(self) -> PETSc.Mat:
        """The matrix L A R at present, the same object every time."""
        self._left.fill([self._of_equation(pair) for pair in self._pairs])
        self._right.fill([self._of_field(pair) for pair in self._pairs])
        self._half = self._matrix.matMult(self._right.matrix, self._half)
        self._product = self._left.matrix.matMult(self._half, self._product)
        return self._product

    def right_side(self, vector: PETSc.Vec) -> PETSc.Vec:
        """L b, the same vector every time."""
        made = self._right_side
        vector.copy(made)
        for pair in self._pairs:
            first, second, _ = pair
            made.array[first] += self._of_equation(pair) * vector.array_r[second]
        return made

    def to_solution(self, vector: PETSc.Vec, sign: float = 1.0) -> None:
        """Replace y by x = R y; with the sign -1 the other way."""
        for pair in self._pairs:
            first, second, _ = pair
            vector.array[second] += sign * self._of_field(pair) * vector.array_r[first]

    @staticmethod
    def _of_field(pair: tuple[slice, slice, FieldCombination]) -> Array:
        return pair[2].level.slope.x.array[: pair[0].stop - pair[0].start]

    @staticmethod
    def _of_equation(pair: tuple[slice, slice, FieldCombination]) -> Array:
        return 1.0 - pair[2].fraction.value.x.array[: pair[0].stop - pair[0].start]


class _Unit:
    """A unit matrix with one more entry in some rows.

    Args:
        like: A matrix of the same size.
        places: Rows and columns of these entries, of this rank's part.
    """

    def __init__(self, like: PETSc.Mat, places: Sequence[tuple[slice, slice]]):
        start, end = like.getOwnershipRange()
        count = end - start
        other = np.full(count, -1)
        for rows, columns in places:
            other[rows] = np.arange(columns.start, columns.stop)
        here = np.arange(count)
        pairs = np.column_stack((here, other))
        kept = pairs >= 0
        self._columns = (pairs[kept] + start).astype(PETSc.IntType)
        self._rows = np.concatenate(([0], np.cumsum(kept.sum(axis=1)))).astype(PETSc.IntType)
        second = np.zeros_like(kept)
        second[:, 1] = True
        self._extra = np.flatnonzero(second[kept])
        order = np.full(count, -1)
        order[other >= 0] = np.arange(np.count_nonzero(other >= 0))
        self._of_place = [order[rows] for rows, _ in places]
        self._values = np.ones(len(self._columns))
        sizes = like.getSizes()
        csr = (self._rows, self._columns, self._values)
        self.matrix = PETSc.Mat().createAIJ(sizes, csr=csr, comm=like.getComm())

    def fill(self, values: Sequence[Array]) -> None:
        """Set the entries, an array for each pair of places."""
        for place, given in zip(self._of_place, values, strict=True):
            self._values[self._extra[place]] = given
        self.matrix.setValuesCSR(self._rows, self._columns, self._values)
        self.matrix.assemble()
