"""Voids that stripping leaves in lithium on a boundary, against exact solutions."""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.integrate import quad

from cells import LITHIUM, THERMAL_VOLTAGE, Tape, drive, electrolyte, make_case, make_cell
from ecmcell.case.materials import needed
from ecmcell.case.units import FARADAY
from ecmcell.errors import SolverError
from ecmcell.evaluation.observables import Observables
from ecmcell.processes.closed_form import critical_stripping, void_closure
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import grid
from record import Verify

SWEPT = 13.0e-6 / FARADAY  # um3/pC
GAP, PRESSURE, LEAST = 1.0, 3.0, 0.01
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}


def stripping_cell(comm: MPI.Comm, protocol: list[str] | None = None, **tables: object) -> Cell:
    """Lithium with voids, an electrolyte of 4 um, lithium."""
    anode = LITHIUM | {"void_growth": {"contact_gap": f"{GAP} um"}}
    usual = {
        "boundaries": {"anode": anode, "collector": LITHIUM},
        "protocol": protocol or ["Discharge at 0.1 mA/cm2 for 1 hour"],
        "cell": {"temperature": "25 degC", "stack_pressure": f"{PRESSURE} MPa"},
    }
    case = make_case({"matrix": electrolyte("0.1 S/m", **SOLID)}, **(usual | tables))
    axes = [np.linspace(0.0, 4.0, 5), np.linspace(0.0, 2.0, 3)]
    return make_cell(case, grid(axes, {0: "matrix"}), comm)


def rate_of(cell: Cell, pressure: float = PRESSURE) -> float:
    """Closure of its voids, 1/s."""
    return void_closure(needed(cell.case.lithium_anode), cell.case.cell.temperature, pressure)


@pytest.mark.reference("Voids", "a hollow ball of metal that creeps, equilibrium by quadrature")
def test_closure_of_a_void(comm: MPI.Comm, verify: Verify) -> None:
    """The stress by which a far shell holds a shrinking void is the pressure, int 2 q dr/r.

    With a rate w of its radius, q = sigma_0 (2 w (a/r)^3 / e_0)^(1/n); the volume shrinks by 3 w.
    """
    cell = stripping_cell(comm)
    metal = needed(cell.case.lithium_anode).metal
    exponent, stress = float(needed(metal.creep_exponent)), float(needed(metal.creep_stress))
    shrinking = rate_of(cell) / 3.0

    def pull(log: float) -> float:
        rate = 2.0 * shrinking * np.exp(-3.0 * log) / float(needed(metal.creep_rate))
        return 2.0 * stress * rate ** (1.0 / exponent)

    held, _ = quad(pull, 0.0, 60.0, epsabs=1e-13, epsrel=1e-13)
    verify("pressure that a void closes under, MPa", held, PRESSURE, 1e-9)


@pytest.mark.reference("Voids", "growth at a constant current under a constant pressure, exact")
def test_growth_of_voids(comm: MPI.Comm, verify: Verify) -> None:
    """g = v/r (1 - exp(-r t)) with the volume v that is stripped an area and time."""
    found, density = [], 1.0
    for count in (10, 20, 40):
        cell = stripping_cell(comm)
        cell.initialise()
        rate = rate_of(cell)
        time = 1.0 / rate
        for _ in range(count):
            drive(cell, density * cell.area, time / count)
        found.append(Observables(cell).row()["Anode voids [um]"])
    exact = SWEPT * density / rate * (1.0 - np.exp(-1.0))
    steps = "10, 20, 40 steps"
    verify("voids after one time constant, um", found, exact, 0.01, steps, order=0.95)


@pytest.mark.reference("Voids", "what touches below the critical current of stripping, exact")
@pytest.mark.parametrize("mechanics", [False, True])
def test_contact_below_the_critical_current(
    comm: MPI.Comm, verify: Verify, mechanics: bool
) -> None:
    """Contact settles at 1 - i/i_c, and the loss at the lithium is that of its exchange current.

    With the mechanics the pressure is the stress on the face: here that of the stack.
    """
    cell = stripping_cell(comm, physics={"mechanics": mechanics, "stress_in_kinetics": False})
    cell.initialise()
    observables, critical = Observables(cell), rate_of(cell) * GAP / SWEPT
    contacts, losses, errors = [], [], []
    for fraction in (0.3, 0.9):
        density = fraction * critical
        for _ in range(30):
            drive(cell, density * cell.area, 1.0 / rate_of(cell))
        row = observables.row()
        contacts.append(row["Anode contact"] - (1.0 - fraction))
        exchange = 10.0 * np.array([1.0 - fraction, 1.0])
        exact = 2.0 * THERMAL_VOLTAGE * np.arcsinh(density / (2.0 * exchange)).sum()
        losses.append(row["Lithium electrode loss [V]"] / exact - 1.0)
        errors.append(row["Charge balance error"])
    title = "with mechanics: " if mechanics else ""
    verify(f"{title}error of the contact, 30 and 90 % of the current", contacts, 0.0, 1e-8)
    verify(f"{title}relative error of the loss", losses, 0.0, 1e-7)
    assert max(errors) <= 1e-8


