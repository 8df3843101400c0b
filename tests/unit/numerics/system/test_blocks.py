"""Blocks of fields with scalars beside them: against dense algebra and finite differences."""

from collections.abc import Callable

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from cells import active, composite_interfaces, composite_phases, drive, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.numerics import linear
from ecmcell.numerics.linear import LinearSolver, NotConverged
from ecmcell.numerics.newton import Newton
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.scalars import Scalar, ScalarEquation, prescribe
from meshes import composite, grid

pytestmark = pytest.mark.mpi


class Tiny:
    """Two fields on either side of a contact, and two scalars that stand in both their equations.

    -div(a grad u) + u = s and -div grad v + v^power = t, with a spring between u and v at the
    contact. s is tied to the mean of v and to t, t is prescribed.
    """

    def __init__(self, comm: MPI.Comm, power: int = 1):
        x = [np.linspace(0.0, 2.0, 5), np.linspace(0.0, 1.0, 3)]
        data = grid(x, {0: "left", 1: "right"}, lambda at: (at[:, 0] > 1.0).astype(np.int64))
        domain = self.domain = Domain(data if comm.rank == 0 else None, comm)
        (contact,) = domain.interfaces
        self.stiffness = domain.constant(2.0)
        self.conductivity, self.weight = domain.constant(3.0), domain.constant(1.0)
        self.s, self.t = Scalar(domain, "s", 0.3), Scalar(domain, "t", -0.2)
        left, right = contact.plus, contact.minus
        self.u, self.v = (fem.Function(domain.bodies[p.body].scalars) for p in (left, right))
        p, q = (ufl.TestFunction(f.function_space) for f in (self.u, self.v))
        force, dS = self.stiffness * (self.u("+") - self.v("-")), domain.dS(contact)
        first = (
            self.conductivity * ufl.inner(ufl.grad(self.u), ufl.grad(p))
            + (self.u - self.weight * self.s.symbol) * p
        ) * domain.dx(left) + force * p("+") * dS
        second = (
            ufl.inner(ufl.grad(self.v), ufl.grad(q)) + (self.v**power - self.t.symbol) * q
        ) * domain.dx(right) - force * q("-") * dS
        tie = ScalarEquation(
            self.weight * (self.v - self.s.symbol) * domain.dx(right),
            lambda values: (0.5 * values[1] ** 2, np.array([0.0, values[1]])),
        )
        fixed = domain.boundary_nodes(domain.bodies[left.body], ["anode"])
        self.system = BlockSystem(
            domain,
            [self.u, self.v],
            [first, second],
            [fixed, np.zeros(0, dtype=np.int32)],
            scalars=(self.s, self.t),
            equations=(tie, ScalarEquation(algebraic=prescribe(1, 2, 0.7))),
        )


def whole(vector: PETSc.Vec) -> np.ndarray:
    """All of a distributed vector on every rank."""
    return np.concatenate(vector.comm.tompi4py().allgather(vector.array.copy()))


def dense(matrix: PETSc.Mat) -> np.ndarray:
    """All of a distributed matrix on every rank."""
    start, end = matrix.getOwnershipRange()
    rows = matrix.getValues(range(start, end), range(matrix.getSize()[1]))
    return np.concatenate(matrix.comm.tompi4py().allgather(np.asarray(rows)))


def bordered(system: BlockSystem) -> tuple[np.ndarray, np.ndarray]:
    """Matrix and residual of fields and scalars together."""
    system.jacobian.update()
    size, border = system.matrix.getSize()[0], system.border
    full = np.zeros((size + len(border.scalars),) * 2)
    full[:size, :size] = dense(system.matrix)
    for k, column in enumerate(border.columns(system.matrix)):
        if column is not None:
            full[:size, size + k] = whole(column)
    for k, row in enumerate(border.rows(system.matrix)):
        if row is not None:
            full[size + k, :size] = whole(row)
    full[size:, size:] = border.corner()
    residual = system.vector()
    system.residual(residual)
    return full, np.concatenate([whole(residual), border.residual()])


def unknowns(system: BlockSystem) -> np.ndarray:
    """Fields and scalars in one array."""
    fields = system.vector()
    system.layout.read(fields)
    return np.concatenate([whole(fields), system.border.values()])


@pytest.mark.parametrize("options", [linear.DIRECT, {"ksp_type": "gmres", "pc_type": "jacobi"}])
def test_bordered_step_against_dense_solve(comm: MPI.Comm, options: dict) -> None:
    """One step of Newton's method for fields with a linear Jacobian and scalars with another."""
    full, residual = bordered(Tiny(comm).system)
    tiny = Tiny(comm)
    before = unknowns(tiny.system)
    newton = Newton(tiny.system, LinearSolver(tiny.system, options), 1e-12, largest_count=20)
    _, scalar_residual = newton._evaluate(1.0)
    scalar_step, _ = newton._newton_step(scalar_residual, 1e-12)
    newton._move(scalar_step, 1e9, 1.0)
    after = unknowns(tiny.system)
    assert after - before == pytest.approx(np.linalg.solve(full, -residual), rel=1e-8, abs=1e-9)


