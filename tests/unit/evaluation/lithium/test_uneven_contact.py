"""The current of a lithium electrode that touches in strips."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, THERMAL_VOLTAGE, drive, electrolyte, make_case, make_cell
from ecmcell.columns import lithium as columns
from ecmcell.evaluation.observables import Observables
from ecmcell.simulation.cell import Cell
from meshes import grid

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

STRIPS = {"map": "patches", "coverage": 0.5, "size": "2 um"}
LENGTH, DENSITY = 4.0, 2.0  # um, pA/um2
ANODE = {"electrode": "Anode"}


def striped(comm: MPI.Comm) -> Cell:
    """Facets of half a um on a face of 4 um, with strips around both of its ends."""
    case = make_case(
        {"separator": electrolyte()},
        boundaries={"anode": LITHIUM | {"contact": STRIPS}, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    axis = np.linspace(0.0, 4.0, 9)
    cell = make_cell(case, grid([axis, axis], {0: "separator"}), comm)
    cell.initialise()
    return cell


def test_numbers_of_the_footprint_and_of_contact(comm: MPI.Comm) -> None:
    cell = striped(comm)
    observables = Observables(cell)
    assert np.isnan(observables.row()[columns.HOTSPOT.of(**ANODE)])
    assert observables.histograms() == []
    drive(cell, DENSITY * cell.area, 1.0)
    row = observables.row()
    assert row[columns.TOUCHING.of(**ANODE)] == pytest.approx(0.5, rel=1e-9)
    assert row[columns.OF_CONTACT.of(**ANODE)] == pytest.approx(0.1 * DENSITY / 0.5, rel=1e-6)
    assert row[columns.HOTSPOT.of(**ANODE)] > 1.5
    assert row[columns.CONSTRICTION.of(**ANODE)] > 0.0


def test_shares_of_a_histogram_add_up(comm: MPI.Comm) -> None:
    cell = striped(comm)
    drive(cell, DENSITY * cell.area, 1.0)
    rows = [row for row in Observables(cell).histograms() if row["Electrode"] == "anode"]
    for name in ("Fraction of contact", "Fraction of footprint", "Fraction of current"):
        assert sum(float(row[name]) for row in rows) == pytest.approx(1.0, rel=1e-9)


def test_wagner_number(comm: MPI.Comm) -> None:
    """kappa RT/(F i0 L): kinetics against the electrolyte, without films."""
    wagner = Observables(striped(comm)).summary()["Wagner number"]
    exact = 1e5 * THERMAL_VOLTAGE / 10.0 / LENGTH
    assert wagner["anode"] == pytest.approx(exact, rel=1e-9)
