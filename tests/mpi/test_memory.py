"""Memory stays as it is while a cell runs."""

from pathlib import Path

import pytest
from mpi4py import MPI

from cells import composite_interfaces, composite_phases, drive, make_case, make_cell
from meshes import composite

pytestmark = pytest.mark.mpi


def resident() -> float:
    """Resident memory of this rank in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


@pytest.mark.parametrize("mechanics", [False, True])
def test_time_steps_leave_nothing_in_memory(comm: MPI.Comm, mechanics: bool) -> None:
    case = make_case(
        composite_phases(),
        interfaces=composite_interfaces(),
        physics={"mechanics": mechanics},
    )
    cell = make_cell(case, composite(), comm)
    cell.initialise()
    for _ in range(20):
        drive(cell, -0.01 * cell.area, 1.0)
    before = resident()
    for _ in range(100):
        drive(cell, -0.01 * cell.area, 1.0)
    assert comm.allreduce(resident() - before, MPI.MAX) < 1.0
