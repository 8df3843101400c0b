"""Coatings and growing interphases: what their resistance does to the voltage of flat cells."""

from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from cells import (
    LITHIUM,
    THERMAL_VOLTAGE,
    Tape,
    active,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.evaluation.observables import Observables
from ecmcell.processes.reactions.films import Films
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from ecmcell.simulation.time_stepper import AcceptedStep
from meshes import layers
from record import Verify

pytestmark = pytest.mark.mpi

LENGTH = 30.0  # um
CONDUCTIVITY = 1e5  # pA/(V um), 0.1 S/m
EXCHANGE = 10.0  # pA/um2, 10 A/m2
DENSITY = 10.0  # pA/um2, 1 mA/cm2
OHM_CM2 = 1e-4  # V um2/pA
HOUR = 3600.0
MIXED = {"growth": "parabolic", "slope": "100 ohm*cm^2/h^0.5", "initial_resistance": "10 ohm*cm^2"}
INSULATING = {
    "growth": "self-limiting",
    "final_resistance": "50 ohm*cm^2",
    "time_constant": "20 min",
}
LTO = {"material": "LTO-coating", "thickness": "20 nm"}


def symmetric(comm: MPI.Comm, protocol: list[str], anode: Any, collector: Any, **time: Any) -> Cell:
    """Lithium, electrolyte, lithium with films on either side."""
    case = make_case(
        {"separator": electrolyte("0.1 S/m")},
        boundaries={"anode": LITHIUM | anode, "collector": LITHIUM | collector},
        protocol=protocol,
        time=time,
    )
    return make_cell(case, layers(2, {"separator": LENGTH}, [4]), comm)


def without_films(density: np.ndarray) -> np.ndarray:
    """Voltage of the bare cell; see test_planar_kinetics.py."""
    charge_transfer = 2 * THERMAL_VOLTAGE * np.arcsinh(density / (2 * EXCHANGE))
    return -(density * LENGTH / CONDUCTIVITY + 2 * charge_transfer)


def run(cell: Cell) -> Tape:
    cell.initialise()
    tape = Tape(cell)
    ProtocolDriver(cell, tape).run()
    return tape


@pytest.mark.reference("Kinetics", "Deal and Grove 1965, doi:10.1063/1.1713945; Ohm's law")
def test_voltage_follows_the_growth_of_films(comm: MPI.Comm, verify: Verify) -> None:
    """V = V_bare - i (R_anode + R_collector), at the end of every step, whatever its length.

    A mixed conductor behind a coating at the anode, R = t/sigma + sqrt(R_0^2 + b^2 t); an
    insulator at the collector, R = R_inf (1 - exp(-t/tau)). Rest does not stop them.
    """
    protocol = [
        "Discharge at 1 mA/cm2 for 30 minutes",
        "Rest for 2 hours",
        "Charge at 1 mA/cm2 for 1 hour",
    ]
    films = [{"coating": LTO, "interphase": MIXED}, {"interphase": INSULATING}]
    tape = run(symmetric(comm, protocol, *films, voltage_tolerance="1 mV", max_step="900 s"))
    time, voltage, density = tape.columns
    mixed = np.sqrt(10.0**2 + 100.0**2 * time / HOUR)
    insulating = 50.0 * (1.0 - np.exp(-time / 1200.0))
    exact = without_films(density) - density * OHM_CM2 * (200.0 + mixed + insulating)
    assert time[-1] == pytest.approx(3.5 * HOUR)
    driven = np.abs(density) > 1.0
    assert driven.sum() > 20
    error = np.abs(voltage[driven] / exact[driven] - 1.0).max()
    name = "Lithium, electrolyte, lithium, growing films: largest relative error of the voltage"
    verify(name, error, 0.0, 1e-6, "4")


@pytest.mark.reference("Kinetics", "Deal and Grove 1965, doi:10.1063/1.1713945; Ohm's law")
def test_cut_off_is_met_when_the_film_is_thick_enough(comm: MPI.Comm, verify: Verify) -> None:
    """t = (R^2 - R_0^2)/b^2: a step repeated to hit the cut-off takes the film with it."""
    protocol = ["Discharge at 1 mA/cm2 for 10 hours or until -0.2 V"]
    tape = run(symmetric(comm, protocol, {"interphase": MIXED}, {}, max_step="1200 s"))
    resistance = (0.2 + without_films(np.array(DENSITY))) / DENSITY / OHM_CM2
    exact = (resistance**2 - 10.0**2) / 100.0**2 * HOUR
    assert tape.ends[0][1] == "cut-off"
    name = "Lithium, electrolyte, lithium, parabolic film: relative error of the time to -0.2 V"
    verify(name, abs(tape.columns[0][-1] / exact - 1.0), 0.0, 1e-5, "4")


def test_film_of_active_material_costs_what_its_resistance_says(comm: MPI.Comm) -> None:
    """Film loss [V] = i R(t), with the R(t) of the column, from nothing at the start."""
    interphase = {"growth": "parabolic", "slope": "300 ohm*cm^2/h^0.5"}
    case = make_case(
        {"active": active(diffusivity="1e-10 m^2/s"), "separator": electrolyte()},
        interfaces={"separator|active": kinetics(interphase=interphase)},
        protocol=["Discharge at C/2 for 30 minutes", "Charge at C/2 for 10 minutes"],
    )
    cell = make_cell(case, layers(2, {"separator": 2.0, "active": 1.0}, [2, 4]), comm)
    cell.initialise()
    observables = Observables(cell)
    rows = [observables.row()]

    class Rows(Tape):
        def step(self, accepted: AcceptedStep) -> None:
            rows.append(observables.row())

    ProtocolDriver(cell, Rows(cell)).run()
    table = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    resistance = table["Film resistance separator|active [ohm.cm2]"]
    assert resistance == pytest.approx(300.0 * np.sqrt(table["Time [s]"] / HOUR), rel=1e-12)
    density = table["Current density [mA.cm-2]"] * 1e-3
    assert table["Film loss [V]"] == pytest.approx(density * resistance, rel=1e-6, abs=1e-12)
    assert np.ptp(table["Film loss [V]"]) > 1e-3
    assert table["Lithium balance error"].max() < 1e-8


@pytest.mark.parametrize(
    ("coating", "resistance"),
    [
        (LTO, 200.0),
        ({"material": "phosphate-coating", "thickness": "20 nm"}, 2.0),
        ({"material": "LiNbO3", "thickness": "5 nm"}, 0.5),
        (
            {
                "material": "LiNbO3",
                "thickness": "5 nm",
                "ionic_conductivity": {"value": "1e-8 S/cm", "assumed": "worse"},
            },
            50.0,
        ),
    ],
    ids=["LTO", "phosphate", "LiNbO3", "override"],
)
def test_coating_adds_thickness_over_conductivity(
    comm: MPI.Comm, coating: Any, resistance: float
) -> None:
    """Beside a film that was there: 20 nm at 1e-8 S/cm are 200 ohm cm2."""
    filmed = {"coating": coating, "film_resistance": "7 ohm*cm^2"}
    films = symmetric(comm, ["Rest for 1 s"], filmed, {}).the(Films)
    assert films.resistance("anode", 0.0) / OHM_CM2 == pytest.approx(resistance + 7.0, rel=1e-12)
    assert films.resistance("anode", HOUR) == films.resistance("anode", 0.0)
    assert films.growing == ()


def test_without_films_there_is_none_in_the_equations(comm: MPI.Comm) -> None:
    cell = symmetric(comm, ["Rest for 1 s"], {"interphase": MIXED}, {})
    boundaries = cell.case.boundaries
    assert cell.the(Films).on(boundaries.anode) is not None
    assert cell.the(Films).on(boundaries.collector) is None
