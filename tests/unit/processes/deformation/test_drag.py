"""What keeps loose grains in their place."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from bench import Bench, bench, solid_case
from ecmcell.processes.deformation.drag import Drag
from meshes import grid, punched

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

AXIS = np.linspace(0.0, 8.0, 9)


def moat(at: np.ndarray) -> np.ndarray:
    """A ring around an island of 2 um by 2 um."""
    off = np.abs(at - 4.0).max(axis=1)
    return (off > 1.0) & (off < 2.0)


def test_what_is_held_drags_on_nothing(comm: MPI.Comm) -> None:
    found = bench(solid_case(), grid([AXIS, AXIS], {0: "solid"}), comm)
    assert work_of_a_shift(found, 1.0) == [0]


def test_a_loose_grain_is_pulled_back(comm: MPI.Comm) -> None:
    """With 0.1 MPa/um2 times its volume and its way, and with nothing where it was before."""
    found = bench(solid_case(), punched([AXIS, AXIS], "solid", moat), comm)
    work = sorted(work_of_a_shift(found, 0.5))
    assert work == pytest.approx([-0.1 * 4.0 * 0.5, 0.0], rel=1e-12)


def work_of_a_shift(found: Bench, way: float) -> list[float]:
    """Work of the forces after all has moved that far along y, on a shift by one; by body."""
    drag = Drag(found.domain, found.state)
    for displacement in found.state.displacement.values():
        displacement.x.array[:] = 7.0
    drag.begin_step()
    for displacement in found.state.displacement.values():
        displacement.x.array[1::2] += way
    forms = {
        body: drag.virtual_work(body, ufl.TestFunction(displacement.function_space))
        for body, displacement in found.state.displacement.items()
    }
    return [form if form == 0 else found.total(form) for form in forms.values()]
