"""Numbers of a flat cell at rest and under current."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import SOLID
from cells import active, drive, kinetics
from ecmcell.case.units import FARADAY
from ecmcell.columns import fields, interfaces, losses, run
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.evaluation.placement import Cells, Facets, Points
from planar import LENGTH, half_cell, row_of

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

DENSITY = 2.0  # pA/um2, 0.2 mA/cm2
OPEN = 4.0  # V, half full


def test_a_cell_at_rest(comm: MPI.Comm) -> None:
    """At its open-circuit voltage, half full, with no current to crowd anywhere."""
    cell = half_cell(comm)
    cell.initialise()
    row = row_of(cell)
    assert row[run.VOLTAGE.header] == pytest.approx(OPEN, rel=1e-9)
    assert row[losses.OPEN_CIRCUIT.header] == pytest.approx(OPEN, rel=1e-9)
    assert row[run.STOICHIOMETRY.header] == pytest.approx(0.5, rel=1e-9)
    assert row[run.STATE_OF_CHARGE.header] == pytest.approx(0.5, rel=1e-9)
    assert row[run.CURRENT_DENSITY.header] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(row[interfaces.HOTSPOT.header])


def test_losses_add_up_to_the_voltage(comm: MPI.Comm) -> None:
    """Ohm's loss by hand: i L/kappa; all of them together are what the voltage lacks."""
    cell = half_cell(comm)
    cell.initialise()
    drive(cell, DENSITY * cell.area, 10.0)
    row = row_of(cell)
    lost = {c: row[c.header] for c in losses.SERIES if c.header in row and c != losses.OPEN_CIRCUIT}
    lacking = row[losses.OPEN_CIRCUIT.header] - row[run.VOLTAGE.header]
    assert sum(lost.values()) == pytest.approx(lacking, rel=1e-6)
    assert lost[losses.IONIC] == pytest.approx(DENSITY * LENGTH / 1e5, rel=1e-6)
    assert row[run.CURRENT_DENSITY.header] == pytest.approx(0.1 * DENSITY, rel=1e-9)
    assert row[interfaces.HOTSPOT.header] == pytest.approx(1.0, rel=1e-5)


def test_lithium_that_has_come_in_is_the_charge(comm: MPI.Comm) -> None:
    """10 s of current over the charge of all sites, 50000 mol/m3."""
    cell = half_cell(comm)
    cell.initialise()
    before = row_of(cell)[run.STOICHIOMETRY.header]
    drive(cell, DENSITY * cell.area, 10.0)
    gained = DENSITY * 10.0 / (FARADAY * 5e4 * LENGTH)
    assert row_of(cell)[run.STOICHIOMETRY.header] - before == pytest.approx(gained, rel=1e-6)


def test_fields_of_an_even_current(comm: MPI.Comm) -> None:
    """The same in every cell of the electrolyte and on the whole interface, in mA/cm2."""
    cell = half_cell(comm)
    cell.initialise()
    drive(cell, DENSITY * cell.area, 10.0)
    points, cells, facets = Points(cell.domain), Cells(cell.domain), Facets(cell.domain, [])
    found = {}
    for subject in Observables(cell).subjects:
        found |= dict(subject.point_fields(points)) | dict(subject.cell_fields(cells))
        found |= dict(subject.interface_fields(facets))
    if comm.rank > 0:
        return
    flowing = found[fields.IONIC_CURRENT.header]
    flowing = flowing[~np.isnan(flowing[:, 0])]
    assert flowing[:, 0] == pytest.approx(np.full(len(flowing), 0.1 * DENSITY), rel=1e-6)
    crossing = np.abs(found[fields.INTERFACE_CURRENT.header])
    assert crossing == pytest.approx(np.full(len(crossing), 0.1 * DENSITY), rel=1e-6)
    falling = found[fields.ELECTROLYTE.header]
    assert np.nanmax(falling) - np.nanmin(falling) == pytest.approx(
        DENSITY * LENGTH / 1e5, rel=1e-6
    )


def test_a_film_that_grows_is_told(comm: MPI.Comm) -> None:
    """2 ohm cm2/s^0.5 after 9 s."""
    growth = {"growth": "parabolic", "slope": "2 ohm*cm^2/s^0.5"}
    cell = half_cell(comm, interfaces={"active|separator": kinetics(interphase=growth)})
    cell.initialise()
    cell.state.accumulators["time"] = 9.0
    header = losses.FILM_RESISTANCE.of(interface="active|separator")
    assert row_of(cell)[header] == pytest.approx(6.0, rel=1e-12)


@pytest.mark.parametrize("feels_stress", [False, True])
def test_flux_of_lithium_is_what_the_current_brings(comm: MPI.Comm, feels_stress: bool) -> None:
    """Where all fills at one rate it falls on a line, from i/F at the interface to nothing.

    That is so in the mean of the cells at one depth, whatever drives it: what comes in stays or
    goes on.
    """
    host = active(0.5, diffusivity="1e-10 m^2/s", partial_molar_volume="3e-6 m^3/mol", **SOLID)
    physics = {"mechanics": feels_stress}
    cell = half_cell(comm, host, physics=physics, output={"fields": ["lithium flux"]})
    cell.initialise()
    for _ in range(3):
        drive(cell, DENSITY * cell.area, 10.0)
    maps = Maps(cell, Observables(cell))
    mesh, found = maps.mesh(), maps.cell_fields()
    assert list(found) == [fields.LITHIUM_FLUX.header]
    if mesh is None:
        return
    flux = found[fields.LITHIUM_FLUX.header]
    here = mesh.cell_phase == mesh.phase_names.index("active")
    assert np.isnan(flux[~here]).all()
    corners = mesh.points[mesh.cells[here], 0]
    depth = (corners.min(axis=1) + corners.max(axis=1)) / 2.0 - LENGTH
    for middle in (0.5, 1.5, 2.5, 3.5):
        crossing = flux[here][np.isclose(depth, middle)].mean(axis=0)
        expected = 1e-6 * DENSITY / FARADAY * (1.0 - middle / LENGTH)
        assert crossing[0] == pytest.approx(expected, rel=1e-5)
