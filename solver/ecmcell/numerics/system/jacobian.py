"""The Jacobian of coupled fields, of which only what changes is assembled again."""

from collections.abc import Sequence
from typing import Any

import ufl
from petsc4py import PETSc
from ufl.algorithms import expand_derivatives
from ufl.algorithms.analysis import extract_coefficients

from ecmcell.domain import compat
from ecmcell.domain.domain import Domain
from ecmcell.numerics.system.curves import TabulatedCoefficient
from ecmcell.numerics.system.layout import Layout
from ecmcell.numerics.system.watch import Watch


class Jacobian:
    """Derivative of residuals by fields as one matrix.

    Integrals that depend on no field are kept apart and assembled again only when one of their
    constants changes, such as the time step.

    Args:
        domain: The domain that the fields live on.
        layout: The fields.
        residuals: The residual of each field.
        followers: Functions in the residuals that follow a field node by node.

    Attributes:
        matrix: The matrix; rows and columns of fixed places are those of the identity.
        is_linear: Whether the matrix is the same at all fields.
        is_quadratic: Whether it is the same at all values of the fields it is the derivative by.
        is_other: Whether the last update found other constants, such as another time step.
    """

    def __init__(
        self,
        domain: Domain,
        layout: Layout,
        residuals: Sequence[ufl.Form],
        followers: Sequence[TabulatedCoefficient] = (),
    ):
        self._layout = layout
        self.is_other = False
        self._plain: list[list[Any | None]] = []
        self._varying: list[list[Any | None]] = []
        pattern: list[list[Any | None]] = []
        found: set[Any] = set()
        still: list[ufl.Form] = []
        for residual in residuals:
            rows: tuple[list, list, list] = ([], [], [])
            for field, space in zip(layout.fields, layout.spaces, strict=True):
                block = expand_derivatives(
                    ufl.derivative(residual, field, ufl.TrialFunction(space))
                )
                plain, varying = split(block)
                found.update(extract_coefficients(block))
                still.append(plain)
                compiled = [None if f.empty() else domain.compile(f) for f in (plain, varying)]
                both = domain.compile(block) if None not in compiled else None
                for row, form in zip(rows, (*compiled, both), strict=True):
                    row.append(form)
                rows[2][-1] = both or compiled[0] or compiled[1]
            self._plain.append(rows[0])
            self._varying.append(rows[1])
            pattern.append(rows[2])
        self._watch = Watch(still)
        self.is_linear = not followers and not any(
            form is not None for row in self._varying for form in row
        )
        self.is_quadratic = not any(field in found for field in layout.fields)

        self.matrix = compat.create_block_matrix(pattern)
        # A first assembly of everything: PETSc drops places that it has never seen filled.
        compat.add_block_matrix(self.matrix, pattern, layout.spaces)
        self.matrix.setOption(PETSc.Mat.Option.KEEP_NONZERO_PATTERN, True)
        self._base = self.matrix.duplicate()
        # A duplicate knows nothing of the fields' own numbering.
        self._base.setLGMap(*self.matrix.getLGMap())
        self._followed = [_Tabulated(self.matrix, domain, layout, residuals, f) for f in followers]
        self.start = self.matrix.getOwnershipRange()[0]
        self._fixed = (layout.fixed + self.start).astype(PETSc.IntType)

    def update(self) -> bool:
        """Assemble the matrix at the present fields; returns whether it changed."""
        self.is_other = stale = self._watch.changed()
        if self.is_linear and not stale:
            return False
        if stale:
            self._base.zeroEntries()
            compat.add_block_matrix(self._base, self._plain, self._layout.spaces)
        self._base.copy(self.matrix, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        if not self.is_linear:
            compat.add_block_matrix(self.matrix, self._varying, self._layout.spaces)
        for followed in self._followed:
            followed.add()
        self.matrix.zeroRowsColumns(self._fixed, 1.0)
        return True


class _Tabulated:
    """The derivative of residuals by a field through a function that follows it.

    Args:
        matrix: What it is added to; it has the same places filled.
        domain: The domain that the fields live on.
        layout: The fields.
        residuals: The residual of each field.
        follower: The function.
    """

    def __init__(
        self,
        matrix: PETSc.Mat,
        domain: Domain,
        layout: Layout,
        residuals: Sequence[ufl.Form],
        follower: TabulatedCoefficient,
    ):
        self._matrix, self._layout, self._follower = matrix, layout, follower
        self._own = matrix.duplicate()
        self._own.setLGMap(*matrix.getLGMap())
        self._slope = matrix.createVecRight()
        column = next(k for k, field in enumerate(layout.fields) if field is follower.field)
        trial = ufl.TrialFunction(layout.spaces[column])
        self._span = layout.spans()[column]
        self._forms: list[list[Any | None]] = []
        for residual in residuals:
            form = expand_derivatives(ufl.derivative(residual, follower.value, trial))
            row: list[Any | None] = [None] * len(layout.fields)
            row[column] = None if form.empty() else domain.compile(form)
            self._forms.append(row)

    def add(self) -> None:
        """Add it, with the slopes that the function has at the nodes."""
        start, end = self._span
        self._slope.array[start:end] = self._follower.slope.x.array[: end - start]
        self._own.zeroEntries()
        compat.add_block_matrix(self._own, self._forms, self._layout.spaces)
        self._own.diagonalScale(None, self._slope)
        self._matrix.axpy(1.0, self._own, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)


def split(form: ufl.Form) -> tuple[ufl.Form, ufl.Form]:
    """Integrals of a form without any field, and those with some."""
    plain = [i for i in form.integrals() if not extract_coefficients(i.integrand())]
    varying = [i for i in form.integrals() if extract_coefficients(i.integrand())]
    return ufl.Form(plain), ufl.Form(varying)
