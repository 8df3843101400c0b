"""Linear solvers for blocks of fields: where Krylov methods and preconditioners are set."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from ecmcell.domain import compat
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.change_of_variables import ChangeOfVariables, FieldCombination

Shape = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]

_prefixes = count()
# An option that no solver took up is our own fault; tests look for it, users cannot mend it.
PETSc.Options()["options_left"] = "no"

DIRECT = {
    "ksp_type": "preonly",
    "pc_type": "lu",
    "pc_factor_mat_solver_type": "mumps",
    # Twice the workspace that its analysis foresees: on several ranks it now and then takes more.
    "mat_mumps_icntl_14": 100,
}

CHOLESKY = DIRECT | {"pc_type": "cholesky"}

BOOMERAMG = {
    "pc_type": "hypre",
    "pc_hypre_type": "boomeramg",
    "pc_hypre_boomeramg_interp_type": "ext+i",
}
# A preconditioner is made anew once solves take this much longer than with a fresh one; within a
# solve once it takes so many times the iterations, and some more.
_AGED = 1.2
_PATIENCE, _SOME = 2.0, 5

# Scalar fields in 3D coarsen better with a higher threshold (hypre reference manual, BoomerAMG).
THRESHOLD = {2: 0.25, 3: 0.5}

ELASTICITY = {
    "ksp_type": "cg",
    "ksp_norm_type": "unpreconditioned",
    "pc_type": "gamg",
    "pc_gamg_threshold": 0.01,
    "mg_levels_ksp_type": "chebyshev",
    "mg_levels_pc_type": "jacobi",
}


# The same where interfaces soften: the matrix is then neither symmetric nor surely positive. Sides
# that have debonded slide freely, which no aggregate across the interface can do. As above 46
# iterations were needed in cases/nmc811_contact_loss, and 90 where aggregates were kept from before
# they parted; with aggregates made anew, fewer across interfaces by a higher threshold (less high
# on coarse levels, lest these fill), it is 17, and 14 with three steps of block Jacobi, which take
# as long. (The matrix with the damage held makes a worse preconditioner: 29.)
SOFTENING = ELASTICITY | {
    "ksp_type": "fgmres",
    "ksp_gmres_restart": 60,
    "ksp_max_it": 300,
    "pc_gamg_threshold": 0.1,
    "pc_gamg_threshold_scale": 0.5,
    "pc_gamg_reuse_interpolation": False,
    "mg_levels_pc_type": "pbjacobi",
    "mg_levels_ksp_max_it": 3,
}

# Quadratic displacements in volumes that hardly change. Around a ball in space 3 iterations a
# decimal are needed at a Poisson's ratio of 0.45 and 10 to 20 at 0.499, on any mesh and with any
# stiffness of interfaces; with Jacobi's method more, and now and then either is indefinite.
QUADRATIC = {
    "ksp_type": "fgmres",
    "ksp_gmres_restart": 100,
    "ksp_max_it": 1000,
    "mg_levels_pc_type": "sor",
}

# Beside ELASTICITY where cracks leave next to nothing of the stiffness: Chebyshev's method needs
# bounds of the spectrum, and with bad ones the preconditioner is indefinite.
ELASTICITY_OF_CRACKED = {
    "mg_levels_ksp_type": "richardson",
    "mg_levels_pc_type": "sor",
    "ksp_gmres_restart": 100,
    "ksp_max_it": 1000,
}


# Damage between bounds: diffusion over a length of a few cells beside absorption, of which the
# condition does not depend on the mesh; multigrid would have to be set up for every set of bounds.
DAMAGE = {"ksp_type": "cg", "ksp_rtol": 1e-6, "pc_type": "jacobi"}


class NotConverged(Exception):
    """A solve did not converge; the caller may take a smaller step."""


class Unsolved(NotConverged):
    """A Krylov method has given up on a linear system."""


class LinearSolver:
    """A Krylov method that keeps its preconditioner for as long as it serves.

    Args:
        system: Its matrix.
        options: PETSc options without prefix.
        splits: Ranges of fields (first, past the last) by name, for a fieldsplit preconditioner.
        modes: Near-null space of the matrix, each mode one function a field.
        combinations: Fields and equations to combine before.
    """

    def __init__(
        self,
        system: BlockSystem,
        options: Mapping[str, object],
        splits: Mapping[str, tuple[int, int]] | None = None,
        modes: Sequence[Sequence[fem.Function]] = (),
        combinations: Sequence[FieldCombination] = (),
    ):
        self.system = system
        self._change = (
            ChangeOfVariables(system.layout, combinations, system.matrix) if combinations else None
        )
        # Iterations for each decimal of accuracy, from zero: now, and with a fresh preconditioner.
        self._pace = 0.0
        self._fresh_pace: float | None = None
        ksp = self._ksp = PETSc.KSP().create(system.comm)
        if modes:
            system.matrix.setBlockSize(system.layout.spaces[0].dofmap.index_map_bs)
            system.matrix.setNearNullSpace(_near_null_space(system, modes))
        ksp.setOperators(self._matrix())
        self._source = self._matrix()  # what the preconditioner is made from
        database, prefix = put_options(ksp, options)
        ksp.setFromOptions()
        if splits:
            for name, (first, last) in splits.items():
                start, end = system.layout.offsets[first], system.layout.offsets[last]
                index_set = PETSc.IS().createStride(
                    int(end - start), int(system.jacobian.start + start), 1, system.comm
                )
                ksp.getPC().setFieldSplitIS((name, index_set))
        # A parallel direct solve or an AMG cycle reads the options of its parts at set-up, and
        # again when it makes them anew for another matrix.
        self._database = database
        self._options = {prefix + key: value for key, value in options.items()}
        self._max_count = ksp.getTolerances()[3]
        ksp.setErrorIfNotConverged(False)
        ksp.setInitialGuessNonzero(ksp.getType() != "preonly")

    def _matrix(self) -> PETSc.Mat:
        return self.system.matrix if self._change is None else self._change.product()

    def matrix_changed(self, is_other: bool = False) -> None:
        """Rebuild the preconditioner for another matrix, or if solves show that it has aged.

        Raises:
            NotConverged: If it cannot be made, as the factors of a singular matrix.
        """
        aged = is_other or self._fresh_pace is None or self._pace > _AGED * self._fresh_pace
        matrix = self._matrix()
        if self._ksp.getType() == "preonly" or aged:
            self._ksp.getPC().setReusePreconditioner(False)
            earlier = self._source
            if self._ksp.getType() != "preonly":
                self._source = compat.precondition_with(matrix)
            self._ksp.setOperators(matrix, self._source)
            if earlier.handle not in (matrix.handle, self._source.handle):
                earlier.destroy()
            for key, value in self._options.items():
                self._database[key] = value
            self._ksp.setUp()
            for key in self._options:
                self._database.delValue(key)
            self._ksp.getPC().setReusePreconditioner(True)
            self._fresh_pace = None
            if self._ksp.getPC().getFailedReason():
                self._ksp.getPC().reset()  # MUMPS remembers the failure, and does not try again
                raise NotConverged("the preconditioner could not be made")
        else:
            self._ksp.setOperators(matrix, self._source)

    def outdate(self) -> None:
        """Make a new preconditioner when the matrix changes next, however the old one serves."""
        self._fresh_pace = None

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, tolerance: float) -> int:
        """Solve, starting from the given solution, and return the number of iterations.

        Args:
            right: Right-hand side.
            solution: First guess and result.
            tolerance: Residual relative to the right-hand side.

        Raises:
            Unsolved: If the Krylov method gave up, also after a fresh preconditioner.
        """
        if self._change is not None:
            right = self._change.right_side(right)
            self._change.to_solution(solution, -1.0)
        guessed = solution.norm() > 0.0
        self._ksp.setTolerances(rtol=tolerance, max_it=self._patience(tolerance))
        self._ksp.solve(right, solution)
        iterations = 0
        if self._ksp.getConvergedReason() < 0 and self._fresh_pace is not None:
            iterations, guessed = self._ksp.getIterationNumber(), False
            self._fresh_pace = None
            self.matrix_changed()
            solution.zeroEntries()
            self._ksp.setTolerances(max_it=self._max_count)
            self._ksp.solve(right, solution)
        if self._ksp.getConvergedReason() < 0:
            reason = self._ksp.getConvergedReason()
            raise Unsolved(f"linear solver stopped with PETSc reason {reason}")
        if self._change is not None:
            self._change.to_solution(solution)
        if not guessed:
            self._pace = self._ksp.getIterationNumber() / -np.log10(tolerance)
            if self._fresh_pace is None:
                self._fresh_pace = self._pace
        return int(iterations + self._ksp.getIterationNumber())

    def _patience(self, tolerance: float) -> int:
        """Iterations after which a preconditioner that is not fresh is made anew."""
        if self._fresh_pace is None:
            return int(self._max_count)
        foreseen = self._fresh_pace * -np.log10(tolerance)
        return int(min(self._max_count, _PATIENCE * foreseen + _SOME))


def put_options(
    solver: PETSc.KSP | PETSc.SNES, options: Mapping[str, object]
) -> tuple[PETSc.Options, str]:
    """Give a solver options of its own; returns PETSc's database and the prefix they have there."""
    prefix, database = f"ecmcell_{next(_prefixes)}_", PETSc.Options()
    for key, value in options.items():
        database[prefix + key] = value
    solver.setOptionsPrefix(prefix)
    return database, prefix


