"""Tables of a field in forms: values, slopes, and a Jacobian that is theirs."""

import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from hypothesis import given
from hypothesis import strategies as st
from mpi4py import MPI

from ecmcell.numerics.system.curves import ClampedTable, LogarithmicTable, NodalCurves, Table

X = [0.0, 0.2, 0.5, 0.6, 1.0]
Y = [4.4, 4.1, 3.9, 3.9, 3.0]


def test_table_goes_through_its_points_and_on_straight() -> None:
    table = Table(X, Y)
    assert table(X) == pytest.approx(Y, rel=1e-14)
    for end in (0.0, 1.0):
        slope = table.slope(end)
        for beyond in (-0.5, -0.1, 1.1, 1.7):
            if (beyond < 0) == (end == 0.0):
                assert table(beyond) == pytest.approx(table(end) + slope * (beyond - end))
                assert table.slope(beyond) == slope


@given(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5))
def test_table_keeps_the_order_of_its_points(a: float, b: float) -> None:
    """Nowhere does a falling table rise, as a cubic without care would."""
    table = Table(X, Y)
    low, high = min(a, b), max(a, b)
    assert table(low) >= table(high) - 1e-12
    assert table.slope(a) <= 1e-12


@pytest.mark.parametrize("kind", [Table, ClampedTable])
def test_integral_is_that_of_the_table(kind: type[Table]) -> None:
    """From its first point, beyond its ends too."""
    table = kind(X, Y)
    for end in (-0.4, 0.55, 1.3):
        fine = np.linspace(0.0, end, 20001)
        assert table.integral(end) == pytest.approx(np.trapezoid(table(fine), fine), rel=1e-8)


def test_held_table_stays_what_it_is_at_its_ends() -> None:
    table = ClampedTable(X, Y)
    assert table(X) == pytest.approx(Y, rel=1e-14)
    assert table([-1.0, 2.0]) == pytest.approx([Y[0], Y[-1]])
    assert table.slope([-1.0, 2.0]) == pytest.approx([0.0, 0.0])
    assert table.slope(0.3) == Table(X, Y).slope(0.3)


def test_table_over_the_logarithm_is_exact_for_one() -> None:
    """Straight below its least point, with the value and the slope that it has there."""
    table = LogarithmicTable([1e-3, 0.1, 1.0, 20.0], 3.0 * np.log([1e-3, 0.1, 1.0, 20.0]))
    x = np.array([2e-3, 0.05, 0.7, 3.0, 50.0])
    assert table(x) == pytest.approx(3.0 * np.log(x), rel=1e-12)
    assert table.slope(x) == pytest.approx(3.0 / x, rel=1e-12)
    assert table.bend(x) == pytest.approx(-3.0 / x**2, rel=1e-12)
    below = np.array([-1.0, 0.0, 5e-4])
    assert table(below) == pytest.approx(3.0 * np.log(1e-3) + 3e3 * (below - 1e-3), rel=1e-12)
    assert table.slope(below) == pytest.approx(3e3)
    assert not table.bend(below).any()


@given(st.floats(0.001, 0.999))
def test_slope_is_the_derivative(x: float) -> None:
    table, h = Table(X, Y), 1e-6
    # Between the points the curvature is bounded; at a point it jumps.
    difference = (table(x + h) - table(x - h)) / (2 * h)
    assert table.slope(x) == pytest.approx(difference, abs=1e-4)


@given(st.floats(-0.5, 1.5).filter(lambda x: np.abs(np.array(X) - x).min() > 1e-5))
def test_bend_is_the_second_derivative(x: float) -> None:
    table, h = Table(X, Y), 1e-6
    difference = (table.slope(x + h) - table.slope(x - h)) / (2 * h)
    assert table.bend(x) == pytest.approx(difference, abs=1e-4)


def test_curves_in_forms() -> None:
    """Forms see value and slope at the nodes, and their derivatives by the field are exact."""
    unit = mesh.create_unit_interval(MPI.COMM_SELF, 4)
    space = fem.functionspace(unit, ("Lagrange", 1))
    field = fem.Function(space)
    curves, table = NodalCurves(field), Table(X, Y)
    value, slope = curves.add(table)
    field.interpolate(lambda x: x[0])
    curves.refresh()
    test, trial = ufl.TestFunction(space), ufl.TrialFunction(space)
    nodal = ufl.dx(metadata={"quadrature_rule": "vertex", "quadrature_degree": 1})
    weight = fem.assemble_vector(fem.form(test * nodal)).array
    nodes = space.tabulate_dof_coordinates()[:, 0]
    pairs = [(value, table(nodes), table.slope(nodes))]
    pairs += [(slope, table.slope(nodes), table.bend(nodes))]
    for curve, exact, derivative in pairs:
        form = curve * test * nodal
        found = fem.assemble_vector(fem.form(form)).array / weight
        assert found == pytest.approx(exact, rel=1e-13)
        matrix = fem.assemble_matrix(fem.form(ufl.derivative(form, field, trial))).to_dense()
        assert matrix == pytest.approx(np.diag(derivative * weight), abs=1e-13)
