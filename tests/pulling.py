"""Two layers between platens at constant gap: the active one shrinks on charge and pulls."""

from typing import Any

from mpi4py import MPI

from cells import active, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.protocol.step import Step
from ecmcell.case.schema import Case
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from ecmcell.simulation.time_stepper import AcceptedStep
from meshes import layers

THICKNESS = 10.0  # um, of either
STRENGTH, ENERGY, STIFFNESS = 50.0, 0.3, 1e5  # MPa, J/m2, MPa/um
START = 0.8  # stoichiometry
_HOST = {
    "youngs_modulus": "100 GPa",
    "poisson_ratio": 0.25,
    "diffusivity": "1e-10 m^2/s",
}


def pulling_case(
    protocol: list[str],
    time: dict[str, Any] | None = None,
    stiffness: float | None = STIFFNESS,
    energy: float = ENERGY,
    strength: float = STRENGTH,
    cell: dict[str, Any] | None = None,
    molar_volume: str = "6e-7 m^3/mol",
    **cohesion: Any,
) -> Case:
    """The layers; what their interface takes to part may be given."""
    law = {"mode_i_fracture_energy": f"{energy} J/m^2", "contact_gap": "1 um"} | cohesion
    interface_law = kinetics(strength=f"{strength} MPa", cohesion=law)
    del interface_law["penalty_stiffness"]
    if stiffness is not None:
        interface_law["penalty_stiffness"] = f"{stiffness} MPa/um"
    return make_case(
        {
            "active": active(START, partial_molar_volume=molar_volume, **_HOST),
            "electrolyte": electrolyte("100 S/m", youngs_modulus="20 GPa", poisson_ratio=0.3),
        },
        interfaces={"active|electrolyte": interface_law},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "section": "plane strain"}
        | (cell or {"stack_pressure": "0 MPa", "platen": "gap"}),
        protocol=protocol,
        time=time or {},
    )


class Rows:
    """Keeps the row of every accepted step, and how each step of the protocol ended."""

    def __init__(self, cell: Cell):
        self._observables = Observables(cell)
        self.rows: list[dict[str, float]] = []
        self.ends: list[str] = []

    def step(self, accepted: AcceptedStep) -> None:
        self.rows.append(self._observables.row() | {"length": accepted.length})

    def fields(self, label: str) -> None:
        pass

    def end_of_step(self, step: Step, reason: str) -> None:
        self.ends.append(reason)


def run(case: Case, comm: MPI.Comm) -> Rows:
    """All that happens to the layers."""
    return follow(case, layers(2, {"electrolyte": THICKNESS, "active": THICKNESS}, [2, 2]), comm)


def follow(case: Case, mesh: MeshData, comm: MPI.Comm) -> Rows:
    """All that happens to a cell on its protocol."""
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    rows = Rows(cell)
    ProtocolDriver(cell, rows).run()
    return rows
