"""Fields between bounds: the minimum of an energy that may not leave them."""

from collections.abc import Mapping, Sequence

import numpy as np
from dolfinx import fem
from petsc4py import PETSc

from ecmcell.numerics.linear import NotConverged, put_options
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.blocks import BlockSystem

_LARGEST_COUNT = 50


class Bounded:
    """Solves a block system whose fields stay between a lower and an upper one.

    A semismooth Newton method on the set of places that are off their bounds (Benson and Munson
    2006, doi:10.1080/10556780500065382), PETSc's `vinewtonrsls`.

    Args:
        system: The fields, without scalars; its matrix must be symmetric and positive definite.
        lower: Lower bound of each field; may be changed between solves.
        upper: Upper bound of each field.
        options: PETSc options of the linear solver, without prefix.
        tolerance: Largest residual where the fields are off their bounds, as the norm of a force.
    """

    def __init__(
        self,
        system: BlockSystem,
        lower: Sequence[fem.Function],
        upper: Sequence[fem.Function],
        options: Mapping[str, object],
        tolerance: float,
    ):
        self.system, self.lower, self.upper = system, list(lower), list(upper)
        self.layout, self.refresh = system.layout, system.refresh
        self.tolerance = tolerance
        self._values, self._low, self._high = (system.vector() for _ in range(3))
        self._residual = system.vector()
        snes = self._snes = PETSc.SNES().create(system.comm)
        snes.setType("vinewtonrsls")
        snes.setFunction(self._evaluate, self._residual)
        snes.setJacobian(self._differentiate, system.matrix)
        snes.setVariableBounds(self._low, self._high)
        snes.setTolerances(rtol=0.0, atol=tolerance, stol=0.0, max_it=_LARGEST_COUNT)
        put_options(snes, {"snes_linesearch_type": "basic"} | dict(options))
        snes.setFromOptions()

    def solve(self) -> SolverStatistics:
        """Find the minimum, starting from the present fields.

        Raises:
            NotConverged: If it is not found.
        """
        layout, self._fresh = self.system.layout, False
        for vector, fields in ((self._low, self.lower), (self._high, self.upper)):
            for field, (start, end) in zip(fields, layout.spans(), strict=True):
                vector.array[start:end] = field.x.array[: end - start]
        layout.read(self._values)
        self._values.array[:] = np.clip(self._values.array, self._low.array, self._high.array)
        self._snes.solve(None, self._values)
        self._take(self._values)
        self.system.free_dropped()
        reason = self._snes.getConvergedReason()
        if reason < 0:
            raise NotConverged(f"the solver between bounds stopped with PETSc reason {reason}")
        return SolverStatistics(
            self._snes.getIterationNumber(), self._snes.getLinearSolveIterations()
        )

    def _take(self, values: PETSc.Vec) -> None:
        for field, (start, end) in zip(
            self.system.layout.fields, self.system.layout.spans(), strict=True
        ):
            field.x.array[: end - start] = values.array_r[start:end]
            field.x.scatter_forward()
        self.system.refresh()

    def _evaluate(self, snes: PETSc.SNES, values: PETSc.Vec, out: PETSc.Vec) -> None:
        self._take(values)
        self.system.residual(out)

    def _differentiate(
        self, snes: PETSc.SNES, values: PETSc.Vec, matrix: PETSc.Mat, source: PETSc.Mat
    ) -> None:
        # Of a quadratic energy the matrix is the same at all values of one solve.
        if not (self._fresh and self.system.jacobian.is_quadratic):
            self._take(values)
            self.system.jacobian.update()
        self._fresh = True
