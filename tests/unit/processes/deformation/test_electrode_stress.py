"""Normal stress on lithium electrodes."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import solid_case
from cells import make_cell
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def test_an_even_stack_presses_with_its_pressure(comm: MPI.Comm) -> None:
    """At either end, a pressure counting as negative."""
    kept = {"temperature": "25 degC", "stack_pressure": "5 MPa"}
    case = solid_case(cell=kept, solver={"linear": "direct"})
    cell = make_cell(case, layers(2, {"solid": 6.0}, [3]), comm)
    cell.initialise()
    (stress,) = cell.state.normal_stress.values()
    at = stress.function_space.tabulate_dof_coordinates()[:, 0]
    ends = np.isclose(at, 0.0) | np.isclose(at, 6.0)
    assert stress.x.array[ends] == pytest.approx(np.full(ends.sum(), -5.0), rel=1e-8)
