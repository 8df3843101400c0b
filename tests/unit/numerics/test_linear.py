"""Linear solvers: what is asked of PETSc arrives there, and preconditioners are renewed in time."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from ecmcell.domain.domain import Domain
from ecmcell.numerics import linear
from ecmcell.numerics.linear import LinearSolver, NotConverged, rigid_modes
from ecmcell.numerics.system.blocks import BlockSystem
from meshes import grid

pytestmark = pytest.mark.mpi


class Layers:
    """Conduction in two layers, of which one conducts as the constant says."""

    def __init__(self, comm: MPI.Comm, count: int = 24):
        axes = [np.linspace(0.0, 2.0, count + 1), np.linspace(0.0, 1.0, count // 2 + 1)]
        data = grid(axes, {0: "left", 1: "right"}, lambda at: (at[:, 1] > 0.5).astype(np.int64))
        bonded = [frozenset(("left", "right"))]
        domain = Domain(data if comm.rank == 0 else None, comm, bonded=bonded)
        (region,) = domain.bodies.values()
        self.contrast = domain.constant(1.0)
        self.potential = fem.Function(region.scalars)
        test = ufl.TestFunction(region.scalars)
        conductivity = {"left": domain.constant(1.0), "right": self.contrast}
        residual = sum(
            (
                conductivity[p.phase] * ufl.inner(ufl.grad(self.potential), ufl.grad(test))
                - domain.constant(1.0) * test
            )
            * domain.dx(p)
            for p in domain.subdomains
        )
        fixed = domain.boundary_nodes(region, ["anode"])
        self.system = BlockSystem(domain, [self.potential], [residual], [fixed])
        self.right = self.system.vector()
        self.system.residual(self.right)
        self.right.scale(-1.0)

    def solve(self, solver: LinearSolver, tolerance: float = 1e-8) -> int:
        """Assemble anew and solve from nothing."""
        if self.system.jacobian.update():
            solver.matrix_changed()
        return solver.solve(self.right, self.system.vector(), tolerance)


def test_options_arrive(comm: MPI.Comm) -> None:
    """Method, preconditioner, its options, and the tolerance of each solve."""
    layers = Layers(comm)
    options = linear.transport_options(2, {"potentials": (0, 1)})
    solver = LinearSolver(layers.system, options)
    layers.solve(solver, tolerance=3e-5)
    krylov = solver._ksp
    assert krylov.getType() == "fgmres"
    assert krylov.getTolerances()[0] == 3e-5
    assert krylov.getTolerances()[3] == 200
    assert krylov.getPC().getType() == "hypre"
    assert krylov.getPC().getHYPREType() == "boomeramg"
    shown = view(krylov)
    assert "Threshold for strong coupling 0.25" in shown

    direct = LinearSolver(layers.system, linear.DIRECT)
    direct.matrix_changed()
    assert direct._ksp.getType() == "preonly"
    assert direct._ksp.getPC().getType() == "lu"
    assert direct._ksp.getPC().getFactorSolverType() == "mumps"


def view(krylov: PETSc.KSP) -> str:
    """What PETSc says of a solver; complete on rank 0, passed on to all."""
    comm = krylov.comm.tompi4py()
    with NamedTemporaryFile() as file:
        viewer = PETSc.Viewer().createASCII(comm.bcast(file.name), comm=krylov.comm)
        krylov.view(viewer)
        viewer.flush()
        text = Path(file.name).read_text() if comm.rank == 0 else None
        return comm.bcast(text)


def test_fields_are_split_by_name(comm: MPI.Comm) -> None:
    """Lithium and potentials each have their BoomerAMG, one after the other."""
    options = linear.transport_options(3, {"lithium": (0, 1), "potentials": (1, 3)})
    assert options["pc_type"] == "fieldsplit"
    assert options["pc_fieldsplit_type"] == "multiplicative"
    for name in ("lithium", "potentials"):
        assert options[f"fieldsplit_{name}_pc_hypre_type"] == "boomeramg"
        assert options[f"fieldsplit_{name}_pc_hypre_boomeramg_strong_threshold"] == 0.5


def test_same_solution_by_either_solver(comm: MPI.Comm) -> None:
    layers = Layers(comm)
    layers.contrast.value = 100.0
    found = []
    for options in (linear.DIRECT, linear.transport_options(2, {"potentials": (0, 1)})):
        solver, solution = LinearSolver(layers.system, options), layers.system.vector()
        layers.system.jacobian.update()
        solver.matrix_changed()
        solver.solve(layers.right, solution, 1e-12)
        found.append(solution.array.copy())
    assert found[1] == pytest.approx(found[0], rel=1e-9, abs=1e-9)


def test_an_aged_preconditioner_is_rebuilt(comm: MPI.Comm) -> None:
    """Kept while it serves; once the matrix is far from it, the next change builds a new one."""
    layers = Layers(comm)
    solver = LinearSolver(layers.system, linear.transport_options(2, {"potentials": (0, 1)}))
    fresh = layers.solve(solver)
    layers.contrast.value = 1e4
    aged = layers.solve(solver)
    assert aged > 1.5 * fresh
    layers.contrast.value = 1.001e4
    assert layers.solve(solver) <= fresh + 3


def test_a_failed_solve_is_tried_again_with_a_fresh_preconditioner(comm: MPI.Comm) -> None:
    """Once the old one takes twice the iterations and five; if no new one serves it is an error."""
    layers = Layers(comm)
    options = linear.transport_options(2, {"potentials": (0, 1)})
    solver = LinearSolver(layers.system, options)
    fresh = layers.solve(solver)
    layers.contrast.value = 1e4
    assert layers.solve(solver) <= (2 * fresh + 5) + fresh + 3
    assert solver._ksp.getIterationNumber() <= fresh + 3

    solver._max_count = 1
    with pytest.raises(NotConverged):
        layers.solve(solver, tolerance=1e-12)


@pytest.mark.parametrize("bad", [0.0, np.nan], ids=["singular", "not a number"])
def test_a_factorisation_that_failed_does_not_stop_the_next(comm: MPI.Comm, bad: float) -> None:
    """A matrix that MUMPS cannot factorise, then one that it can."""
    layers = Layers(comm)
    solver = LinearSolver(layers.system, linear.DIRECT)
    layers.solve(solver)
    layers.contrast.value = bad
    with pytest.raises(NotConverged):
        layers.solve(solver)
    layers.contrast.value = 2.0
    assert layers.solve(solver) == 1


def test_an_outdated_preconditioner_is_rebuilt(comm: MPI.Comm) -> None:
    """At the next change of the matrix, before any solve has shown its age."""
    layers = Layers(comm)
    solver = LinearSolver(layers.system, linear.transport_options(2, {"potentials": (0, 1)}))
    fresh = layers.solve(solver)
    layers.contrast.value = 1e4
    solver.outdate()
    assert layers.solve(solver) <= fresh + 3


@pytest.mark.parametrize("dim", [2, 3])
def test_rigid_modes_have_no_strain(comm: MPI.Comm, dim: int) -> None:
    """Three in the plane, six in space, independent of each other."""
    axes = [np.linspace(0.0, 1.0, 3)] * dim
    domain = Domain(grid(axes, {0: "solid"}) if comm.rank == 0 else None, comm)
    (region,) = domain.bodies.values()
    modes = rigid_modes([region.vectors])
    assert len(modes) == {2: 3, 3: 6}[dim]
    gram = np.zeros((len(modes),) * 2)
    for i, (mode,) in enumerate(modes):
        strain = ufl.sym(ufl.grad(mode))
        energy = domain.integral(ufl.inner(strain, strain) * domain.dx(domain.subdomains[0]))
        assert energy.value == pytest.approx(0.0, abs=1e-20)
        for j, (other,) in enumerate(modes):
            product = ufl.inner(mode, other) * domain.dx(domain.subdomains[0])
            gram[i, j] = domain.integral(product).value
    assert np.linalg.matrix_rank(gram) == len(modes)
