"""Other ways to find displacements and damage of a step, which the default was chosen from."""

from collections.abc import Callable, Mapping

import numpy as np
from petsc4py import PETSc
from scipy.optimize import root_scalar

from ecmcell.numerics import linear
from ecmcell.numerics.linear import NotConverged, put_options
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.blocks import BlockSystem
from fracture import Solid, Solver

_TOLERANCE = 1e-6
_LARGEST_COUNT = 3000
# Damage changes by less in an iteration where iterations hand over to Newton's method.
_NEAR = 1e-2
# Steps of a monolithic method before it is given up.
_PATIENCE = 60
_FAR = 1e3  # mm, a bound for displacements


class Relaxed:
    """Alternate minimisation that takes a multiple of each change of damage; plain with 1.

    Over-relaxed as by Farrell and Maurini 2017, doi:10.1002/nme.5300, sec. 3.

    Args:
        solid: What to solve.
        factor: That multiple.
        tolerance: Change of damage in an iteration that ends it.
    """

    def __init__(self, solid: Solid, factor: float, tolerance: float = _TOLERANCE):
        self._solid, self._factor, self._tolerance = solid, factor, tolerance
        self.iterations = 0

    def solve(self) -> SolverStatistics:
        """Iterations from the present fields."""
        solid, damage, statistics = self._solid, self._solid.d.x.array, SolverStatistics()
        for self.iterations in range(1, _LARGEST_COUNT + 1):
            statistics += solid.displace()
            given = damage.copy()
            statistics += solid.damage.solve()
            change = damage - given
            if solid.domain.max(float(np.abs(change).max(initial=0.0))) <= self._tolerance:
                return statistics
            damage[:] = np.clip(given + self._factor * change, solid.lower.x.array, 1.0)
            solid.damage.system.refresh()
        raise NotConverged(f"turns come to no end in {_LARGEST_COUNT}")


class Monolithic:
    """Displacements and damage at once by a bound-constrained minimiser of PETSc's TAO.

    Args:
        solid: What to solve.
        kind: Name of the minimiser.
        options: Its options, without prefix.
    """

    def __init__(self, solid: Solid, kind: str, options: Mapping[str, object]):
        self._solid, self._held, self.iterations = solid, np.unique(np.concatenate(solid.held)), 0
        nothing_held = np.zeros(0, dtype=np.int32)
        self.system = system = BlockSystem(
            solid.domain, [solid.u, solid.d], list(solid.forces_on), [self._held, nothing_held]
        )
        self._x, self._low, self._high = (system.vector() for _ in range(3))
        tao = self.tao = PETSc.TAO().create(system.comm)
        tao.setType(kind)
        tao.setObjectiveGradient(self._evaluate, system.vector())
        tao.setHessian(self._differentiate, system.matrix, system.matrix)
        tao.setTolerances(gatol=solid.damage.tolerance, grtol=0.0, gttol=0.0)
        tao.setMaximumIterations(_PATIENCE)
        put_options(tao, options)
        tao.setFromOptions()

    def solve(self) -> SolverStatistics:
        """Minimise from the present fields.

        Raises:
            NotConverged: If the minimum is not found; the fields are then as they were.
        """
        solid, layout = self._solid, self.system.layout
        np.clip(solid.d.x.array, solid.lower.x.array, 1.0, out=solid.d.x.array)
        start = [field.x.array.copy() for field in layout.fields]
        layout.read(self._x)
        (first, end), (begin, last) = layout.spans()
        held = self._held[self._held < end]
        for bound, far, damage in (
            (self._low, -_FAR, solid.lower.x.array),
            (self._high, _FAR, solid.upper.x.array),
        ):
            bound.array[first:end] = far
            bound.array[held] = self._x.array_r[held]
            bound.array[begin:last] = damage[: last - begin]
        self.tao.setVariableBounds(self._low, self._high)
        self.prepare()
        self.tao.solve(self._x)
        self._take(self._x)
        self.iterations = self.tao.getIterationNumber()
        if self.tao.getConvergedReason() < 0:
            for field, values in zip(layout.fields, start, strict=True):
                field.x.array[:] = values
            raise NotConverged(f"TAO stopped with reason {self.tao.getConvergedReason()}")
        return SolverStatistics(self.iterations)

    def prepare(self) -> None:
        """What a method needs before it begins."""

    def _take(self, x: PETSc.Vec) -> None:
        for field, (start, end) in zip(
            self.system.layout.fields, self.system.layout.spans(), strict=True
        ):
            field.x.array[: end - start] = x.array_r[start:end]
            field.x.scatter_forward()

    def _evaluate(self, _: PETSc.TAO, x: PETSc.Vec, gradient: PETSc.Vec) -> float:
        self._take(x)
        self.system.residual(gradient)
        return self._solid.potential()

    def _differentiate(self, _: PETSc.TAO, x: PETSc.Vec, *matrices: PETSc.Mat) -> None:
        self._take(x)
        self.system.jacobian.update()


