"""Whether current can still get into a cell."""

import pytest
from mpi4py import MPI

from cells import make_cell
from ecmcell.processes.state import CONTACT
from meshes import layers
from pulling import THICKNESS, pulling_case

pytestmark = pytest.mark.mpi


def test_a_cell_at_rest_is_cut_off_when_nothing_touches(comm: MPI.Comm) -> None:
    """Down to the ten-thousandth part of the contact of the start it is not."""
    mesh = layers(2, {"electrolyte": THICKNESS, "active": THICKNESS}, [2, 2], across=1)
    cell = make_cell(pulling_case(["Charge at 1C for 1 minute"]), mesh, comm)
    cell.initialise()
    assert not cell.contact_lost
    contact = cell.state.interface[CONTACT].x.array
    for kept, lost in ((1.0, False), (1.1e-4, False), (0.9e-4, True), (0.0, True)):
        contact[:] = kept
        cell.electrochemistry.control_current(0.0)
        assert cell.is_disconnected is lost
    assert not cell.contact_lost  # nothing has debonded by displacements
