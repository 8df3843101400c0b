"""Tractions on a contact under the pressure of the stack."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import SOLID
from cells import active
from ecmcell.columns import fields, interfaces
from ecmcell.evaluation.observables import Observables
from ecmcell.evaluation.placement import Cells, Facets
from ecmcell.simulation.cell import Cell
from planar import PRESSURE, half_cell

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

MECHANICAL = {
    "physics": {"mechanics": True},
    "cell": {"temperature": "25 degC", "stack_pressure": f"{PRESSURE} MPa"},
    "solver": {"linear": "direct"},
}


def held(comm: MPI.Comm) -> Cell:
    """Two layers of one stiffness."""
    host = active(0.5, partial_molar_volume="3e-6 m^3/mol", **SOLID)
    cell = half_cell(comm, host, **MECHANICAL)
    cell.initialise()
    return cell


def test_a_contact_bears_the_pressure(comm: MPI.Comm) -> None:
    """Whatever its strength: nothing pulls, and nothing shears."""
    cell = held(comm)
    observables = Observables(cell)
    assert observables.row()[interfaces.BELOW_STRENGTH.header] == pytest.approx(1.0)
    facets, found = Facets(cell.domain, []), {}
    for subject in observables.subjects:
        found |= dict(subject.interface_fields(facets))
    if comm.rank == 0:
        normal, shear = found[fields.NORMAL.header], found[fields.SHEAR.header]
        assert normal == pytest.approx(np.full(len(normal), -PRESSURE), rel=1e-6)
        assert np.abs(shear).max() < 1e-6


def test_isotropic_material_tells_of_no_axes(comm: MPI.Comm) -> None:
    cell = held(comm)
    cells = Cells(cell.domain)
    found = {name for s in Observables(cell).subjects for name in s.cell_fields(cells)}
    assert fields.AXIS.header not in found
    assert fields.CELL_VON_MISES.header in found
