"""An electrolyte that parts from its lithium electrode."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import (
    LITHIUM,
    THERMAL_VOLTAGE,
    active,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case.schema import Case
from ecmcell.simulation.observables import Observables
from meshes import grid
from record import Verify

pytestmark = pytest.mark.mpi

STIFFNESS, STRENGTH, ENERGY = 1e4, 10.0, 0.1  # MPa/um, MPa, pJ/um2
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.0}


def shrinking_stack() -> Case:
    """An electrode that shrinks under 1 MPa and pulls its electrolyte off the lithium."""
    parting = {
        "stiffness": f"{STIFFNESS} MPa/um",
        "strength": f"{STRENGTH} MPa",
        "cohesion": {
            "energy": f"{ENERGY} J/m^2",
            "viscosity": "1 s",
            "contact_gap": "1 um",
            "recontact": 0.0,
        },
    }
    return make_case(
        {
            "matrix": electrolyte(**SOLID),
            "host": active(0.8, partial_molar_volume="3e-6 m^3/mol", **SOLID),
        },
        interfaces={"host|matrix": kinetics(stiffness="1e6 MPa/um")},
        boundaries={"anode": LITHIUM | parting, "collector": {}},
        physics={"mechanics": True, "stress_in_flux": False, "stress_in_kinetics": False},
        cell={
            "temperature": "25 degC",
            "stack_pressure": "1 MPa",
            "platen": "gap",
            "sides": "free",
        },
    )


def stack_mesh():
    return grid(
        [np.linspace(0.0, 6.0, 13), np.linspace(0.0, 1.0, 3)],
        {0: "matrix", 1: "host"},
        lambda at: (at[:, 0] > 3.0).astype(int),
    )


@pytest.mark.reference("Cohesion", "stack in series between fixed platens, exact")
def test_traction_of_a_stack_that_parts(comm: MPI.Comm, verify: Verify) -> None:
    """The mean strain of the electrode pulls at the bilinear law, behind which the solids give.

    Without lateral contraction the stack is a series of springs; current is what still touches.
    """
    cell = make_cell(shrinking_stack(), stack_mesh(), comm)
    cell.initialise()
    observables = Observables(cell)
    (host,) = cell.active.values()
    strain = cell.domain.integral(host.swellings[0].nodes * cell.domain.dx(host.part))
    current = -cell.capacity / 7200.0
    pressures, exact = [], []
    first, last = STRENGTH / STIFFNESS, 2.0 * ENERGY / STRENGTH
    row: dict[str, float] = {}
    while row.get("Lithium contact fraction", 1.0) > 0.3:
        drive(cell, current, 10.0)
        row = observables.row()
        pressures.append(-row["Stack pressure [MPa]"])
        # Opening u and traction t: u + t L/E = shrinkage less what the pressure had closed.
        compliance = 6.0 / 20e3 + 1.0 / 1e6
        shrinkage = -strain.value / cell.area - (compliance + 1.0 / STIFFNESS)
        stiff = shrinkage / (compliance + 1.0 / STIFFNESS)
        slope = STRENGTH / (last - first)
        softened = (STRENGTH * last / (last - first) - slope * shrinkage) / (
            1.0 - slope * compliance
        )
        exact.append(stiff if stiff < STRENGTH else softened)
        assert row["Charge balance error"] <= 1e-8
    pressures, exact = np.array(pressures), np.array(exact)
    intact = exact[: int(np.argmax(exact)) - 1]
    worst = np.abs(pressures[: len(intact)] - intact).max()
    verify("traction while whole, MPa", worst, 0.0, 1e-3)
    verify("largest traction, MPa", pressures.max(), STRENGTH, 0.03)
    softening = slice(int(np.argmax(exact)) + 2, None)
    verify(
        "traction while parting, over the law's",
        (pressures[softening] / exact[softening]),
        1.0,
        0.03,
    )


@pytest.mark.reference("Cohesion", "Butler and Volmer on what still touches, exact")
def test_lithium_reacts_where_it_touches(comm: MPI.Comm, verify: Verify) -> None:
    """What is lost at the lithium is that of an exchange current that falls with the contact."""
    cell = make_cell(shrinking_stack(), stack_mesh(), comm)
    cell.initialise()
    observables = Observables(cell)
    row = observables.row()
    assert row["Lithium contact fraction"] == pytest.approx(1.0, abs=1e-9)
    density = cell.capacity / 7200.0 / cell.area
    while row["Lithium contact fraction"] > 0.3:
        drive(cell, -density * cell.area, 10.0)
        row = observables.row()
    exchange = 10.0 * row["Lithium contact fraction"]
    overpotential = 2.0 * THERMAL_VOLTAGE * np.arcsinh(density / (2.0 * exchange))
    found = abs(row["Lithium electrode loss [V]"])
    verify("loss at the lithium, 30 % in contact, V", found, overpotential, 1e-6)
