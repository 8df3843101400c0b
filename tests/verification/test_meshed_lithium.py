"""Lithium foils that are meshed: kinetics and ohmic drop, the shift by stress, flow in a run."""

from collections.abc import Mapping

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, THERMAL_VOLTAGE, Tape, drive, electrolyte, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.errors import InputError
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import layers
from record import Verify

pytestmark = pytest.mark.mpi

LENGTH, FOIL = 30.0, 5.0  # um
CONDUCTIVITY, EXCHANGE = 1e5, 10.0  # pA/(V um), pA/um2
MOLAR_VOLUME = 13.0e-6  # um3/amol
STIFF = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
LAYERS = {"lithium": FOIL, "separator": LENGTH, "counter": FOIL}
HARD = {"youngs_modulus": "2000 GPa"}
REACTING = {
    "exchange_current_density": "10 A/m^2",
    "penalty_stiffness": "1e5 MPa/um",
    "strength": "10 MPa",
}


def foils(how: str = "creep", **tables: object) -> Case:
    """Two foils of lithium on an electrolyte."""
    lithium = {"material": "Li", "plasticity": how}
    usual = {
        "interfaces": {"lithium|separator": REACTING, "separator|counter": REACTING},
        "boundaries": {"anode": {}, "collector": {}},
        "protocol": ["Discharge at 1 mA/cm2 for 1 s"],
    }
    phases = {
        "lithium": lithium,
        "separator": electrolyte("0.1 S/m", **STIFF),
        "counter": lithium,
    }
    return make_case(phases, **(usual | tables))


@pytest.mark.reference(
    "Kinetics", "Bard and Faulkner, Electrochemical Methods, 2nd ed., 2001, eq. 3.4.11; Ohm's law"
)
@pytest.mark.parametrize("dim", [2, 3])
def test_voltage_between_foils(comm: MPI.Comm, verify: Verify, dim: int) -> None:
    """V = -(i L/kappa + 2 (2RT/F) asinh(i/2i0)): foils are equipotentials, their faces react."""
    cell = make_cell(foils(), layers(dim, LAYERS, [2, 6, 2]), comm)
    observables = Observables(cell)
    errors, imbalances = [], []
    for density in (0.01, 3.0, -40.0, 300.0):
        drive(cell, density * cell.area, 1.0)
        transfer = 2 * THERMAL_VOLTAGE * np.arcsinh(density / (2 * EXCHANGE))
        exact = -(density * LENGTH / CONDUCTIVITY + 2 * transfer)
        errors.append(abs(cell.state.voltage.value / exact - 1.0))
        imbalances.append(observables.row()["Charge balance error"])
    title = f"Lithium foil, electrolyte, lithium foil, {dim}D: "
    verify(title + "largest relative error of the voltage", max(errors), 0.0, 1e-6, "2 + 6 + 2")
    assert max(imbalances) < 1e-8


@pytest.mark.reference("Kinetics", "Monroe and Newman 2005, doi:10.1149/1.1850854")
def test_pressure_shifts_the_potential_of_a_foil(comm: MPI.Comm, verify: Verify) -> None:
    """At rest phi_SE - phi_Li = p Omega_Li/F; with a current the shift is in the losses.

    Where stress differs between the two foils so does their potential: both have the same here.
    """
    case = foils(
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "20 MPa"},
    )
    cell = make_cell(case, layers(2, LAYERS, [2, 6, 2]), comm)
    cell.initialise()
    (potential,) = cell.state.electrolyte.values()
    expected = 20.0 * MOLAR_VOLUME / FARADAY
    error = cell.domain.max(np.abs(potential.x.array / expected - 1.0).max(initial=0.0))
    title = "Lithium foils under 20 MPa: largest relative error of their potential"
    verify(title, error, 0.0, 1e-6, "2 + 6 + 2")
    assert cell.state.voltage.value == pytest.approx(0.0, abs=1e-9)


