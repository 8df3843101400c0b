"""Lithium | electrolyte | lithium: ohmic drop and Butler-Volmer kinetics in series."""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

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
from ecmcell.case.units import FARADAY
from ecmcell.numerics.linear import NotConverged
from ecmcell.simulation.cell import Cell
from meshes import layers
from record import Verify

pytestmark = pytest.mark.mpi

LENGTH = 30.0  # um
CONDUCTIVITY = 1e5  # pA/(V um), 0.1 S/m
EXCHANGE = 10.0  # pA/um2, 10 A/m2
FILM = {"0 ohm*cm^2": 0.0, "20 ohm*cm^2": 20e-4}  # V um2/pA
PROTOCOL = ["Discharge at 1 mA/cm2 for 1 s"]


def membrane(film: str = "0 ohm*cm^2", **tables: object) -> Case:
    lithium = LITHIUM | {"film_resistance": film}
    stiff = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
    return make_case(
        {"separator": electrolyte("0.1 S/m", **stiff)},
        boundaries={"anode": lithium, "collector": lithium},
        protocol=PROTOCOL,
        **tables,
    )


@pytest.mark.reference(
    "Kinetics", "Bard and Faulkner, Electrochemical Methods, 2nd ed., 2001, eq. 3.4.11; Ohm's law"
)
@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("film", FILM)
def test_voltage_of_symmetric_cell(comm: MPI.Comm, verify: Verify, dim: int, film: str) -> None:
    """V = -(i L/kappa + 2 (2RT/F) asinh(i/2i0) + 2 i R_film).

    Butler-Volmer kinetics with a = 1/2 are i = 2 i0 sinh(F eta/2RT) at either electrode (Bard and
    Faulkner, Electrochemical Methods, 2nd ed., eq. 3.4.11), the electrolyte is an ohmic resistor.
    """
    cell = make_cell(membrane(film), layers(dim, {"separator": LENGTH}, [6]), comm)
    errors = []
    for density in (0.01, 3.0, -40.0, 300.0):
        drive(cell, density * cell.area, 1.0)
        charge_transfer = 2 * THERMAL_VOLTAGE * np.arcsinh(density / (2 * EXCHANGE))
        exact = -(density * LENGTH / CONDUCTIVITY + 2 * charge_transfer + 2 * density * FILM[film])
        errors.append(abs(cell.state.voltage.value / exact - 1.0))
    title = f"Lithium, electrolyte, lithium, {dim}D, film of {film.replace('*', ' ')}: "
    quantity = "largest relative error of the voltage from 0.001 to 30 mA/cm²"
    verify(title + quantity, max(errors), 0.0, 1e-6, "6")


@pytest.mark.reference(
    "Kinetics", "Bard and Faulkner, Electrochemical Methods, 2nd ed., 2001, eq. 3.4.11; Ohm's law"
)
@pytest.mark.parametrize("tag", ["anode", "collector"])
def test_electrodes_of_unlike_speed(comm: MPI.Comm, verify: Verify, tag: str) -> None:
    """One answers a million times faster than the other, which is all that the voltage feels.

    What a change of the voltage does next to the fast one must be known to its last digits.
    """
    rates = {"anode": 1.0, "collector": 1.0} | {tag: 1e6}
    case = make_case(
        {"separator": electrolyte("0.1 S/m")},
        boundaries={
            r: LITHIUM | {"exchange_current_density": f"{i} A/m^2"} for r, i in rates.items()
        },
        protocol=PROTOCOL,
    )
    cell = make_cell(case, layers(3, {"separator": LENGTH}, [12], 6), comm)
    cell.initialise()
    errors = []
    for density in (3.0, -40.0):
        drive(cell, density * cell.area, 1.0)
        transfer = sum(2 * THERMAL_VOLTAGE * np.arcsinh(density / (2 * i)) for i in rates.values())
        exact = -(density * LENGTH / CONDUCTIVITY + transfer)
        errors.append(abs(cell.state.voltage.value / exact - 1.0))
    title = f"Fast lithium as the {tag}: largest relative error of the voltage"
    verify(title, max(errors), 0.0, 1e-6, "12")


