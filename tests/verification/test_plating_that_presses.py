"""Lithium on an electrode that may debond from it: it presses on what keeps it from growing."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, Tape, active, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.units import FARADAY
from ecmcell.evaluation.mechanics.debonding import Debonding
from ecmcell.evaluation.observables import Observables
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import grid
from record import Verify

MOLAR = 13.0e-6  # m3/mol
YOUNG, POISSON = 150e3, 0.25
SOLID = {"youngs_modulus": f"{YOUNG} MPa", "poisson_ratio": POISSON}
PRESSURE, ENERGY, COVERAGE = 5.0, 0.1, 0.5
COHESION = {"mode_i_fracture_energy": f"{ENERGY} J/m^2", "contact_gap": "20 nm"}
PARTING = {"strength": "1 MPa", "cohesion": COHESION}


def electrode(**inventory: object) -> dict[str, object]:
    """A bare collector that may debond, with what is to be said of islands on it."""
    usual = {"thickness": "0 um", "island_height": "0.05 um"}
    return LITHIUM | PARTING | {"inventory": usual | inventory}


@pytest.mark.mpi
@pytest.mark.reference("Lithium", "equilibrium under pressure, p = (V - U) F/V_m, exact")
@pytest.mark.parametrize("step", [10.0, 1e5])
def test_lithium_plates_until_its_pressure_holds_the_voltage(
    comm: MPI.Comm, verify: Verify, step: float
) -> None:
    """At a constant gap and voltage plating ends where stress makes up for the overvoltage.

    Left to itself the turn between what plates and what presses would overshoot by thousands: a
    second brings a hundredth of a nanometre, and every nanometre 50 MPa.
    """
    phases = {
        "matrix": electrolyte("1000 S/m", **SOLID),
        "host": active(0.8, partial_molar_volume="0 m^3/mol", **SOLID),
    }
    case = make_case(
        phases,
        interfaces={"host|matrix": kinetics()},
        boundaries={"anode": electrode(), "collector": {}},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{PRESSURE} MPa", "platen": "gap"},
        protocol=["Charge at C/2 for 10 minutes"],
    )
    axes = [np.linspace(0.0, 3.0, 7), np.linspace(0.0, 1.0, 3)]
    mesh = grid(axes, {0: "matrix", 1: "host"}, lambda at: (at[:, 0] > 1.0).astype(int))
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    open_circuit = cell.state.voltage.value
    cell.electrochemistry.control_voltage(open_circuit + 0.02)
    for _ in range(3):
        cell.begin_step()
        _, iterations = cell.iterate(step)
        assert iterations <= 12
    if step > 1e3:
        row = Observables(cell).row()
        (body,) = cell.active.values()
        rest = body.material.open_circuit_voltage.at(row["Mean stoichiometry"])
        gained = open_circuit + 0.02 - rest
        verify("pressure, MPa", row["Stack pressure [MPa]"], gained * FARADAY / MOLAR, 1e-4)


@pytest.mark.mpi
@pytest.mark.domain
@pytest.mark.reference("Lithium", "what parts and what comes back of islands that press, exact")
@pytest.mark.parametrize("sites", [{"map": "patches", "size": "2 um"}, {"map": "random"}])
def test_islands_press_as_they_grow_and_come_back(
    comm: MPI.Comm, verify: Verify, sites: dict[str, object]
) -> None:
    """Islands carry the pressure of the stack, in steps as long as those of a smooth layer.

    All that is not on sites parts, once and for its whole energy; what was plated is stripped but
    for the last hundredth of an island.
    """
    chance = {"length": "2 um"} if sites["map"] == "random" else {}
    where = {"coverage": COVERAGE} | sites | chance
    case = make_case(
        {"matrix": electrolyte("0.05 S/m", **SOLID)},
        boundaries={
            "anode": electrode(nucleation_overpotential="20 mV", nucleation_sites=where),
            "collector": LITHIUM,
        },
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{PRESSURE} MPa"},
        time={"max_step": "600 s"},
        protocol=["Charge at 0.5 mA/cm2 for 2 hours", "Discharge at 0.5 mA/cm2 for 3 hours"],
    )
    axes = [np.linspace(0.0, 4.0, 5), np.linspace(0.0, 8.0, 17)]
    cell = make_cell(case, grid(axes, {0: "matrix"}), comm)
    cell.initialise()
    tape, contact, observables = Tape(cell), Debonding(cell), Observables(cell)
    ProtocolDriver(cell, tape).run()
    assert [end[1] for end in tape.ends] == ["duration", "no lithium left at the anode"]
    assert len(tape.rows) <= 100
    assert max(tape.iterations) <= 10
    title = f"Islands, {sites['map']}: "
    debonded = contact.row()["Interface fracture energy [J.m-2]"]
    verify(f"{title}energy of parting, J/m2", debonded, (1.0 - COVERAGE) * ENERGY, 1e-4)
    height = 5.0 * 7200.0 * MOLAR / FARADAY / COVERAGE
    opened = contact.row()["Maximum opening [um]"]
    verify(f"{title}height of islands, as the rest has opened, um", opened, height, 1e-3)
    time, _, density = tape.columns
    passed = np.cumsum(density * np.diff(time, prepend=0.0))
    verify(f"{title}left of what was plated", abs(passed[-1] / passed.min()), 0.0, 1e-3)
    assert observables.row()["Anode lithium balance error"] <= 1e-8
