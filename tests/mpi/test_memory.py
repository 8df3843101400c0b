"""Memory stays as it is while a cell runs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from cells import (
    LITHIUM,
    active,
    composite_interfaces,
    composite_phases,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.simulation.cell import Cell
from meshes import composite, concentric, grid, layers

pytestmark = pytest.mark.mpi

WARM, COUNT, LARGEST = 20, 100, 1.0  # steps, steps, MB
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
HOST = {"youngs_modulus": "100 GPa", "poisson_ratio": 0.25}
SWELLING = HOST | {"partial_molar_volume": "3e-6 m^3/mol"}
FIRM = {"temperature": "25 degC", "stack_pressure": "5 MPa"}


def resident() -> float:
    """Resident memory of this rank in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def grows(cell: Cell, step: float, current: float, period: int = COUNT) -> float:
    """Memory in MB that steps take, whose current turns round every so many of them.

    Preconditioners are made anew at every other step.
    """
    solvers = [cell.electrochemistry._newton.linear]
    solvers += [mechanics._newton.linear for mechanics in cell.all(Mechanics)]
    cell.initialise()
    before = 0.0
    for count in range(WARM + COUNT):
        if count == WARM:
            before = resident()
        for solver in solvers if count % 2 else ():
            solver.outdate()
        drive(cell, current * (1.0 if count % (2 * period) < period else -1.0), step)
        cell.end_step()
    return cell.domain.comm.allreduce(resident() - before, MPI.MAX)


@pytest.mark.parametrize("mechanics", [False, True])
def test_time_steps_leave_nothing_in_memory(comm: MPI.Comm, mechanics: bool) -> None:
    case = make_case(
        composite_phases(),
        interfaces=composite_interfaces(),
        physics={"mechanics": mechanics},
    )
    cell = make_cell(case, composite(), comm)
    assert grows(cell, 1.0, -0.01 * cell.area) < LARGEST


def debonding(comm: MPI.Comm) -> Cell:
    """A particle on the collector that shrinks away from its electrolyte, and swells again."""
    weak = kinetics(
        penalty_stiffness="1e4 MPa/um",
        strength="20 MPa",
        cohesion={
            "mode_i_fracture_energy": "0.3 J/m^2",
            "viscosity": "60 s",
            "contact_gap": "5 nm",
        },
    )
    case = make_case(
        {"active": active(0.8, **SWELLING), "matrix": electrolyte(**SOLID)},
        interfaces={"active|matrix": weak},
        physics={"mechanics": True},
        cell=FIRM,
    )
    axis = np.linspace(0.0, 4.0, 9)
    mesh = grid(
        [axis, axis], {0: "matrix", 1: "active"}, lambda x: (x[:, 0] > 2.0) & (x[:, 1] < 2.0)
    )
    return make_cell(case, mesh, comm)


def cracking(comm: MPI.Comm) -> Cell:
    """A disc that swells and shrinks in a ring that cracks."""
    brittle = {
        "cracking": {"fracture_toughness": "0.06 MPa*m^0.5", "regularisation_length": "0.8 um"}
    }
    case = make_case(
        {
            "active": active(0.5, **SWELLING),
            "ring": electrolyte(**SOLID) | brittle,
        },
        interfaces={"active|ring": kinetics()},
        physics={"mechanics": True},
        cell=FIRM | {"sides": "free"},
    )
    return make_cell(
        case, concentric(2, [2.0, 4.0, 4.2], [4, 6, 2], ["active", "ring", "ring"]), comm
    )


def flowing(comm: MPI.Comm) -> Cell:
    """Foils of lithium that creep, plated and stripped."""
    lithium = {"material": "Li", "plasticity": "creep"}
    law = kinetics(exchange_current_density="10 A/m^2")
    case = make_case(
        {"lithium": lithium, "separator": electrolyte(**SOLID), "counter": lithium},
        interfaces={"lithium|separator": law, "separator|counter": law},
        boundaries={"anode": {}, "collector": {}},
        physics={"mechanics": True},
        cell=FIRM,
        protocol=["Discharge at 0.1 mA/cm2 for 1 s"],
    )
    thickness = {"lithium": 5.0, "separator": 30.0, "counter": 5.0}
    return make_cell(case, layers(2, thickness, [2, 6, 2]), comm)


def salted(comm: MPI.Comm) -> Cell:
    """A polymer electrolyte between lithium and a host that swells."""
    case = make_case(
        {"separator": {"material": "PEO-LiTFSI"}, "active": active(0.5, **SWELLING)},
        interfaces={"active|separator": kinetics(exchange_current_density="5 A/m^2")},
        boundaries={"anode": LITHIUM, "collector": {}},
        physics={"mechanics": True},
        cell={"temperature": "85 degC", "stack_pressure": "0.5 MPa"},
    )
    return make_cell(case, layers(2, {"separator": 10.0, "active": 5.0}, [6, 4]), comm)


@pytest.mark.parametrize(
    ("make", "step"),
    [(debonding, 60.0), (cracking, 60.0), (flowing, 1.0), (salted, 1.0)],
)
def test_nor_does_whatever_goes_on_in_them(
    comm: MPI.Comm, make: Callable[[MPI.Comm], Cell], step: float
) -> None:
    cell = make(comm)
    assert (
        grows(cell, step, -0.5 * cell.capacity / 3600.0 if cell.capacity else cell.area, 10)
        < LARGEST
    )