@pytest.mark.reference("Balances", "First law: work of the platen is stored or dissipated")
def test_energy_of_foils_that_creep(comm: MPI.Comm, verify: Verify) -> None:
    """Foils between sides that hold them relax to an equal pressure all round, under a current."""
    case = foils(
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "3 MPa"},
        protocol=["Discharge at 0.1 mA/cm2 for 20 s"],
        time={"initial_step": "0.1 s", "max_step": "5 s"},
    )
    cell = make_cell(case, layers(2, LAYERS, [2, 6, 2]), comm)
    cell.initialise()
    ProtocolDriver(cell, Tape(cell)).run()
    row = Observables(cell).row()
    assert row["Maximum equivalent plastic strain"] > 1e-5
    assert row["Charge balance error"] < 1e-8
    lost, flown = row["Released energy [J.m-2]"], row["Plastic energy [J.m-2]"]
    title = "Foils that creep: work neither stored nor dissipated, over what is dissipated"
    verify(title, lost / flown, 0.0, 1e-5, "2 + 6 + 2")


def stripped(density: float, time: float) -> float:
    """Thickness in um that a current density in pA/um2 takes from a foil."""
    return density * time * MOLAR_VOLUME / FARADAY


def half_cell(cell: dict, law: dict, how: str = "none", **tables: object) -> Case:
    """A foil at the anode, and lithium as a boundary of the collector, which has no volume."""
    phases = {
        "lithium": {"material": "Li", "plasticity": how},
        "separator": electrolyte("0.1 S/m", **STIFF),
    }
    lithium = {"metal": "Li", "exchange_current_density": "10 A/m^2"}
    return make_case(
        phases,
        interfaces={"lithium|separator": REACTING | law},
        boundaries={"anode": {}, "collector": lithium},
        protocol=["Discharge at 1 mA/cm2 for 60 s"],
        physics={"mechanics": True},
        cell={"temperature": "25 degC"} | cell,
        **tables,
    )


@pytest.mark.parametrize("how", ["none", "creep"])
def test_pressure_of_what_plates(comm: MPI.Comm, how: str) -> None:
    """Lithium that plates between stiff neighbours presses on itself and takes more voltage.

    Plain passes between its stress and its current do not converge where time steps are long. The
    charge decides on the pressure in the end, whether the kinetics feel it or not.
    """
    fast = {"exchange_current_density": "100 A/m^2"}
    pressures = []
    for felt in (True, False):
        case = make_case(
            {
                "lithium": {"material": "Li", "plasticity": how},
                "separator": electrolyte("0.1 S/m", youngs_modulus="150 GPa", poisson_ratio=0.26),
            },
            interfaces={"lithium|separator": REACTING | fast},
            boundaries={"anode": {}, "collector": LITHIUM | fast},
            protocol=["Charge at 1 mA/cm2 for 300 s"],
            physics={"mechanics": True, "stress_in_kinetics": felt},
            cell={
                "temperature": "25 degC",
                "stack_pressure": "5 MPa",
                "platen": "spring",
                "platen_stiffness": "1000 MPa/um",
                "sides": "free",
            },
        )
        cell = make_cell(case, layers(2, {"lithium": 1.0, "separator": 4.0}, [2, 8]), comm)
        cell.initialise()
        tape = Tape(cell)
        ProtocolDriver(cell, tape).run()
        assert len(tape.rows) < 20
        assert max(tape.iterations) <= 8
        pressures.append(cell.state.pressure.value)
    assert pressures[0] == pytest.approx(pressures[1], rel=1e-3)


WEAK = {
    "strength": "0.01 MPa",
    "cohesion": {"mode_i_fracture_energy": "1e-7 J/m^2", "contact_gap": "10 um"},
    "penalty_stiffness": "1e3 MPa/um",
}