@pytest.mark.mpi
@pytest.mark.reference("Voids", "when contact is lost above the critical current, exact")
def test_contact_is_lost_above_the_critical_current(comm: MPI.Comm, verify: Verify) -> None:
    """t = -ln(1 - (1 - least) i_c/i)/r; the closed form for so long a time is the current."""
    found, fraction = [], 1.3
    for longest in (80, 40, 20):
        rate = rate_of(cell := stripping_cell(comm))
        density = 0.1 * fraction * rate * GAP / SWEPT
        protocol = [f"Discharge at {density} mA/cm2 for 3 hours"]
        cell = stripping_cell(comm, protocol, time={"max_step": f"{longest} s"})
        cell.initialise()
        tape = Tape(cell)
        ProtocolDriver(cell, tape).run()
        assert [end[1] for end in tape.ends] == ["contact lost at the anode"]
        found.append(tape.columns[0][-1])
    exact = -np.log(1.0 - (1.0 - LEAST) / fraction) / rate
    verify("when contact is lost, s", found, exact, 0.005, "80, 40, 20 s", order=0.9)
    again = stripping_cell(comm, [f"Discharge at {density} mA/cm2 for {exact} s"])
    closed = critical_stripping(again.case)
    verify("current that loses contact in that time, pA/um2", closed, 10.0 * density, 1e-9)


@pytest.mark.mpi
@pytest.mark.reference("Voids", "what is plated on voids, charge by charge, exact")
def test_plating_fills_voids_first(comm: MPI.Comm, verify: Verify) -> None:
    """Without pressure the gap is what was stripped; as much charge closes it, and no more."""
    cell = stripping_cell(comm, cell={"temperature": "25 degC", "stack_pressure": "0 MPa"})
    cell.initialise()
    observables, gaps = Observables(cell), []
    for density in (5.0, -3.0, -2.0, -4.0):
        drive(cell, density * cell.area, 100.0)
        gaps.append(observables.row()["Anode voids [um]"])
    expected = SWEPT * np.array([500.0, 200.0, 0.0, 0.0])
    verify("voids after stripping and plating, um", gaps - expected, 0.0, 1e-10)
    thickness = observables.row()["Anode lithium thickness [um]"]
    assert thickness == pytest.approx(400.0 * SWEPT, rel=1e-9)


def test_share_of_the_stripped_that_leaves_voids(comm: MPI.Comm) -> None:
    void_growth = {"contact_gap": f"{GAP} um", "fraction": 0.25}
    anode = LITHIUM | {"void_growth": void_growth}
    boundaries = {"anode": anode, "collector": LITHIUM}
    no_pressure = {"temperature": "25 degC", "stack_pressure": "0 MPa"}
    cell = stripping_cell(comm, boundaries=boundaries, cell=no_pressure)
    cell.initialise()
    drive(cell, 5.0 * cell.area, 100.0)
    row = Observables(cell).row()
    assert row["Anode voids [um]"] == pytest.approx(0.25 * SWEPT * 500.0, rel=1e-9)
    assert row["Anode lithium thickness [um]"] == pytest.approx(-SWEPT * 500.0, rel=1e-9)


@pytest.mark.mpi
def test_contact_of_strips_is_lost_at_less_current(comm: MPI.Comm) -> None:
    """What touches carries all of the current, and loses contact the earlier."""
    strips = {"map": "patches", "coverage": 0.5, "size": "1 um"}
    anode = LITHIUM | {"void_growth": {"contact_gap": f"{GAP} um"}, "contact": strips}
    cell = stripping_cell(comm, boundaries={"anode": anode, "collector": LITHIUM})
    whole, half = stripping_cell(comm).case, cell.case
    assert critical_stripping(half) == pytest.approx(0.5 * needed(critical_stripping(whole)))
    cell.initialise()
    drive(cell, 0.8 * rate_of(cell) * GAP / SWEPT * cell.area, 0.1 / rate_of(cell))
    left = Observables(cell).row()["Anode contact beside voids"]
    assert left == pytest.approx(1.0 - 0.16 / 1.1, rel=1e-9)


def test_beyond_the_last_contact_steps_fail(comm: MPI.Comm) -> None:
    """A contact that must carry what it cannot ends in an error, not in a wrong number."""
    density = 0.13 * rate_of(stripping_cell(comm)) * GAP / SWEPT
    void_growth = {"contact_gap": f"{GAP} um", "min_contact": 1e-12}
    boundaries = {"anode": LITHIUM | {"void_growth": void_growth}, "collector": LITHIUM}
    protocol = [f"Discharge at {density} mA/cm2 for 3 hours"]
    steps = {"min_step": "10 s", "initial_step": "10 s"}
    cell = stripping_cell(comm, protocol, boundaries=boundaries, time=steps)
    cell.initialise()
    with pytest.raises(SolverError, match="gave up"):
        ProtocolDriver(cell, Tape(cell)).run()
