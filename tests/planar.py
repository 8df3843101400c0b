"""Flat cells whose fields are known exactly."""

from mpi4py import MPI

from bench import SOLID, solid_case
from cells import Table, active, electrolyte, kinetics, make_case, make_cell
from ecmcell.evaluation.observables import Observables
from ecmcell.simulation.cell import Cell
from meshes import layers

LENGTH, PRESSURE = 4.0, 5.0  # um of either layer, MPa
YOUNG, POISSON = 20e3, 0.25  # MPa
# Of uniaxial strain: stress along it over the strain, and stresses across over that along.
MODULUS = YOUNG * (1.0 - POISSON) / ((1.0 + POISSON) * (1.0 - 2.0 * POISSON))
ACROSS = POISSON / (1.0 - POISSON)


def half_cell(comm: MPI.Comm, host: Table | None = None, **tables: object) -> Cell:
    """An electrolyte and half full active material, without mechanics if not asked."""
    usual: Table = {"interfaces": {"active|separator": kinetics()}}
    phases = {
        "separator": electrolyte(**SOLID),
        "active": host or active(0.5, diffusivity="1e-10 m^2/s"),
    }
    mesh = layers(2, {"separator": LENGTH, "active": LENGTH}, [4, 4])
    return make_cell(make_case(phases, **(usual | tables)), mesh, comm)


def pressed(comm: MPI.Comm, phase: Table | None = None, **tables: object) -> Cell:
    """A solid electrolyte under a pressure, held at its sides and across its section."""
    case = solid_case(phase, solver={"linear": "direct"}, **tables)
    return make_cell(case, layers(2, {"solid": LENGTH}, [4]), comm)


def row_of(cell: Cell) -> dict[str, float | int]:
    """All numbers of a cell."""
    return Observables(cell).row()