class Newton(Monolithic):
    """Newton's method on what is off its bounds, with a line search of the energy.

    Args:
        solid: What to solve.
    """

    def __init__(self, solid: Solid):
        super().__init__(solid, "bnls", {f"tao_bnk_{key}": v for key, v in linear.DIRECT.items()})


class QuasiNewton(Monolithic):
    """L-BFGS that begins with the two diagonal blocks of the Hessian, as factors.

    Kristensen and Martinez-Paneda 2020, doi:10.1016/j.tafmec.2019.102446; with bounds.

    Args:
        solid: What to solve.
    """

    def __init__(self, solid: Solid):
        super().__init__(solid, "blmvm", {})
        self._blocks: PETSc.Mat | None = None

    def prepare(self) -> None:
        """Factorise the blocks at the first guess."""
        self.system.jacobian.update()
        matrix = self.system.matrix
        starts, columns, values = matrix.getValuesCSR()
        rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        split = self.system.layout.offsets[1]
        kept = (rows < split) == (columns < split)
        counted = np.concatenate([[0], np.cumsum(kept)])[starts].astype(PETSc.IntType)
        csr = (counted, columns[kept], values[kept])
        self._blocks = PETSc.Mat().createAIJ(matrix.getSizes(), csr=csr, comm=matrix.comm)
        self.tao.setLMVMH0(self._blocks)
        solver = self.tao.getLMVMH0KSP()
        put_options(solver, linear.DIRECT)
        solver.setFromOptions()
        solver.setOperators(self._blocks, self._blocks)


class InTurn:
    """One way after another: what the first does not bring to an end the second goes on with.

    Args:
        first: May give up.
        second: Then goes on from the fields as that leaves them.
    """

    def __init__(self, first: Solver, second: Solver):
        self._first, self._second, self.iterations = first, second, 0

    def solve(self) -> SolverStatistics:
        """The first, and then the second where that is needed."""
        try:
            statistics = self._first.solve()
        except NotConverged:
            lost = self._first.iterations
            statistics = self._second.solve()
            self.iterations = lost + self._second.iterations
        else:
            self.iterations = self._first.iterations
        return statistics


class FinalNewton:
    """Over-relaxed iterations until damage hardly changes, and Newton's method from there.

    Farrell and Maurini 2017, doi:10.1002/nme.5300, sec. 4.

    Args:
        solid: What to solve.
        factor: Multiple of each change of damage in an iteration.
    """

    def __init__(self, solid: Solid, factor: float):
        self._alternation = Relaxed(solid, factor, _NEAR)
        self._last = InTurn(Newton(solid), Relaxed(solid, factor))
        self.iterations = 0

    def solve(self) -> SolverStatistics:
        """Iterations, and Newton's method."""
        statistics = self._alternation.solve() + self._last.solve()
        self.iterations = self._alternation.iterations + self._last.iterations
        return statistics


class Controlled:
    """Steps in which the cracks spend a given energy, at the load that it takes.

    No step is brutal: where the plate would snap, the load falls. In each turn displacements are
    found at a load of one, and then the load at which the damage spends what it should, by
    secants. For energies that are quadratic in the load.

    Args:
        solid: What to solve, without a split.
        load: Guess of the first load.
    """

    def __init__(self, solid: Solid, load: float):
        self._solid, self.load, self.iterations = solid, load, 0

    def follow(self, spent: float) -> SolverStatistics:
        """Take a step from the present state in which cracks spend some energy."""
        solid, damage, statistics = self._solid, self._solid.d.x.array, SolverStatistics()
        solid.begin_step()
        goal = solid.fracture_energy + spent
        for self.iterations in range(1, _LARGEST_COUNT + 1):
            solid.prescribe(0, 1.0)
            statistics += solid.displace()
            unit, given = solid.u.x.array.copy(), damage.copy()
            statistics += self._find_load(unit, goal)
            change = solid.domain.max(float(np.abs(damage - given).max(initial=0.0)))
            if change <= _TOLERANCE:
                return statistics
            solid.u.x.array[:] = unit
        raise NotConverged(f"turns come to no end in {_LARGEST_COUNT}")

    def _find_load(self, unit: np.ndarray, goal: float) -> SolverStatistics:
        """Find load and damage at a shape of the displacements."""
        solid, statistics = self._solid, SolverStatistics()

        def excess(load: float) -> float:
            nonlocal statistics
            solid.u.x.array[:] = load * unit
            statistics += solid.damage.solve()
            return solid.fracture_energy - goal

        found = root_scalar(excess, x0=self.load, x1=1.01 * self.load, xtol=1e-9 * self.load)
        self.load = found.root
        return statistics


STRATEGIES: dict[str, Callable[[Solid], Solver | Controlled]] = {
    "alternate": lambda solid: Relaxed(solid, 1.0),
    "over-relaxed": lambda solid: Relaxed(solid, 1.4),
    "final Newton": lambda solid: FinalNewton(solid, 1.4),
    "Newton": lambda solid: InTurn(Newton(solid), solid.alternation),
    "L-BFGS": lambda solid: InTurn(QuasiNewton(solid), solid.alternation),
    "dissipation-controlled": lambda solid: Controlled(solid, 2e-3),
    "accelerated": lambda solid: solid.alternation,
}
