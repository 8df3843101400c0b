"""What follows when a pore on the way of lithium is full: cracks start from it and run."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, electrolyte, make_case, make_cell
from ecmcell.processes.cracks.crack_graph import CrackGraph
from ecmcell.processes.filled_cracks.filled_cracks import FilledCracks
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import punched
from pulling import Rows

SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.2}
SIZE, CELL, RADIUS, STACK = 10.0, 0.25, 1.2, 5.0  # um, um, um, MPa


@pytest.mark.long
def test_cracks_from_a_full_pore_are_followed_to_the_end(comm: MPI.Comm) -> None:
    """Pressure builds up to 65 MPa, cracks run from the pore to both sides, and jump.

    Lithium fills them. Once they part the electrolyte it has to lift nothing but what the stack
    presses with. Several cracks grow at once, close where others open, and jump with the voltage:
    no step may get short for it.
    """
    axes = [np.linspace(x, x + SIZE, round(SIZE / CELL) + 1) for x in (0.0, -0.5 * SIZE)]
    mesh = punched(axes, "lane", lambda at: np.hypot(at[:, 0] - 4.0, at[:, 1] - 0.1) < RADIUS)
    flaw = {"begin": ["0 um", "0.1 um"], "end": ["3 um", "0.1 um"]}
    law = {"fracture_energy": "2 J/m^2", "regularisation_length": "0.5 um", "flaws": [flaw]}
    case = make_case(
        {"lane": electrolyte("0.1 S/m", **SOLID) | {"cracking": law}},
        boundaries={"anode": LITHIUM | {"filled_cracks": {}}, "collector": LITHIUM},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{STACK} MPa"},
        time={"max_step": "20 s"},
        protocol=["Charge at 1 mA/cm2 for 6 minutes"],
    )
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    (filled_crack,) = (one for one in cell.the(FilledCracks).members if one.is_there)
    cell.state.accumulators[filled_crack.name] = 0.98 * filled_crack.opening
    cell.look()
    found = Rows(cell)
    ProtocolDriver(cell, found).run()
    assert found.ends == ["duration"]

    def column(name: str) -> np.ndarray:
        return np.array([row[name] for row in found.rows])

    pressure = column("Filled crack 1 pressure [MPa]")
    assert 50.0 < pressure.max() < 80.0
    assert pressure[-1] == pytest.approx(STACK, rel=0.1)
    points, (way,) = cell.the(CrackGraph).points, cell.the(CrackGraph).ways()
    assert np.ptp(points[way, 1]) == pytest.approx(SIZE)
    length = column("Crack length lane [um]")
    assert length[-1] - length[0] > 0.8 * (SIZE - 2.0 * RADIUS)
    assert np.abs(np.diff(column("Voltage [V]"))).max() > 5e-3
    assert np.diff(column("Time [s]")).min() > 0.1
    assert column("Filled crack volume error").max() <= 1e-6
    assert column("Charge balance error").max() <= 1e-8
