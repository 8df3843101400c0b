"""What scalars add to a system of fields: their columns, their equations' rows, and the corner."""

from collections.abc import Sequence

import numpy as np
import ufl
from petsc4py import PETSc
from ufl.algorithms import expand_derivatives

from ecmcell.domain.domain import Domain
from ecmcell.numerics.system.jacobian import split
from ecmcell.numerics.system.layout import Array, Layout
from ecmcell.numerics.system.scalars import Scalar, ScalarEquation
from ecmcell.numerics.system.watch import watch_of


class Border:
    """Scalars and their equations beside fields.

    Args:
        domain: The domain that the fields live on.
        layout: The fields.
        residuals: The residual of each field.
        scalars: The unknown numbers.
        equations: One equation for each of them.

    Attributes:
        scalars: The unknown numbers.
        columns_vary: Whether the residuals' derivatives by the scalars depend on any field.
    """

    def __init__(
        self,
        domain: Domain,
        layout: Layout,
        residuals: Sequence[ufl.Form],
        scalars: Sequence[Scalar],
        equations: Sequence[ScalarEquation],
    ):
        self.scalars, self._equations, self._layout = list(scalars), list(equations), layout
        columns = [[expand_derivatives(ufl.diff(r, s.symbol)) for r in residuals] for s in scalars]
        self.columns_vary = any(not split(f)[1].empty() for column in columns for f in column)
        self._columns = [_Vectors(domain, layout, column) for column in columns]
        self._functionals = [
            None if e.functional is None else domain.integral(e.functional) for e in equations
        ]
        self._rows = [_Vectors(domain, layout, self._row(e.functional)) for e in equations]
        self._corners = [self._corner(domain, e.functional) for e in equations]

    def residual(self) -> Array:
        """Residual of each equation."""
        values, residual = self.values(), np.zeros(len(self.scalars))
        for k, equation in enumerate(self._equations):
            functional = self._functionals[k]
            if functional is not None:
                residual[k] += functional.value
            if equation.algebraic is not None:
                residual[k] += equation.algebraic(values)[0]
        return residual

    def values(self) -> Array:
        """Values of the scalars."""
        return np.array([scalar.value for scalar in self.scalars])

    def add(self, step: Array, factor: float) -> None:
        """Move the scalars by a multiple of a step."""
        for scalar, change in zip(self.scalars, step, strict=True):
            scalar.value += factor * change

    def columns(self, like: PETSc.Mat) -> list[PETSc.Vec | None]:
        """Derivative of the fields' residuals by each scalar; None where there is no dependence.

        The vectors are the same at every call.
        """
        return [column.assemble(like) for column in self._columns]

    def rows(self, like: PETSc.Mat) -> list[PETSc.Vec | None]:
        """Derivative of each equation by the fields; None where there is no dependence.

        The vectors are the same at every call.
        """
        return [row.assemble(like) for row in self._rows]

    def corner(self) -> Array:
        """Derivative of each equation (row) by each scalar (column)."""
        values, corner = self.values(), np.zeros((len(self.scalars),) * 2)
        for k, equation in enumerate(self._equations):
            for j, entry in enumerate(self._corners[k]):
                if entry is not None:
                    corner[k, j] += entry.value
            if equation.algebraic is not None:
                corner[k] += equation.algebraic(values)[1]
        return corner

    def _row(self, functional: ufl.Form | None) -> list[ufl.Form]:
        if functional is None:
            return [ufl.Form([])] * len(self._layout.fields)
        return [
            expand_derivatives(ufl.derivative(functional, field, ufl.TestFunction(space)))
            for field, space in zip(self._layout.fields, self._layout.spaces, strict=True)
        ]

    def _corner(self, domain: Domain, functional: ufl.Form | None) -> list["_Number | None"]:
        if functional is None:
            return [None] * len(self.scalars)
        forms = [expand_derivatives(ufl.diff(functional, s.symbol)) for s in self.scalars]
        return [None if form.empty() else _Number(domain, form) for form in forms]


class _Vectors:
    """Linear forms, one a field, as a vector; what depends on no field is assembled once."""

    def __init__(self, domain: Domain, layout: Layout, forms: Sequence[ufl.Form]):
        self._layout, self._watch = layout, watch_of(forms)
        self._forms = [None if form.empty() else domain.compile(form) for form in forms]
        self._vector: PETSc.Vec | None = None

    def assemble(self, like: PETSc.Mat) -> PETSc.Vec | None:
        """Their vector, the same at every call; None if there are none."""
        if all(form is None for form in self._forms):
            return None
        self._vector = self._vector or like.createVecLeft()
        if self._watch is None or self._watch.changed():
            self._layout.assemble(self._forms, self._vector)
        return self._vector


class _Number:
    """A form without arguments; one that depends on no field is assembled once."""

    def __init__(self, domain: Domain, form: ufl.Form):
        self._integral, self._watch = domain.integral(form), watch_of([form])
        self._value = 0.0

    @property
    def value(self) -> float:
        """Its present value."""
        if self._watch is None or self._watch.changed():
            self._value = self._integral.value
        return self._value