def transport_options(dim: int, fields: Mapping[str, tuple[int, int]]) -> dict[str, object]:
    """FGMRES with one BoomerAMG for each of the named ranges of scalar fields."""
    krylov: dict[str, object] = {"ksp_type": "fgmres", "ksp_max_it": 200}
    amg = BOOMERAMG | {"pc_hypre_boomeramg_strong_threshold": THRESHOLD[dim]}
    if len(fields) == 1:
        return krylov | amg
    options = krylov | {"pc_type": "fieldsplit", "pc_fieldsplit_type": "multiplicative"}
    for name in fields:
        options[f"fieldsplit_{name}_ksp_type"] = "preonly"
        options |= {f"fieldsplit_{name}_{key}": value for key, value in amg.items()}
    return options


def _near_null_space(
    system: BlockSystem, modes: Sequence[Sequence[fem.Function]]
) -> PETSc.NullSpace:
    vectors: list[PETSc.Vec] = []
    for mode in modes:
        vector = system.vector()
        for function, (start, end) in zip(mode, system.layout.spans(), strict=True):
            vector.array[start:end] = function.x.array[: end - start]
        for earlier in vectors:
            vector.axpy(-vector.dot(earlier), earlier)
        vector.normalize()
        vectors.append(vector)
    return PETSc.NullSpace().create(vectors=vectors, comm=system.comm)


def rigid_modes(spaces: Sequence[fem.FunctionSpace]) -> list[list[fem.Function]]:
    """Translations and rotations of all bodies together, one function a space in each mode."""
    dim = spaces[0].mesh.geometry.dim
    axes = np.eye(dim)

    def translation(axis: int) -> Shape:
        return lambda x: np.outer(axes[axis], np.ones(x.shape[1]))

    def rotation(i: int, j: int) -> Shape:
        return lambda x: np.outer(axes[i], -x[j]) + np.outer(axes[j], x[i])

    shapes = [translation(i) for i in range(dim)]
    shapes += [rotation(i, j) for i in range(dim) for j in range(i + 1, dim)]
    modes = []
    for shape in shapes:
        mode = [fem.Function(space) for space in spaces]
        for function in mode:
            function.interpolate(shape)
        modes.append(mode)
    return modes
