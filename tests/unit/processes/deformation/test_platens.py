"""What presses on the stack, and what slides along it."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from bench import Bench, bench, solid_case
from cells import composite_interfaces, composite_phases, make_case
from ecmcell.domain.loose import Support
from ecmcell.processes.deformation.platens import Platens, holding, supports
from meshes import layers

LENGTH, WIDTH = 6.0, 2.0  # um
MESH = layers(2, {"solid": LENGTH}, [6])


def pressed(comm: MPI.Comm, **cell: str) -> tuple[Bench, Platens]:
    """A stack in which the stress is -3 MPa along it and -2 MPa across the section."""
    kept = {"temperature": "25 degC", "stack_pressure": "3 MPa"} | cell
    found = bench(solid_case(cell=kept), MESH, comm)
    stress = ufl.as_matrix(np.diag([-3.0, -1.0, -2.0]).tolist()) * found.domain.constant(1.0)
    return found, Platens(found.case, found.domain, found.state, lambda part: stress)


@pytest.mark.mpi
@pytest.mark.domain
def test_stresses_balance_the_pressures(comm: MPI.Comm) -> None:
    """Along the stack that of the platens, across a section that of the sides."""
    found, platens = pressed(comm, lateral_pressure="2 MPa")
    assert platens.is_loose
    assert platens.displaced == pytest.approx(LENGTH * WIDTH)
    scalars = np.array([0.0, 3.0, 0.0])
    along, _, across = platens.force_equations(0, 3)
    for equation in (along, across):
        inside = found.domain.integral(equation.functional).value
        outside, _ = equation.algebraic(scalars)
        assert outside == pytest.approx((3.0 if equation is along else 2.0) * WIDTH)
        assert inside == pytest.approx(-outside, rel=1e-12)


@pytest.mark.parametrize(
    ("platen", "residual"),
    [
        ({}, 3.5 - 3.0),
        ({"platen": "gap"}, 0.01 - 0.004),
        ({"platen": "spring", "platen_stiffness": "10 MPa/um"}, 0.5 - 10.0 * LENGTH * 0.006),
    ],
)
def test_platens_keep_what_the_case_says(platen: dict[str, str], residual: float) -> None:
    """A pressure, a gap or a spring, from the state on at which they were released."""
    found, platens = pressed(MPI.COMM_SELF, section="plane strain", **platen)
    found.state.axial_strain.value, found.state.pressure.value = 0.004, 3.0
    _, kept = platens.force_equations(0, 2)
    assert kept.algebraic(np.array([0.004, 3.0]))[0] == 0.0
    platens.rest(1.0)
    at_rest, _ = kept.algebraic(np.array([0.004, 3.0]))
    moved, gradient = kept.algebraic(np.array([0.01, 3.5]))
    assert at_rest == pytest.approx(0.0, abs=1e-15)
    assert moved == pytest.approx(residual, rel=1e-12)
    for k, step in enumerate(np.eye(2) * 1e-3):
        there, _ = kept.algebraic(np.array([0.01, 3.5]) + step)
        assert (there - moved) / 1e-3 == pytest.approx(gradient[k], abs=1e-9)


def test_lithium_that_grows_takes_room_in_a_gap() -> None:
    """As much as its thickness over the length of the stack."""
    found, platens = pressed(MPI.COMM_SELF, section="plane strain", platen="gap")
    _, kept = platens.force_equations(0, 2)
    platens.rest(1.0)
    found.state.accumulators["layer_growth"] = 0.3
    residual, _ = kept.algebraic(np.array([0.0, 3.0]))
    assert residual == pytest.approx(0.3 / LENGTH, rel=1e-12)


def test_free_sides_slide_at_their_lower_ends_only() -> None:
    """There are planes of symmetry; a rough end is pressed by nothing rigid."""
    ends = {"roller": (0, 1), "free": (0,)}
    for sides, expected in ends.items():
        kept = {"temperature": "25 degC", "stack_pressure": "1 MPa", "sides": sides}
        case = solid_case(cell=kept)
        assert supports(case, 3, {"anode"}) == [
            Support(0, ("collector",), (0, 1)),
            Support(1, ("side",), expected),
            Support(2, ("side",), expected),
        ]


def test_what_holds_whatever_pulls() -> None:
    """Grains of each phase among themselves, and interfaces that do not part."""
    case = make_case(composite_phases(), interfaces=composite_interfaces())
    alone = {frozenset((name,)) for name in ("active", "catholyte", "separator")}
    joined = {frozenset(("active", "catholyte")), frozenset(("catholyte", "separator"))}
    assert holding(case) == alone | joined