@pytest.mark.reference("Voids", "Faraday's law and the molar volume of lithium")
@pytest.mark.parametrize(("law", "dim"), [("holds", 2), ("parts", 2), ("parts", 3)])
def test_stripping_under_pressure(comm: MPI.Comm, verify: Verify, law: str, dim: int) -> None:
    """Under a pressure the stack moves up: it shortens by i Omega t/F, and all of it touches."""
    case = half_cell({"stack_pressure": "1 MPa"}, WEAK if law == "parts" else {})
    cell = make_cell(case, layers(dim, {"lithium": FOIL, "separator": LENGTH}, [2, 6]), comm)
    cell.initialise()
    before = cell.state.axial_strain.value
    for _ in range(4):
        drive(cell, 10.0 * cell.area, 15.0)
    shortened = (before - cell.state.axial_strain.value) * (LENGTH + FOIL)
    title = f"Foil that is stripped under 1 MPa, interface that {law}, {dim}D: "
    title += "loss of thickness, µm"
    verify(title, shortened, stripped(10.0, 60.0), 1e-6, "2 + 6")


@pytest.mark.reference("Voids", "Faraday's law and the molar volume of lithium")
def test_stripping_without_pressure_leaves_a_gap(comm: MPI.Comm, verify: Verify) -> None:
    """Between platens at rest the foil parts, and the gap is i Omega t/F; chi is 1 - gap/10 um."""
    case = half_cell({"stack_pressure": "0 MPa", "platen": "gap"}, WEAK)
    cell = make_cell(case, layers(2, {"lithium": FOIL, "separator": LENGTH}, [2, 6]), comm)
    cell.initialise()
    for _ in range(4):
        drive(cell, 10.0 * cell.area, 15.0)
    row = Observables(cell).row()
    gap = stripped(10.0, 60.0)
    title = "Foil that is stripped between platens at rest: "
    verify(title + "gap, µm", row["Maximum opening [um]"], gap, 1e-5, "2 + 6")
    verify(title + "contact", row["Anode contact"], 1.0 - gap / 10.0, 1e-5, "2 + 6")
    transfer = 2 * THERMAL_VOLTAGE * np.arcsinh(10.0 / (2 * EXCHANGE) / (1.0 - gap / 10.0))
    transfer += 2 * THERMAL_VOLTAGE * np.arcsinh(10.0 / (2 * EXCHANGE))
    exact = -(10.0 * LENGTH / CONDUCTIVITY + transfer)
    verify(title + "voltage, V", cell.state.voltage.value, exact, 1e-5, "2 + 6")


def hollow_mesh(dim: int = 2, count: int = 8) -> MeshData:
    return layers(dim, {"lithium": 4.0, "separator": 4.0}, [count, count], across=count)


def hollow(pressure: float, stiff: Mapping[str, str] = HARD, **tables: object) -> Case:
    """A foil that touches in every second strip or, in space, on squares; it hardly strains."""
    voids = {"contact": {"map": "patches", "coverage": 0.5, "size": "2 um"}, "depth": "0.5 um"}
    debonding = {
        "strength": "0.01 MPa",
        "cohesion": {"mode_i_fracture_energy": "1e-7 J/m^2", "contact_gap": "0.1 um"},
        "penalty_stiffness": "1e5 MPa/um",
    }
    phases = {
        "lithium": {"material": "Li", "plasticity": "creep", "overrides": stiff},
        "separator": electrolyte("0.1 S/m", **(STIFF | stiff)),
    }
    return make_case(
        phases,
        interfaces={"lithium|separator": REACTING | debonding | {"voids": voids}},
        boundaries={"anode": {}, "collector": LITHIUM},
        protocol=["Rest for 60 s"],
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{pressure} MPa"},
        **tables,
    )


NO_TIME = {"initial_step": "1e-5 s", "min_step": "1e-7 s"}