@pytest.mark.parametrize(
    ("dim", "anode", "collector", "film"),
    [
        (2, 10.0, 1e5, 10.0),
        (2, 1e-4, 1e5, 0.0),
        (2, 1e12, 1e-6, 0.0),
        (3, 1e8, 1e8, 0.0),
    ],
)
def test_resistances_that_differ_by_decades(
    comm: MPI.Comm, dim: int, anode: float, collector: float, film: float
) -> None:
    """From rest to 0.1 mA/cm2 in one step, whatever resists; the film is in V um2/pA."""
    tags = {
        "anode": {"exchange_current_density": f"{anode} A/m^2"},
        "collector": {"exchange_current_density": f"{collector} A/m^2"},
    }
    tags["anode"]["film_resistance"] = f"{1e4 * film} ohm*cm^2"
    case = make_case(
        {"separator": electrolyte("0.1 S/m")},
        boundaries={tag: LITHIUM | law for tag, law in tags.items()},
        protocol=["Discharge at 0.1 mA/cm2 for 1 s"],
    )
    cell = make_cell(case, layers(dim, {"separator": LENGTH}, [6]), comm)
    cell.initialise()
    drive(cell, 1.0 * cell.area, 1.0)
    transfer = sum(2 * THERMAL_VOLTAGE * np.arcsinh(0.5 / i) for i in (anode, collector))
    exact = -(LENGTH / CONDUCTIVITY + transfer + film)
    assert cell.state.voltage.value == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize(
    ("anode", "collector", "voltage"),
    [(1e-4, 1e-4, 3.0), (10.0, 10.0, 3.0), (1e-6, 1e8, -3.0), (1e-4, 1e5, 5.0), (1e-9, 1e-9, 12.0)],
)
def test_voltage_may_jump(
    comm: MPI.Comm, dim: int, anode: float, collector: float, voltage: float
) -> None:
    """From rest to a hold at volts, at default settings: eta_1 + eta_2 + i L/kappa = V."""
    exchange = {"anode": anode, "collector": collector}
    case = make_case(
        {"separator": electrolyte("0.1 S/m")},
        boundaries={
            tag: LITHIUM | {"exchange_current_density": f"{i} A/m^2"} for tag, i in exchange.items()
        },
        protocol=["Discharge at 0.1 mA/cm2 for 1 s"],
    )
    cell = make_cell(case, layers(dim, {"separator": LENGTH}, [6]), comm)
    cell.initialise()
    cell.electrochemistry.control_voltage(voltage)
    cell.begin_step()
    cell.iterate(1.0)

    def surplus(density: float) -> float:
        transfer = sum(np.arcsinh(density / (2 * i)) for i in (anode, collector))
        return density * LENGTH / CONDUCTIVITY + 2 * THERMAL_VOLTAGE * transfer + voltage

    most = abs(voltage) * CONDUCTIVITY / LENGTH
    exact = brentq(surplus, -most, most)
    assert cell.state.current.value / cell.area == pytest.approx(exact, rel=1e-6)


def test_very_fast_insertion_is_solved_by_what_the_message_says(comm: MPI.Comm) -> None:
    """Between 1e8 A/m2 at active material and 1e-6 A/m2 at lithium multigrid finds nothing."""

    def half_cell(linear: str) -> Cell:
        case = make_case(
            {"electrolyte": electrolyte("0.1 S/m"), "active": active(0.5)},
            boundaries={
                "anode": LITHIUM | {"exchange_current_density": "1e-6 A/m^2"},
                "collector": {},
            },
            interfaces={"active|electrolyte": kinetics(exchange_current_density="1e8 A/m^2")},
            protocol=["Discharge at 0.1 mA/cm2 for 1 s"],
            solver={"linear": linear},
        )
        cell = make_cell(
            case, layers(2, {"electrolyte": LENGTH, "active": 5.0}, [24, 24], 24), comm
        )
        cell.initialise()
        return cell

    with pytest.raises(NotConverged, match=r'solver.linear = "direct" would do'):
        drive(half_cell("iterative"), LENGTH, 1.0)
    cell = half_cell("direct")
    drive(cell, 1.0 * cell.area, 1.0)
    slow = 2 * THERMAL_VOLTAGE * np.arcsinh(1.0 / 2e-6)
    (body,) = cell.active.values()
    surface = body.x.x.array.max(initial=0.0)
    at_rest = 4.5 - cell.domain.max(surface)
    exact = at_rest - slow - 1.0 * LENGTH / CONDUCTIVITY - 1.0 * 5.0 / 1e7
    assert cell.state.voltage.value == pytest.approx(exact, abs=1e-6)


@pytest.mark.reference("Kinetics", "Monroe and Newman 2005, doi:10.1149/1.1850854")
def test_pressure_shifts_the_potential_of_lithium(comm: MPI.Comm, verify: Verify) -> None:
    """At rest phi_SE - phi_Li = p Omega_Li/F, and nothing of it is seen between two electrodes.

    Monroe and Newman 2005, doi:10.1149/1.1850854, in the limit of a flat interface: 7.4 MPa a mV.
    """
    case = membrane(
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "20 MPa"},
    )
    cell = make_cell(case, layers(2, {"separator": LENGTH}, [6]), comm)
    cell.initialise()
    (potential,) = cell.state.electrolyte.values()
    expected = 20.0 * 13.0e-6 / FARADAY
    error = cell.domain.max(np.abs(potential.x.array / expected - 1.0).max(initial=0.0))
    verify("Lithium under 20 MPa: largest relative error of its potential", error, 0.0, 1e-6, "6")
    assert cell.state.voltage.value == pytest.approx(0.0, abs=1e-9)
