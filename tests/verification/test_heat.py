"""A cell that warms up: its temperature, its heat balance, and what follows the temperature."""

from typing import Any

import numpy as np
import pytest
from mpi4py import MPI
from scipy.integrate import solve_ivp

from cells import (
    LITHIUM,
    TEMPERATURE,
    Tape,
    active,
    composite_interfaces,
    composite_phases,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY, GAS_CONSTANT
from ecmcell.case.validity import without_entropy
from ecmcell.evaluation.observables import Observables
from ecmcell.numerics.linear import NotConverged
from ecmcell.processes.closed_form import polarisation
from ecmcell.processes.heat.model import Heat
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from ecmcell.simulation.time_stepper import AcceptedStep
from meshes import composite, layers
from record import Verify

pytestmark = pytest.mark.mpi

LENGTH, CONDUCTIVITY = 30.0, 1e5  # um, pA/(V um)
EXCHANGE, ACTIVATION = 10.0, 40e3  # A/m2 at 25 degC, J/mol
CAPACITY, TRANSFER = 1000.0, 10.0  # J/(m2 K), W/(m2 K)
DENSITY = 100.0  # A/m2
FAST = LITHIUM | {"exchange_current_density": "1e9 A/m^2", "film_resistance": "20 ohm*cm^2"}
RESISTANCE = LENGTH / CONDUCTIVITY + 2 * 20e-4  # V um2/pA
ACTIVATED = LITHIUM | {
    "exchange_activation_energy": f"{ACTIVATION} J/mol",
    "exchange_temperature": f"{TEMPERATURE} K",
}
EXACT = {"newton_tolerance": 1e-12, "fixed_point_tolerance": 1e-10}
SLOPE = -4e-4  # V/K


def balanced(transfer: float = TRANSFER, **others: Any) -> dict[str, Any]:
    """The table of the cell with a heat balance."""
    heat = {
        "capacity": f"{CAPACITY} J/m^2/K",
        "transfer_coefficient": f"{transfer} W/m^2/K",
    }
    return {"temperature": f"{TEMPERATURE} K", "stack_pressure": "0 MPa", "heat": heat | others}


def symmetric(comm: MPI.Comm, lithium: dict, cell: dict[str, Any], dim: int = 2) -> Cell:
    """Lithium, electrolyte, lithium, at rest."""
    case = make_case(
        {"separator": electrolyte("0.1 S/m")},
        boundaries={"anode": lithium, "collector": lithium},
        protocol=["Discharge at 10 mA/cm2 for 100 s"],
        cell=cell,
        solver=EXACT,
    )
    made = make_cell(case, layers(dim, {"separator": LENGTH}, [6]), comm)
    made.initialise()
    return made


def film(entropy: dict[str, Any], **cell: Any) -> Case:
    """A thin film of active material on an electrolyte, whose voltage falls from 4.5 V to 3.5 V."""
    phase = active()
    phase["material"]["entropic_coefficient"] = {"unit": "V/K", "assumed": "test"} | entropy
    return make_case(
        {"separator": electrolyte(), "active": phase},
        interfaces={"active|separator": kinetics()},
        cell=balanced(**cell),
        solver=EXACT,
    )


def advance(cell: Cell, current: float, step: float) -> None:
    """An accepted time step at a current in pA."""
    drive(cell, current, step)
    cell.state.accumulators["time"] += step
    cell.end_step()


def temperature(cell: Cell) -> float:
    """That at the end of the last accepted step, K."""
    return Observables(cell).row()["Temperature [K]"]


@pytest.mark.reference("Heat", "lumped heat balance of a constant source, closed form")
@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("transfer", [TRANSFER, 0.0])
def test_a_resistance_heats_itself(
    comm: MPI.Comm, verify: Verify, dim: int, transfer: float
) -> None:
    """T = T_a + P/h (1 - exp(-h t/C)), and T = T_0 + P t/C where nothing is given off."""
    cell = symmetric(comm, FAST, balanced(transfer), dim)
    power, time, errors = DENSITY**2 * RESISTANCE, 0.0, []
    for step in (1.0, 10.0, 40.0, 100.0, 5.0):
        advance(cell, DENSITY * cell.area, step)
        time += step
        rise = power * time / CAPACITY
        if transfer > 0.0:
            rise = power / transfer * -np.expm1(-transfer * time / CAPACITY)
        errors.append(abs((temperature(cell) - TEMPERATURE) / rise - 1.0))
    how = "that gives off heat" if transfer > 0.0 else "without losses to the surroundings"
    title = f"A resistance {how}, {dim}D: largest relative error of its warming in 156 s"
    verify(title, max(errors), 0.0, 1e-6, "6")


def test_it_goes_to_the_temperature_of_the_surroundings(comm: MPI.Comm) -> None:
    """At rest by exp(-h t/C), in one step as in many."""
    ambient = TEMPERATURE + 20.0
    cell = symmetric(comm, FAST, balanced(ambient_temperature=f"{ambient} K"))
    advance(cell, 0.0, 70.0)
    expected = ambient - 20.0 * np.exp(-70.0 * TRANSFER / CAPACITY)
    assert temperature(cell) == pytest.approx(expected, abs=1e-9)
    given_off = Observables(cell).row()["Heat to surroundings [W.m-2]"]
    assert given_off == pytest.approx(CAPACITY * (TEMPERATURE - expected) / 70.0, rel=1e-9)


class Rows:
    """Keeps the rows of a run."""

    def __init__(self, cell: Cell):
        self.observables, self.rows = Observables(cell), [{}]

    def step(self, accepted: AcceptedStep) -> None:
        self.rows.append(self.observables.row() | {"length": accepted.length})

    def fields(self, label: str) -> None: ...

    def end_of_step(self, step: object, reason: str) -> None: ...


def composite_cell(comm: MPI.Comm, stress: bool, **tables: Any) -> Cell:
    phases = composite_phases()
    phases["active"]["overrides"] = {
        "entropic_coefficient": {
            "stoichiometry": [0.0, 0.5, 1.0],
            "value": [-2e-4, 1e-4, -4e-4],
            "unit": "V/K",
            "assumed": "test",
        }
    }
    case = make_case(
        phases,
        interfaces=composite_interfaces(),
        boundaries={"anode": ACTIVATED, "collector": {"contact_resistance": "1e-2 ohm*cm^2"}},
        physics={"mechanics": stress},
        cell=balanced(0.5, ambient_temperature="30 degC"),
        solver=EXACT | {"fixed_point_tolerance": 1e-7},
        **tables,
    )
    cell = make_cell(case, composite() if comm.rank == 0 else None, comm)
    cell.initialise()
    return cell


@pytest.mark.reference(
    "Heat", "first law; Bernardi, Pawlikowski and Newman 1985, doi:10.1149/1.2113792"
)
def test_first_law(comm: MPI.Comm, verify: Verify) -> None:
    """Work at the terminals and heat are what the hosts lose of enthalpy, U - T dU/dT by x.

    A composite with additive, films and a contact resistance, on charge, discharge and at rest.
    """
    cell = composite_cell(comm, stress=False)
    (heat,) = (process for process in cell.processes if isinstance(process, Heat))
    hosts, position = heat.hosts, cell.state.accumulators
    before = hosts.free_energy - TEMPERATURE * hosts.entropy
    work, rate = 0.0, cell.capacity / 3600.0
    for current, step in ((-rate, 5.0), (-rate, 60.0), (0.0, 30.0), (2 * rate, 200.0)):
        advance(cell, current, step)
        work += cell.state.current.value * cell.state.voltage.value * step
    enthalpy = hosts.free_energy - TEMPERATURE * hosts.entropy - before
    error = abs(position["heat"] + work - enthalpy) / position["heat_turnover"]
    title = "Composite of four discs: heat and work less the enthalpy of the hosts, over the heat"
    verify(title, error, 0.0, 1e-8)


@pytest.mark.reference("Heat", "first law; electrons that leak fall by the voltage of the cell")
def test_self_discharge_is_heat(comm: MPI.Comm, verify: Verify) -> None:
    """At rest all that the hosts lose by leakage, on discharge what is no work."""
    lithium = LITHIUM | {"electronic_resistance": "1 ohm*cm^2"}
    case = make_case(
        {"separator": electrolyte(electronic_conductivity="1e-4 S/m"), "active": active()},
        interfaces={"active|separator": kinetics(electronic_resistance="1 ohm*cm^2")},
        boundaries={"anode": lithium, "collector": {}},
        physics={"mechanics": False, "leakage": True},
        cell=balanced(),
        solver=EXACT,
    )
    cell = make_cell(case, layers(2, {"separator": 2.0, "active": 1.0}, [2, 4]), comm)
    cell.initialise()
    (heat,) = (process for process in cell.processes if isinstance(process, Heat))
    before, position, work = heat.hosts.free_energy, cell.state.accumulators, 0.0
    for density, step in ((0.0, 0.1), (5.0, 0.2)):
        advance(cell, density * cell.area, step)
        work += cell.state.current.value * cell.state.voltage.value * step
    lost = heat.hosts.free_energy - before
    error = abs(position["heat"] + work - lost) / position["heat_turnover"]
    verify("Self-discharge: heat and work less what the hosts lose", error, 0.0, 1e-8, "4")


@pytest.mark.reference("Heat", "conservation of energy")
@pytest.mark.parametrize("stress", [False, True])
def test_heat_is_that_of_the_losses(comm: MPI.Comm, verify: Verify, stress: bool) -> None:
    """In every step of a protocol with a cut-off: stored and given off is what was generated.

    Where the film is thin, solid diffusion and the entropy are all that the losses lack.
    """
    protocol = ["Charge at 1C until 4.2 V", "Rest for 2 minutes", "Discharge at 2C for 3 minutes"]
    cell = composite_cell(comm, stress, protocol=protocol)
    rows = Rows(cell)
    ProtocolDriver(cell, rows).run()
    errors = [row["Heat balance error"] for row in rows.rows[1:]]
    how = "with stress" if stress else "without stress"
    verify(f"Composite of four discs, {how}: heat balance in every step", errors, 0.0, 1e-8)
    assert len(errors) > 10
    stored = rows.rows[-1]["Temperature [K]"] - TEMPERATURE
    net = sum(
        (row["Heat generation [W.m-2]"] - row["Heat to surroundings [W.m-2]"]) * row["length"]
        for row in rows.rows[1:]
    )
    assert net == pytest.approx(CAPACITY * stored, rel=1e-8)


def test_losses_are_the_heat_where_nothing_is_stored(comm: MPI.Comm) -> None:
    """Of lithium, electrolyte, lithium I times all losses is generated."""
    cell = symmetric(comm, ACTIVATED, balanced())
    for step in (10.0, 50.0):
        advance(cell, DENSITY * cell.area, step)
        row = Observables(cell).row()
        losses = sum(value for name, value in row.items() if name.endswith("loss [V]"))
        assert row["Heat generation [W.m-2]"] == pytest.approx(DENSITY * losses, rel=1e-10)
        assert row["Reversible heat [W.m-2]"] == 0.0


@pytest.mark.reference("Heat", "Bernardi, Pawlikowski and Newman 1985, doi:10.1149/1.2113792")
def test_reversible_heat(comm: MPI.Comm, verify: Verify) -> None:
    """-I T dU/dT: a negative coefficient warms on discharge; of a closed cycle nothing is left."""
    even = film({"stoichiometry": [0.0, 1.0], "value": [SLOPE, SLOPE]}, capacity="1e9 J/m^2/K")
    mesh = layers(2, {"separator": 2.0, "active": 1.0}, [2, 4])
    cell, errors = make_cell(even, mesh, comm), []
    cell.initialise()
    for current in (2.0, -3.0):
        advance(cell, current * cell.area, 20.0)
        found = Observables(cell).row()["Reversible heat [W.m-2]"]
        errors.append(abs(found / (-current * TEMPERATURE * SLOPE) - 1.0))
    verify("Reversible heat of a constant coefficient: relative error", errors, 0.0, 1e-8, "4")

    bent = {"stoichiometry": [0.0, 0.45, 0.55, 1.0], "value": [3e-4, -2e-4, 1e-4, -5e-4]}
    cell = make_cell(film(bent, capacity="1e9 J/m^2/K"), mesh, comm)
    cell.initialise()
    net = turned = 0.0
    for current, step in ((3.0, 40.0), (1.0, 60.0), (-3.0, 40.0), (-1.0, 60.0), (0.0, 1e6)):
        advance(cell, current * cell.area, step)
        heat = Observables(cell).row()["Reversible heat [W.m-2]"] * step
        net, turned = net + heat, turned + abs(heat)
    verify("Reversible heat of a closed cycle over all of it", abs(net) / turned, 0.0, 1e-8, "4")


def test_voltage_follows_the_entropic_coefficient(comm: MPI.Comm) -> None:
    """At rest, 20 K warmer: U + 20 K dU/dT, and no loss."""
    ambient = f"{TEMPERATURE + 20.0} K"
    entropy = {"stoichiometry": [0.0, 1.0], "value": [0.0, 2 * SLOPE]}
    case = film(entropy, transfer=1e6, ambient_temperature=ambient)
    cell = make_cell(case, layers(2, {"separator": 2.0, "active": 1.0}, [2, 4]), comm)
    cell.initialise()
    for _ in range(2):
        advance(cell, 0.0, 100.0)
    assert cell.state.voltage.value == pytest.approx(4.0 + 20.0 * SLOPE, abs=1e-8)
    row = Observables(cell).row()
    assert row["Solid diffusion loss [V]"] == pytest.approx(0.0, abs=1e-7)


def test_heat_that_is_left_out_is_told(comm: MPI.Comm) -> None:
    """Where a host has no entropic coefficient; where it has one there is nothing to tell."""
    case = film({"stoichiometry": [0.0, 1.0], "value": [0.0, SLOPE]})
    phase = case.phases["active"]
    material = phase.material.model_copy(update={"entropic_coefficient": None})
    phases = case.phases | {"active": phase.model_copy(update={"material": material})}
    mesh = layers(2, {"separator": 2.0, "active": 1.0}, [2, 4])
    for known, told in ((case, []), (case.model_copy(update={"phases": phases}), ["active"])):
        assert without_entropy(known) == told
        warned = Observables(make_cell(known, mesh, comm)).warnings(mesh)
        assert [text.partition(":")[0] for text in warned if "entropic" in text] == told


def exchange(kelvin: float) -> float:
    """Exchange current density at a temperature, A/m2."""
    from_start = 1.0 / kelvin - 1.0 / TEMPERATURE
    return EXCHANGE * np.exp(-ACTIVATION / (1e6 * GAS_CONSTANT) * from_start)


def voltage(kelvin: float) -> float:
    """Of lithium, electrolyte, lithium at the current density of the test, V."""
    transfer = 2 * GAS_CONSTANT * kelvin / FARADAY * np.arcsinh(DENSITY / (2 * exchange(kelvin)))
    return DENSITY * LENGTH / CONDUCTIVITY + 2 * transfer


@pytest.mark.reference("Heat", "Bard and Faulkner, 2001, eq. 3.4.11, at the temperature found")
def test_kinetics_at_the_temperature_found(comm: MPI.Comm, verify: Verify) -> None:
    """V = -(i L/kappa + 2 (2RT/F) asinh(i/2i0(T))), i0 by Arrhenius's law."""
    cell, errors = symmetric(comm, ACTIVATED, balanced(0.0)), []
    for step in (20.0, 200.0, 400.0):
        advance(cell, DENSITY * cell.area, step)
        errors.append(abs(cell.state.voltage.value / -voltage(temperature(cell)) - 1.0))
    assert temperature(cell) > TEMPERATURE + 5.0
    title = "Lithium, electrolyte, lithium that warms up: relative error of the voltage"
    verify(title, max(errors), 0.0, 1e-6, "6")
    law, kelvin = cell.case.boundaries.anode, 320.0
    expected = GAS_CONSTANT * kelvin / FARADAY / exchange(kelvin)
    assert polarisation(law, kelvin) == pytest.approx(expected, rel=1e-12)


@pytest.mark.reference("Heat", "ordinary differential equation of the same cell")
def test_order_in_time(comm: MPI.Comm, verify: Verify) -> None:
    """Sources are those at the end of a step: where they follow the temperature, first order."""

    def rate(_: float, kelvin: np.ndarray) -> np.ndarray:
        lost = TRANSFER * (kelvin[0] - TEMPERATURE)
        return np.array([(DENSITY * voltage(kelvin[0]) - lost) / CAPACITY])

    time = 200.0
    exact = solve_ivp(rate, (0.0, time), [TEMPERATURE], rtol=1e-10, atol=1e-10).y[0, -1]
    errors = []
    for count in (8, 16, 32):
        cell = symmetric(comm, ACTIVATED, balanced())
        for _ in range(count):
            advance(cell, DENSITY * cell.area, time / count)
        errors.append(abs(temperature(cell) - exact))
    title = "Temperature of lithium, electrolyte, lithium that warms up after 200 s, K"
    verify(title, errors, 0.0, 0.1, "8, 16, 32 steps", order=0.9)


def test_a_step_that_is_taken_again_starts_where_it_did(comm: MPI.Comm) -> None:
    """A copy of the state brings the temperature back, in forms too."""
    cell = symmetric(comm, ACTIVATED, balanced())
    advance(cell, DENSITY * cell.area, 50.0)
    start = cell.state.snapshot()
    found = []
    for _ in range(2):
        cell.state.restore(start)
        drive(cell, DENSITY * cell.area, 100.0)
        found.append((cell.state.voltage.value, cell.state.temperature.kelvin))
        drive(cell, 5 * DENSITY * cell.area, 500.0)
    assert found[0] == pytest.approx(found[1], rel=1e-10)


def test_runaway_is_no_solution(comm: MPI.Comm) -> None:
    """Where lithium would melt the step fails, and with it in the end the run."""
    cell = symmetric(comm, FAST, balanced(0.0))
    with pytest.raises(NotConverged, match="no cell works"):
        drive(cell, DENSITY * cell.area, 1e4)


def test_run_is_that_without_heat_where_the_temperature_stays(comm: MPI.Comm) -> None:
    """Off nothing is there; on and held by its surroundings a cell does what it did."""

    def run(cell: dict[str, Any]) -> Tape:
        case = make_case(
            {"separator": electrolyte(), "active": active()},
            interfaces={"active|separator": kinetics()},
            protocol=["Discharge at 1C until 3.9 V", "Rest for 1 minute"],
            cell=cell,
        )
        made = make_cell(case, layers(2, {"separator": 2.0, "active": 1.0}, [2, 4]), comm)
        made.initialise()
        tape = Tape(made)
        ProtocolDriver(made, tape).run()
        return tape

    plain = {name: value for name, value in balanced().items() if name != "heat"}
    off, on = run(plain), run(balanced(1e9))
    assert not off.cell.state.process_scalars
    assert not any(isinstance(process, Heat) for process in off.cell.processes)
    assert not any("Heat" in name for name in Observables(off.cell).row())
    assert set(off.iterations) == {1}
    for ours, theirs in zip(off.columns, on.columns, strict=True):
        assert theirs == pytest.approx(ours, rel=1e-7, abs=1e-9)
