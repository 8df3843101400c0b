"""Stress and strain tensors of cells in which they are known, and what is made of them."""

import numpy as np
import numpy.typing as npt
import pytest
from mpi4py import MPI

from bench import SOLID, solid_case
from cells import HELD, THIN, active, drive, electrolyte, kinetics, make_case, make_cell
from ecmcell.columns import fields
from ecmcell.columns.column import Field
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.simulation.cell import Cell
from meshes import layers
from planar import ACROSS, LENGTH, MODULUS, POISSON, PRESSURE, YOUNG

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

Array = npt.NDArray[np.float64]
NAMES = ["default", "stress", "strain"]
WITHOUT = {
    HELD: ([-PRESSURE, -ACROSS * PRESSURE, -ACROSS * PRESSURE], [-PRESSURE / MODULUS, 0.0, 0.0]),
    THIN: (
        [-PRESSURE, -POISSON * PRESSURE, 0.0],
        [
            -PRESSURE * (1.0 - POISSON**2) / YOUNG,
            0.0,
            PRESSURE * POISSON * (1.0 + POISSON) / YOUNG,
        ],
    ),
}
"""Principal stresses and strains along x, y and z of a layer held at its sides, by its section."""


def found(cell: Cell) -> tuple[dict[str, Array], dict[str, Array]]:
    """Fields at points and in cells."""
    maps = Maps(cell, Observables(cell))
    return dict(maps.point_fields()), dict(maps.cell_fields())


def even(tensor: list[float], values: Array) -> None:
    """The same diagonal tensor everywhere."""
    assert len(values) > 0 and values.shape[1:] == (3, 3)
    assert np.abs(values - np.diag(tensor)).max() <= 1e-8 * np.abs(tensor).max()


@pytest.mark.parametrize("section", [HELD, THIN])
def test_tensors_of_a_layer_under_pressure(comm: MPI.Comm, section: str) -> None:
    """By hand: Hooke's law across the section and along the sides, which are held."""
    pressed = {"temperature": "25 degC", "stack_pressure": f"{PRESSURE} MPa", "section": section}
    case = solid_case(cell=pressed, solver={"linear": "direct"}, output={"fields": NAMES})
    cell = make_cell(case, layers(2, {"solid": LENGTH}, [4]), comm)
    cell.initialise()
    points, cells = found(cell)
    if comm.rank == 0:
        stress, strain = WITHOUT[section]
        even(stress, points[fields.STRESS.header])
        even(stress, cells[fields.CELL_STRESS.header])
        even(strain, cells[fields.STRAIN.header])


def swollen(comm: MPI.Comm, dim: int) -> Cell:
    """A host that has swelled unevenly beside an electrolyte, both of them bent out of shape."""
    host = active(0.5, partial_molar_volume="3e-6 m^3/mol", diffusivity="1e-13 m^2/s", **SOLID)
    case = make_case(
        {"separator": electrolyte(**SOLID), "active": host},
        interfaces={"active|separator": kinetics()},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{PRESSURE} MPa", "sides": "free"},
        output={"fields": NAMES},
    )
    mesh = layers(dim, {"separator": LENGTH, "active": LENGTH}, [4, 4])
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    for _ in range(2):
        drive(cell, 30.0 * cell.area, 20.0)
    return cell


def close(values: Array, expected: Array, scale: float) -> None:
    """Equal to rounding."""
    assert np.abs(values - expected).max() <= 1e-11 * scale


@pytest.mark.parametrize("dim", [2, 3])
def test_invariants_are_those_of_the_tensor(comm: MPI.Comm, dim: int) -> None:
    """At nodes and in cells: a third of the trace, the largest eigenvalue, von Mises."""
    points, cells = found(swollen(comm, dim))
    if comm.rank > 0:
        return
    at: tuple[tuple[dict[str, Array], Field, Field, Field], ...] = (
        (points, fields.STRESS, fields.PRINCIPAL, fields.VON_MISES),
        (cells, fields.CELL_STRESS, fields.CELL_PRINCIPAL, fields.CELL_VON_MISES),
    )
    for values, tensor, principal, von_mises in at:
        stress = values[tensor.header]
        scale = np.abs(stress).max()
        assert np.ptp(stress[:, 0, 0]) > 0.1 * scale  # it is uneven, and has shear
        assert np.abs(stress[:, 0, 1]).max() > 0.01 * scale
        close(stress, stress.transpose(0, 2, 1), scale)
        close(values[principal.header], np.linalg.eigvalsh(stress)[:, -1], scale)
        mean = np.trace(stress, axis1=1, axis2=2) / 3.0
        deviator = stress - mean[:, None, None] * np.eye(3)
        equivalent = np.sqrt(1.5 * (deviator**2).sum(axis=(1, 2)))
        close(values[von_mises.header], equivalent, scale)
    stress = points[fields.STRESS.header]
    mean = np.trace(stress, axis1=1, axis2=2) / 3.0
    close(points[fields.HYDROSTATIC.header], mean, np.abs(stress).max())


def test_electrolyte_answers_to_its_strain(comm: MPI.Comm) -> None:
    """Hooke's law between both tensors where nothing swells; in plane strain none across."""
    cell = swollen(comm, 2)
    maps = Maps(cell, Observables(cell))
    mesh, cells = maps.mesh(), maps.cell_fields()
    if mesh is None:
        return
    here = mesh.cell_phase == mesh.phase_names.index("separator")
    strain, stress = (cells[f.header][here] for f in (fields.STRAIN, fields.CELL_STRESS))
    first = YOUNG * POISSON / ((1.0 + POISSON) * (1.0 - 2.0 * POISSON))
    change = np.trace(strain, axis1=1, axis2=2)[:, None, None] * np.eye(3)
    expected = first * change + YOUNG / (1.0 + POISSON) * strain
    close(stress, expected, np.abs(stress).max())
    assert np.abs(strain[:, 2, :2]).max() == 0.0
