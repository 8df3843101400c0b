"""Cases put together from plain values, and cells driven without a run directory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from ecmcell.case.files.toml_reader import validate
from ecmcell.case.protocol.step import Step
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY, GAS_CONSTANT
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.build_domain import divide
from ecmcell.processes.context import Context
from ecmcell.processes.cracks.cracks import Cracks
from ecmcell.processes.deformation.drag import Drag
from ecmcell.processes.deformation.energies import Energies
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.deformation.flow import Flow
from ecmcell.processes.deformation.swelling import Swelling
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.registry import build
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.time_stepper import AcceptedStep

TEMPERATURE = 298.15  # K
THERMAL_VOLTAGE = GAS_CONSTANT * TEMPERATURE / FARADAY  # V
# Cells get their mesh as arrays; the case has to name some recipe.
_RECIPE = Path(__file__).parents[1] / "meshes" / "membrane.toml"
# What a mesh in the plane may be a section of.
HELD, LOOSE, THIN = "plane strain", "generalised plane strain", "plane stress"
_DEFORMING = (InterfaceLaws, Drag, Flow, Swelling, Energies, Cracks)
LITHIUM = {"metal": "Li", "exchange_current_density": "10 A/m^2"}

Table = dict[str, Any]


def electrolyte(conductivity: str = "0.1 S/m", **overrides: object) -> Table:
    """A phase of electrolyte with an ionic conductivity that does not depend on temperature."""
    properties = {"ionic_conductivity": conductivity} | overrides
    return {"material": _material("electrolyte", properties)}


def active(initial: float = 0.5, **overrides: object) -> Table:
    """A phase of active material with a straight open-circuit voltage from 4.5 V to 3.5 V.

    Args:
        initial: Initial stoichiometry.
        overrides: Properties as text, instead of or beside the usual ones.
    """
    properties = {
        "density": "4 g/cm^3",
        "maximum_concentration": "50000 mol/m^3",
        "diffusivity": "1e-14 m^2/s",
        "electronic_conductivity": "10 S/m",
    } | overrides
    table = _material("active material", properties)
    table["stoichiometry_window"] = {"value": [0.1, 0.9], "assumed": "test"}
    table["open_circuit_voltage"] = {
        "stoichiometry": [0.0, 1.0],
        "value": [4.5, 3.5],
        "unit": "V",
        "assumed": "test",
    }
    return {"material": table, "initial_stoichiometry": initial}


def _material(kind: str, properties: Mapping[str, object]) -> Table:
    """The table of a material; properties None are left out."""
    given = {
        name: value if isinstance(value, dict) else {"value": value, "assumed": "test"}
        for name, value in properties.items()
        if value is not None
    }
    return {"name": "test", "kind": kind, "formula": "X"} | given


def make_case(phases: Mapping[str, Table], **tables: Any) -> Case:
    """A case at 25 degC between lithium and a plain collector, without mechanics if not asked.

    Args:
        phases: Its phases.
        tables: Whatever else of the case is not as usual.
    """
    usual: Table = {
        "title": "test",
        "protocol": ["Charge at C/5 until 4.4 V"],
        "mesh": {"recipe": str(_RECIPE)},
        "boundaries": {"anode": LITHIUM, "collector": {}},
        "cell": {"temperature": f"{TEMPERATURE} K", "stack_pressure": "0 MPa"},
        "physics": {"mechanics": False},
    }
    data = usual | {"phases": dict(phases)} | tables
    return validate(Case, data, "test", _RECIPE.parent)


def composite_phases() -> dict[str, Table]:
    """NMC811, a catholyte with conductive additive, and a separator."""
    solid = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
    carbon = {"overrides": {"electronic_conductivity": "1 S/m"}}
    return {
        "active": {"material": "NMC811", "initial_stoichiometry": 0.6},
        "catholyte": electrolyte("0.2 S/m", **solid) | carbon,
        "separator": electrolyte("0.2 S/m", **solid),
    }


def composite_interfaces() -> dict[str, Table]:
    """The interface laws between them."""
    reacting = kinetics(
        film_resistance="10 ohm*cm^2",
        electronic_resistance="1 ohm*cm^2",
        penalty_stiffness="1e5 MPa/um",
    )
    return {"active|catholyte": reacting, "catholyte|separator": {"bonded": True}}


def kinetics(**overrides: object) -> Table:
    """An interface of active material and electrolyte that holds as if glued."""
    usual: Table = {
        "exchange_current_density": "1 A/m^2",
        "penalty_stiffness": "1e6 MPa/um",
        "strength": "10 MPa",
    }
    return usual | overrides


def make_cell(case: Case, mesh: MeshData, comm: MPI.Comm) -> Cell:
    """A cell of a case on a mesh that every rank has made; rank 0 hands it out."""
    return Cell(case, mesh if comm.rank == 0 else None, comm)


def drive(cell: Cell, current: float, step: float) -> int:
    """One time step at a current in pA, positive on discharge; returns the staggered passes."""
    cell.electrochemistry.control_current(current)
    cell.begin_step()
    _, iterations = cell.iterate(step)
    return iterations


@dataclass
class Tape:
    """Keeps what a cell goes through on its protocol."""

    cell: Cell
    rows: list[tuple[float, float, float]] = field(default_factory=list)
    labels: list[tuple[float, str]] = field(default_factory=list)
    ends: list[tuple[str, str, int]] = field(default_factory=list)
    iterations: list[int] = field(default_factory=list)

    def step(self, accepted: AcceptedStep) -> None:
        state = self.cell.state
        time = float(state.accumulators["time"])
        self.iterations.append(accepted.fixed_point_iterations)
        self.rows.append((time, state.voltage.value, state.current.value / self.cell.area))

    def fields(self, label: str) -> None:
        self.labels.append((float(self.cell.state.accumulators["time"]), label))

    def end_of_step(self, step: Step, reason: str) -> None:
        self.ends.append((step.text, reason, len(self.rows)))

    @property
    def columns(self) -> tuple[np.ndarray, ...]:
        """Time in s, voltage in V, current density in pA/um2."""
        return tuple(np.array(self.rows).T)


def begin_deformation(cell: "Cell | Stack", step: float = 1.0) -> None:
    """Begin a time step of some s of all that deforms, breaks and flows, and of nothing else."""
    members = [process for kind in _DEFORMING for process in cell.all(kind)]
    for process in members:
        process.begin_step()
    for process in members:
        process.begin_iterations(step)


class Stack:
    """Mechanics of a case alone, its stoichiometry set from outside.

    Args:
        case: A case with mechanics.
        mesh: Its mesh, made on every rank.
        comm: All ranks.
    """

    def __init__(self, case: Case, mesh: MeshData, comm: MPI.Comm):
        self.domain = divide(case, mesh if comm.rank == 0 else None, comm)
        self.prepare()
        context = Context(case, self.domain)
        self.state, self.properties, self.active = context.state, context.properties, context.active
        self.all, self.the, self._context = context.all, context.the, context
        self.processes = build(context)
        self.mechanics = self.the(Mechanics)

    def prepare(self) -> None:
        """What is to be done to the domain before anything lives on it."""

    def solve_as(self, kind: type[Mechanics]) -> None:
        """Let another kind of mechanics find the displacements."""
        self.mechanics = kind(self._context)
        self.mechanics.connect(self.processes)
