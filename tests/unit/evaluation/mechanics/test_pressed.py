"""Stresses, strains and energies of a solid in uniaxial strain."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import SOLID
from cells import electrolyte
from ecmcell.columns import fields
from ecmcell.columns import mechanics as columns
from ecmcell.evaluation.observables import Observables
from ecmcell.evaluation.placement import Cells, Points
from planar import ACROSS, LENGTH, MODULUS, PRESSURE, pressed, row_of

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def test_the_stack_gives_by_its_modulus(comm: MPI.Comm) -> None:
    cell = pressed(comm)
    cell.initialise()
    row = row_of(cell)
    assert row[columns.PRESSURE.header] == pytest.approx(PRESSURE, rel=1e-9)
    assert row[columns.STRAIN.header] == pytest.approx(-PRESSURE / MODULUS, rel=1e-9)
    hydrostatic = -PRESSURE * (1.0 + 2.0 * ACROSS) / 3.0
    assert row[columns.HYDROSTATIC.header] == pytest.approx(hydrostatic, rel=1e-9)
    assert columns.ELASTIC_ENERGY.header not in row  # nothing parts, cracks or flows


def test_fields_of_an_even_stress(comm: MPI.Comm) -> None:
    """Von Mises stress is the difference of the stresses along and across; no tension."""
    cell = pressed(comm)
    cell.initialise()
    points, cells = Points(cell.domain), Cells(cell.domain)
    found = {}
    for subject in Observables(cell).subjects:
        found |= dict(subject.point_fields(points)) | dict(subject.cell_fields(cells))
    if comm.rank > 0:
        return
    for von_mises in (fields.VON_MISES, fields.CELL_VON_MISES):
        values = found[von_mises.header]
        assert values == pytest.approx(np.full(len(values), PRESSURE * (1.0 - ACROSS)), rel=1e-8)
    principal = found[fields.PRINCIPAL.header]
    assert principal == pytest.approx(np.full(len(principal), -PRESSURE * ACROSS), rel=1e-8)
    displacement = found[fields.DISPLACEMENT.header]
    expected = -PRESSURE / MODULUS * points.coordinates[:, 0]
    assert displacement[:, 0] == pytest.approx(expected, abs=1e-12)
    assert np.abs(displacement[:, 1:]).max() < 1e-12


def test_what_may_flow_tells_its_energy(comm: MPI.Comm) -> None:
    """p^2 L/2M is stored in it, and that is all the work there was."""
    phase = electrolyte(**SOLID, yield_strength="100 MPa") | {"plasticity": "yield"}
    cell = pressed(comm, phase)
    cell.initialise()
    row = row_of(cell)
    stored = PRESSURE**2 * LENGTH / (2.0 * MODULUS)
    assert row[columns.ELASTIC_ENERGY.header] == pytest.approx(stored, rel=1e-8)
    assert row[columns.INTERFACE_ENERGY.header] == 0.0
    assert row[columns.PLASTIC_STRAIN.header] == pytest.approx(0.0, abs=1e-12)
    assert row[columns.PLASTIC_ENERGY.header] == pytest.approx(0.0, abs=1e-12)
    stress = PRESSURE * (1.0 - ACROSS)
    assert row[columns.FLOW_STRESS.header] == pytest.approx(stress, rel=1e-8)