def test_border_follows_its_constants(comm: MPI.Comm) -> None:
    """Columns, rows and corner that are assembled once are assembled again for another constant."""
    tiny, other = Tiny(comm), Tiny(comm)
    before, _ = bordered(tiny.system)
    tiny.weight.value = other.weight.value = 2.5
    after, _ = bordered(tiny.system)
    expected, _ = bordered(other.system)
    assert after == pytest.approx(expected, rel=1e-14)
    size = tiny.system.matrix.getSize()[0]
    for part in (np.s_[:size, size:], np.s_[size:, :size], np.s_[size:, size:]):
        assert np.abs(after[part] - before[part]).max() > 0.1 * np.abs(before[part]).max()


@pytest.mark.parametrize("power", [1, 3])
def test_newton_finds_the_zero(comm: MPI.Comm, power: int) -> None:
    tiny = Tiny(comm, power)
    solver = LinearSolver(tiny.system, linear.DIRECT)
    statistics = Newton(tiny.system, solver, 1e-11, largest_count=20).solve(scale=1.0)
    assert 2 <= statistics.newton <= 10
    _, residual = bordered(tiny.system)
    assert np.abs(residual).max() <= 1e-11
    assert tiny.t.value == pytest.approx(0.7, rel=1e-11)


def test_what_is_fixed_never_moves(comm: MPI.Comm) -> None:
    """Whatever an inexact solve leaves there: no residual would tell."""
    tiny = Tiny(comm)
    before = unknowns(tiny.system)
    step = tiny.system.vector()
    step.set(1.0)
    tiny.system.add(step, np.zeros(2), 0.5)
    moved = unknowns(tiny.system) - before
    places = tiny.system.vector()
    places.array[tiny.system.layout.fixed] = 1.0
    is_fixed = whole(places) == 1.0
    assert is_fixed.any()
    assert (moved[: len(is_fixed)] == np.where(is_fixed, 0.0, 0.5)).all()


def test_scalars_without_effect_are_no_crash(comm: MPI.Comm) -> None:
    """The caller may then take a smaller step."""
    tiny = Tiny(comm)
    tiny.system.border._equations[1].algebraic = lambda values: (1.0, np.zeros(2))
    newton = Newton(tiny.system, LinearSolver(tiny.system, linear.DIRECT), 1e-11, largest_count=20)
    with pytest.raises(NotConverged, match="singular"):
        newton.solve(scale=1.0)


def test_constants_that_change_are_assembled_again(comm: MPI.Comm) -> None:
    """A linear Jacobian is kept for as long as its constants are, and not longer."""
    tiny = Tiny(comm)
    assert tiny.system.jacobian.is_linear
    assert tiny.system.jacobian.update()
    assert not tiny.system.jacobian.update()
    first = dense(tiny.system.matrix)
    tiny.conductivity.value = 5.0
    assert tiny.system.jacobian.update()
    fresh = Tiny(comm)
    fresh.conductivity.value = 5.0
    fresh.system.jacobian.update()
    assert dense(tiny.system.matrix) == pytest.approx(dense(fresh.system.matrix), rel=1e-14)
    assert np.abs(dense(tiny.system.matrix) - first).max() > 1.0


def test_constants_count_also_beside_terms_that_vary(comm: MPI.Comm) -> None:
    tiny = Tiny(comm, power=3)
    assert not tiny.system.jacobian.is_linear
    tiny.system.jacobian.update()
    tiny.stiffness.value = 7.0
    tiny.v.x.array[:] = 0.4
    tiny.system.jacobian.update()
    fresh = Tiny(comm, power=3)
    fresh.stiffness.value = 7.0
    fresh.v.x.array[:] = 0.4
    fresh.system.jacobian.update()
    assert dense(tiny.system.matrix) == pytest.approx(dense(fresh.system.matrix), rel=1e-14)


NMC811 = {"material": "NMC811", "initial_stoichiometry": 0.6}


def linear_swelling() -> Case:
    """Stress in the flux: exact derivatives need a strain that is straight in the stoichiometry."""
    host = active(
        0.6,
        youngs_modulus="100 GPa",
        poisson_ratio=0.25,
        partial_molar_volume="3e-6 m^3/mol",
    )
    return composite_case(host, {"mechanics": True})


def tables() -> Case:
    """The open-circuit voltage of NMC811, whose slope is interpolated between nodes."""
    return composite_case(NMC811, {"mechanics": False})


def everything() -> Case:
    """NMC811 with its tabulated swelling, whose slope Newton's method takes as constant."""
    return composite_case(NMC811, {"mechanics": True})


def salted() -> Case:
    """A salt that runs out: its potential follows it node by node, with an exact derivative."""
    return composite_case(active(0.6), {"mechanics": False}, depleting())