@pytest.mark.reference("Voids", "Norton's law: velocities go with the n-th power of the pressure")
@pytest.mark.parametrize(
    ("dim", "count", "step"), [(2, 8, 0.5), pytest.param(3, 4, 40.0, marks=pytest.mark.long)]
)
def test_pressure_closes_voids(
    comm: MPI.Comm, verify: Verify, dim: int, count: int, step: float
) -> None:
    """Twice the pressure closes a void 2^n times as fast: after t/2^n its opening is the same."""
    closed, contact = [], []
    tables = {"time": NO_TIME} | ({"solver": {"linear": "direct"}} if dim == 3 else {})
    for factor in (1.0, 2.0):
        cell = make_cell(hollow(2.0 * factor, **tables), hollow_mesh(dim, count), comm)
        cell.initialise()
        observables = Observables(cell)
        before = observables.row()["Maximum opening [um]"]
        for _ in range(5):
            drive(cell, 0.0, step / factor**6.6)
        row = observables.row()
        closed.append(before - row["Maximum opening [um]"])
        contact.append(row["Anode contact"])
    assert closed[0] > 0.01
    assert contact[0] == pytest.approx(contact[1], rel=1e-3 if dim == 3 else 1e-6)
    assert dim == 3 or contact[0] == pytest.approx(0.5, rel=1e-6)
    title = "Voids under a pressure: closed after t at p, over closed after t/2^n at 2 p"
    where = ", in space" if dim == 3 else ""
    verify(title + where, closed[0] / closed[1], 1.0, 0.01, f"{count} + {count}")


@pytest.mark.long
def test_voids_in_space_by_iterations(comm: MPI.Comm) -> None:
    """Lithium that creeps next to gaps, of its own stiffness: multigrid finds what MUMPS finds."""
    closed = []
    for linear in ("iterative", "direct"):
        case = hollow(2.0, {}, time=NO_TIME, solver={"linear": linear})
        cell = make_cell(case, hollow_mesh(3, 4), comm)
        cell.initialise()
        observables = Observables(cell)
        before = observables.row()["Maximum opening [um]"]
        for _ in range(3):
            drive(cell, cell.area, 40.0)
        closed.append(before - observables.row()["Maximum opening [um]"])
    assert closed[0] > 0.01
    assert closed[0] == pytest.approx(closed[1], rel=1e-4)


@pytest.mark.reference("Voids", "Faraday's law and the molar volume of lithium")
def test_lithium_that_voids_leave(comm: MPI.Comm, verify: Verify) -> None:
    """Around voids current crowds; all over, what is stripped is the charge times Omega/F."""
    cell = make_cell(hollow(2.0, time=NO_TIME), hollow_mesh(), comm)
    cell.initialise()
    domain, (thickness,) = cell.domain, cell.state.plated.values()
    (contact,) = domain.interfaces
    volume = domain.integral(contact.here(thickness) * domain.nodal(contact))
    before, density = volume.value, 10.0
    for _ in range(3):
        drive(cell, density * cell.area, 1.0)
    row = Observables(cell).row()
    assert row["Charge balance error"] < 1e-8
    assert row["Anode hotspot factor"] > 2.0
    gained = (volume.value - before) / cell.area
    title = "Foil with voids that is stripped: mean loss of thickness, µm"
    verify(title, -gained, stripped(density, 3.0), 1e-6, "8 + 8")


def test_lithium_of_no_electrode(comm: MPI.Comm) -> None:
    """A foil between two electrolytes would float: it is refused."""
    phases = {
        "first": electrolyte("0.1 S/m"),
        "lithium": {"material": "Li"},
        "second": electrolyte("0.1 S/m"),
    }
    reacting = {"exchange_current_density": "10 A/m^2"}
    case = make_case(
        phases,
        interfaces={"first|lithium": reacting, "lithium|second": reacting},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    with pytest.raises(InputError, match="touches no anode or collector"):
        make_cell(case, layers(2, {"first": 2.0, "lithium": 2.0, "second": 2.0}, [2, 2, 2]), comm)
