"""Lithium foils that are meshed: kinetics and ohmic drop, the shift by stress, flow in a run."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import THERMAL_VOLTAGE, Tape, drive, electrolyte, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY
from ecmcell.simulation.observables import Observables
from ecmcell.simulation.protocol import Cycler
from meshes import layers
from record import Verify

pytestmark = pytest.mark.mpi

LENGTH, FOIL = 30.0, 5.0  # um
CONDUCTIVITY, EXCHANGE = 1e5, 10.0  # pA/(V um), pA/um2
MOLAR_VOLUME = 13.0e-6  # um3/amol
STIFF = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
LAYERS = {"lithium": FOIL, "separator": LENGTH, "counter": FOIL}
REACTING = {
    "exchange_current_density": "10 A/m^2",
    "stiffness": "1e5 MPa/um",
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
    error = cell.domain.largest(np.abs(potential.x.array / expected - 1.0).max(initial=0.0))
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
        time={"initial_step": "0.1 s", "largest_step": "5 s"},
    )
    cell = make_cell(case, layers(2, LAYERS, [2, 6, 2]), comm)
    cell.initialise()
    Cycler(cell, Tape(cell)).run()
    row = Observables(cell).row()
    assert row["Maximum plastic strain"] > 1e-5
    assert row["Charge balance error"] < 1e-8
    lost, flown = row["Released energy [J.m-2]"], row["Plastic energy [J.m-2]"]
    title = "Foils that creep: work neither stored nor dissipated, over what is dissipated"
    verify(title, lost / flown, 0.0, 1e-5, "2 + 6 + 2")