def depleting() -> dict:
    """What makes an electrolyte a polymer whose salt a current uses up in half a minute."""
    return {
        "ionic_conductivity": "2e-3 S/m",
        "salt_concentration": "500 mol/m^3",
        "salt_diffusivity": "2e-13 m^2/s",
        "cation_transference": {
            "concentration": [0.0, 500.0, 1000.0],
            "value": [0.1, 0.2, 0.5],
            "assumed": "test",
        },
        "thermodynamic_factor": 1.2,
    }


def composite_case(host: dict, physics: dict, salt: dict | None = None) -> Case:
    phases = composite_phases() | {"active": host}
    for name in ("catholyte", "separator") if salt else ():
        phases[name]["overrides"] = phases[name].get("overrides", {}) | salt
    return make_case(
        phases,
        interfaces=composite_interfaces(),
        physics=physics,
        cell={"temperature": "25 degC", "stack_pressure": "5 MPa"},
        protocol=["Charge at 1C until 4.2 V"],
    )


@pytest.mark.parametrize(
    ("make", "allowed"),
    [(linear_swelling, 1e-6), (salted, 1e-6), (tables, 1e-3), (everything, 0.01)],
)
def test_jacobian_of_electrochemistry(
    comm: MPI.Comm, make: Callable[[], Case], allowed: float
) -> None:
    """Derivatives along random directions against central differences of the residual.

    Each field and each scalar in turn, at a state with gradients everywhere.
    """
    cell = make_cell(make(), composite() if comm.rank == 0 else None, comm)
    cell.initialise()
    drive(cell, -cell.capacity / 3600.0, 30.0)
    system = cell.electrochemistry._newton.system
    system.jacobian.update()
    product, plus, minus = system.vector(), system.vector(), system.vector()
    none = np.zeros(len(system.border.scalars))
    random = np.random.default_rng(comm.rank)
    sizes = {"x": 1e-6, "potential": 1e-5}
    hosts = len(cell.active)
    for k, (start, end) in enumerate(system.layout.spans()):
        direction = system.vector()
        values = np.zeros(system.layout.offsets[-1])
        values[start:end] = random.uniform(-1.0, 1.0, end - start)
        values[system.layout.fixed] = 0.0
        direction.array[:] = values * (sizes["x"] if k < hosts else sizes["potential"])
        functional = _differences(system, direction, none, plus, minus)
        system.matrix.mult(direction, product)
        scale = product.norm()
        product.axpy(-1.0, plus)
        assert product.norm() <= allowed * scale, k
        for row, found in zip(system.border.rows(system.matrix), functional, strict=True):
            expected, size = (0.0, scale) if row is None else (row.dot(direction), row.norm())
            assert found == pytest.approx(expected, abs=allowed * size * direction.norm())

    columns, corner = system.border.columns(system.matrix), system.border.corner()
    direction = system.vector()
    for j, column in enumerate(columns):
        step = none.copy()
        step[j] = 1e-5
        functional = _differences(system, direction, step, plus, minus)
        assert functional == pytest.approx(corner[:, j] * step[j], rel=1e-6, abs=1e-12)
        if column is None:
            assert plus.norm() == 0.0
            continue
        scale = column.norm() * step[j]
        plus.axpy(-step[j], column)
        assert plus.norm() <= 1e-6 * scale


def test_combined_fields_have_the_same_solution(comm: MPI.Comm) -> None:
    """Salt and potential are combined for the Krylov method, which needs few iterations then."""
    cell = make_cell(salted(), composite() if comm.rank == 0 else None, comm)
    cell.initialise()
    drive(cell, -cell.capacity / 3600.0, 30.0)
    least = min(salt.x.array.min(initial=1.0) for salt in cell.state.salt.values())
    assert cell.domain.max(-least) > -0.5
    system = cell.electrochemistry.system
    system.jacobian.update()
    right, expected, found = (system.vector() for _ in range(3))
    right.array[:] = np.random.default_rng(comm.rank).uniform(-1.0, 1.0, right.local_size)
    right.array[system.layout.fixed] = 0.0
    direct, combined = LinearSolver(system, linear.DIRECT), cell.electrochemistry._newton.linear
    for solver, solution in ((direct, expected), (combined, found)):
        solver.matrix_changed(is_other=True)
        iterations = solver.solve(right, solution, 1e-12)
    assert iterations <= 30
    found.axpy(-1.0, expected)
    assert found.norm() <= 1e-8 * expected.norm()


def _differences(
    system: BlockSystem,
    direction: PETSc.Vec,
    scalars: np.ndarray,
    out: PETSc.Vec,
    work: PETSc.Vec,
) -> np.ndarray:
    """Central difference of the residuals along a direction, of the fields into `out`."""
    system.add(direction, scalars, 1.0)
    system.residual(out)
    functional = system.border.residual()
    system.add(direction, scalars, -2.0)
    system.residual(work)
    functional = (functional - system.border.residual()) / 2.0
    system.add(direction, scalars, 1.0)
    out.axpy(-1.0, work)
    out.scale(0.5)
    return functional
