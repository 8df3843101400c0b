"""Lithium on a boundary that runs out, begins from nothing, and takes room."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import (
    LITHIUM,
    THERMAL_VOLTAGE,
    Tape,
    active,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case.units import FARADAY
from ecmcell.evaluation.observables import Observables
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import grid
from record import Verify

SWEPT = 13.0e-6 / FARADAY  # um3/pC
LENGTH, EXCHANGE, BARRIER = 4.0, 10.0, 0.02
YOUNG, POISSON, STIFFNESS = 20e3, 0.3, 1e5
SITES = {"map": "patches", "coverage": 0.5, "size": "1 um"}


def layered_cell(comm: MPI.Comm, inventory: dict[str, object], **tables: object) -> Cell:
    """A layer of lithium, an electrolyte of 4 um that conducts all but perfectly, lithium."""
    usual = {"thickness": "0 um", "island_height": "0.1 um"}
    anode = LITHIUM | tables.pop("anode", {}) | {"inventory": usual | inventory}
    tables = {
        "boundaries": {"anode": anode, "collector": LITHIUM},
        "protocol": ["Charge at 1 mA/cm2 for 1 hour"],
        "time": {"min_step": "1e-6 s"},
    } | tables
    solid = {"youngs_modulus": f"{YOUNG} MPa", "poisson_ratio": POISSON}
    case = make_case({"matrix": electrolyte("1000 S/m", **solid)}, **tables)
    axes = [np.linspace(0.0, LENGTH, 5), np.linspace(0.0, 4.0, 9)]
    return make_cell(case, grid(axes, {0: "matrix"}), comm)


def reaction(density: float) -> float:
    """What a current density takes of an electrode, V."""
    return 2.0 * THERMAL_VOLTAGE * float(np.arcsinh(density / (2.0 * EXCHANGE)))


@pytest.mark.mpi
@pytest.mark.reference("Lithium", "the charge of all lithium that there is, exact")
def test_lithium_runs_out(comm: MPI.Comm, verify: Verify) -> None:
    """Stripping ends with the charge of the inventory, but for 1e-4 of an island of 1e-4 um.

    A step that would strip what is not there does not begin, and plating goes on.
    """
    protocol = [
        "Discharge at 1 mA/cm2 for 1 hour",
        "Discharge at 2 mA/cm2 for 1 hour",
        "Charge at 1 mA/cm2 for 1 minute",
        "Discharge at 1 mA/cm2 for 1 hour",
    ]
    thin = {"thickness": "1 um", "island_height": "1e-4 um"}
    cell = layered_cell(comm, thin, protocol=protocol)
    cell.initialise()
    observables, tape = Observables(cell), Tape(cell)
    ProtocolDriver(cell, tape).run()
    gone = "no lithium left at the anode"
    assert [end[1] for end in tape.ends] == [gone, gone, "duration", gone]
    time, _, density = tape.columns
    passed = np.cumsum(density * np.diff(time, prepend=0.0))
    first, last = passed[tape.ends[0][2] - 1], passed[-1]
    verify("charge of 1 um of lithium, pC/um2", [first, last], 1.0 / SWEPT, 2e-8)
    row = observables.row()
    verify("least thickness, um", row["Anode minimum lithium thickness [um]"], 0.0, 2e-8)
    assert row["Anode minimum lithium thickness [um]"] > 0.0
    assert row["Anode lithium balance error"] <= 1e-8


@pytest.mark.reference("Lithium", "Butler and Volmer on islands and on bare collector, exact")
def test_overpotential_of_nucleation(comm: MPI.Comm, verify: Verify) -> None:
    """At first all plates on bare collector; once there is lithium the barrier is gone."""
    cell = layered_cell(comm, {"nucleation_overpotential": f"{BARRIER} V"})
    cell.initialise()
    density, step = 10.0, 1.0
    drive(cell, -density * cell.area, step)
    first = cell.state.voltage.value
    ohmic = density * LENGTH / 1e9
    verify("voltage at first, V", first, 2.0 * reaction(density) + BARRIER + ohmic, 1e-9)
    for _ in range(100):
        drive(cell, -density * cell.area, step)
    verify("voltage later, V", cell.state.voltage.value, 2.0 * reaction(density) + ohmic, 1e-9)
    row = Observables(cell).row()
    verify("thickness, um", row["Anode lithium thickness [um]"], 101.0 * SWEPT * density, 1e-9)
    assert row["Anode lithium coverage"] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.mpi
@pytest.mark.reference("Lithium", "Butler and Volmer beside sites of nucleation, exact")
def test_nucleation_beside_sites(comm: MPI.Comm, verify: Verify) -> None:
    """Slow plating stays on the sites; fast plating begins between them too.

    Of the current i on sites of half the face, each takes its own at one overpotential.
    """
    found = {}
    for density in (2.0, 20.0):
        barrier = {"nucleation_overpotential": f"{BARRIER} V", "nucleation_sites": SITES}
        cell = layered_cell(comm, barrier)
        cell.initialise()
        for _ in range(50):
            drive(cell, -density * cell.area, 10.0)
        row = Observables(cell).row()
        found[density] = row
        assert row["Charge balance error"] <= 1e-8
    slow, fast = found.values()
    verify("hotspot factor while sites alone are covered", slow["Anode hotspot factor"], 2.0, 1e-6)
    assert slow["Anode lithium coverage"] == pytest.approx(0.5, abs=1e-6)
    assert slow["Anode minimum lithium thickness [um]"] == pytest.approx(0.0, abs=1e-8)
    assert reaction(4.0) < BARRIER < reaction(40.0)
    assert fast["Anode lithium coverage"] == pytest.approx(1.0)
    assert fast["Anode hotspot factor"] == pytest.approx(1.0, abs=1e-6)
    assert fast["Anode minimum lithium thickness [um]"] > 0.1


@pytest.mark.reference("Lithium", "a stack that makes room for lithium, exact")
@pytest.mark.parametrize("parts", [False, True])
def test_room_for_lithium(comm: MPI.Comm, verify: Verify, parts: bool) -> None:
    """At a constant gap what is plated compresses the solid, and the spring it may debond from.

    At a constant pressure the stack becomes thicker by as much. The sides slide, and across the
    plane the solid is free.
    """
    cohesion = {"mode_i_fracture_energy": "1 J/m^2", "contact_gap": "1 um"}
    debonding = {
        "penalty_stiffness": f"{STIFFNESS} MPa/um",
        "strength": "5 MPa",
        "cohesion": cohesion,
    }
    modulus = YOUNG / (1.0 - POISSON**2)
    compliance = LENGTH / modulus + (1.0 / STIFFNESS if parts else 0.0)
    density, step, grown = 10.0, 20.0, 20.0 * 10.0 * SWEPT
    title = "parted from the electrode, " if parts else ""
    for platen, stiffness in (("pressure", None), ("gap", None), ("spring", 100.0)):
        kept = {"temperature": "25 degC", "stack_pressure": "5 MPa", "platen": platen}
        if stiffness is not None:
            kept["platen_stiffness"] = f"{stiffness} MPa/um"
        physics = {"mechanics": True, "stress_in_kinetics": False}
        cell = layered_cell(comm, {}, anode=debonding if parts else {}, cell=kept, physics=physics)
        cell.initialise()
        observables = Observables(cell)
        before = observables.row()
        drive(cell, -density * cell.area, step)
        row = observables.row()
        rise = row["Stack pressure [MPa]"] - before["Stack pressure [MPa]"]
        thicker = row["Stack thickness change [um]"] - before["Stack thickness change [um]"]
        give = {"pressure": np.inf, "gap": 0.0, "spring": 1.0 / (stiffness or 1.0)}[platen]
        pressed = 0.0 if np.isinf(give) else grown / (compliance + give)
        swollen = grown if np.isinf(give) else give * pressed
        verify(f"{title}{platen}: rise of the pressure, MPa", rise, pressed, 1e-6)
        verify(f"{title}{platen}: thicker, um", thicker, swollen, 1e-6)


def test_volume_of_lithium_may_be_left_out(comm: MPI.Comm) -> None:
    kept = {"temperature": "25 degC", "stack_pressure": "5 MPa", "platen": "gap"}
    physics = {"mechanics": True, "lithium_volume": False}
    cell = layered_cell(comm, {}, cell=kept, physics=physics)
    cell.initialise()
    drive(cell, -10.0 * cell.area, 20.0)
    row = Observables(cell).row()
    assert row["Stack pressure [MPa]"] == pytest.approx(5.0, rel=1e-9)
    assert row["Anode lithium thickness [um]"] == pytest.approx(200.0 * SWEPT, rel=1e-9)


@pytest.mark.mpi
def test_lithium_of_the_other_end_runs_out(comm: MPI.Comm) -> None:
    """A charge strips the collector of a symmetric cell, and ends when nothing is left there."""
    layer = {"inventory": {"thickness": "0.2 um", "island_height": "0.01 um"}}
    boundaries = {"anode": LITHIUM, "collector": LITHIUM | layer}
    cell = layered_cell(comm, {}, boundaries=boundaries)
    cell.initialise()
    observables, tape = Observables(cell), Tape(cell)
    ProtocolDriver(cell, tape).run()
    assert [end[1] for end in tape.ends] == ["no lithium left at the collector"]
    assert observables.row()["Collector lithium balance error"] <= 1e-8


@pytest.mark.parametrize("sites", [None, SITES])
def test_bare_collector_rests_under_pressure(comm: MPI.Comm, sites: dict[str, object]) -> None:
    """Stress shifts both electrodes alike; plating begins from rest, on sites or all over."""
    inventory = {"nucleation_overpotential": f"{BARRIER} V"}
    if sites is not None:
        inventory["nucleation_sites"] = sites
    kept = {"temperature": "25 degC", "stack_pressure": "20 MPa"}
    cell = layered_cell(comm, inventory, cell=kept, physics={"mechanics": True})
    cell.initialise()
    density, fraction = 1.0, 1.0 if sites is None else 0.5
    drive(cell, -density * cell.area, 1.0)
    needed = 0.0 if sites is not None else BARRIER
    expected = reaction(density / fraction) + reaction(density) + needed
    assert cell.state.voltage.value == pytest.approx(expected, abs=1e-7)


def test_lithium_from_active_material_plates_on_a_bare_collector(comm: MPI.Comm) -> None:
    """What leaves the host is on the collector, and comes back until there is none."""
    inventory = {"thickness": "0 um", "island_height": "1 nm", "nucleation_overpotential": "30 mV"}
    case = make_case(
        {"matrix": electrolyte("0.1 S/m"), "host": active(0.8)},
        interfaces={"host|matrix": kinetics()},
        boundaries={"anode": LITHIUM | {"inventory": inventory}, "collector": {}},
        protocol=["Charge at C/2 for 10 minutes", "Discharge at C/2 until 3 V"],
    )
    mesh = grid(
        [np.linspace(0.0, 6.0, 13), np.linspace(0.0, 1.0, 3)],
        {0: "matrix", 1: "host"},
        lambda at: (at[:, 0] > 3.0).astype(int),
    )
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    observables, tape = Observables(cell), Tape(cell)
    ProtocolDriver(cell, tape).run()
    assert [end[1] for end in tape.ends] == ["duration", "no lithium left at the anode"]
    row = observables.row()
    assert row["Anode lithium balance error"] <= 1e-8
    assert row["Lithium balance error"] <= 1e-8
    passed = row["Mean stoichiometry"]
    assert passed == pytest.approx(0.8, abs=1e-5)


@pytest.mark.mpi
@pytest.mark.reference("Lithium", "what touches at the end of a step, and Butler and Volmer, exact")
def test_voids_and_islands_at_once(comm: MPI.Comm, verify: Verify) -> None:
    """The voltage is that of the contact 1 - g/g0 on the covered share h/h_n, both at the end."""
    voids = {"void_growth": {"contact_gap": "0.2 um"}}
    thin = {"thickness": "0.15 um", "island_height": "0.1 um"}
    kept = {"temperature": "25 degC", "stack_pressure": "5 MPa"}
    cell = layered_cell(comm, thin, anode=voids, cell=kept)
    cell.initialise()
    observables, errors, density = Observables(cell), [], 5.0
    for _ in range(7):
        drive(cell, density * cell.area, 30.0)
        row = observables.row()
        left, covered = row["Anode contact beside voids"], row["Anode lithium coverage"]
        assert row["Anode contact"] == pytest.approx(left * covered, rel=1e-9)
        expected = reaction(density / (left * covered)) + reaction(density)
        errors.append(cell.state.voltage.value + expected + density * LENGTH / 1e9)
    assert 0.0 < covered < 0.1 and left < 0.9
    verify("largest error of the voltage, V", errors, 0.0, 1e-8)
