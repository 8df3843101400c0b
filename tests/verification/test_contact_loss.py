"""A particle that shrinks away from its electrolyte beside one that holds on."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import Stack, active, begin_deformation, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.protocol.step import Step
from ecmcell.case.schema import Case
from ecmcell.evaluation.observables import Observables
from ecmcell.processes.reactions.reactions import Insertions
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from ecmcell.simulation.time_stepper import AcceptedStep
from meshes import grid

pytestmark = pytest.mark.mpi

HOST = {
    "youngs_modulus": "100 GPa",
    "poisson_ratio": 0.25,
    "partial_molar_volume": "3e-6 m^3/mol",  # 5 % linear strain from empty to full
    "diffusivity": "1e-12 m^2/s",
}


class Rows:
    """Keeps the row of every accepted step."""

    def __init__(self, cell: Cell):
        self.observables, self.rows = Observables(cell), []

    def step(self, accepted: AcceptedStep) -> None:
        self.rows.append(self.observables.row() | {"length": accepted.length})

    def fields(self, label: str) -> None:
        pass

    def end_of_step(self, step: Step, reason: str) -> None:
        pass


def case_of(protocol: list[str], **cohesion: object) -> Case:
    """Two particles on the collector, one of which barely sticks to the electrolyte."""
    law = {
        "mode_i_fracture_energy": "2e-3 J/m^2",
        "viscosity": "1 s",
        "contact_gap": "1 nm",
    } | cohesion
    weak = kinetics(penalty_stiffness="1e4 MPa/um", strength="1 MPa", cohesion=law)
    strong = kinetics(penalty_stiffness="1e4 MPa/um", strength="100 MPa")
    return make_case(
        {
            "weak": active(0.8, **HOST),
            "strong": active(0.8, **HOST),
            "matrix": electrolyte(youngs_modulus="20 GPa", poisson_ratio=0.3),
        },
        interfaces={"weak|matrix": weak, "strong|matrix": strong},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "platen": "gap"}
        | {"section": "plane strain"},
        protocol=protocol,
        time={"max_step": "120 s"},
    )


def two_particles(cells: int):
    """Squares of 1.5 um in the corners at the collector."""

    def region(at: np.ndarray) -> np.ndarray:
        inside = at[:, 0] > 2.5
        return np.where(inside & (at[:, 1] < 1.5), 1, np.where(inside & (at[:, 1] > 2.5), 2, 0))

    axis = np.linspace(0.0, 4.0, cells + 1)
    return grid([axis, axis], {0: "matrix", 1: "weak", 2: "strong"}, region)


def run(comm: MPI.Comm, case: Case) -> tuple[Cell, list[dict[str, float]]]:
    cell = make_cell(case, two_particles(16), comm)
    cell.initialise()
    rows = Rows(cell)
    ProtocolDriver(cell, rows).run()
    return cell, rows.rows


def test_a_particle_that_has_let_go_takes_no_part(comm: MPI.Comm) -> None:
    """It carries less than 1e-6 of the current, its lithium stays to 1e-8, balances close.

    The platens keep their gap and the section its thickness, so that the particle that holds on
    pulls the electrolyte away.
    """
    cell, rows = run(comm, case_of(["Charge at C/2 for 40 minutes"], recontact_fraction=0.0))
    names = [r["Inactive volume fraction"] for r in rows]
    assert names[0] == 0.0
    assert names[-1] == pytest.approx(0.5, rel=1e-9)
    assert max(r["Charge balance error"] for r in rows) <= 1e-8
    assert max(r["Lithium balance error"] for r in rows) <= 1e-8

    bodies = {body.subdomain.phase: body for body in cell.active.values()}
    weak = bodies["weak"]
    current = {
        phase: cell.domain.integral(
            sum(
                reaction.current * reaction.measure
                for contact, reaction in cell.the(Insertions).reactions.items()
                if phase in contact.pair
            )
        )
        for phase in ("weak", "strong")
    }
    assert abs(current["weak"].value) <= 1e-6 * abs(current["strong"].value)
    lithium = cell.domain.integral(weak.x * cell.domain.dx(weak.subdomain))
    before = lithium.value
    cell.electrochemistry.control_current(cell.state.current.value)
    cell.begin_step()
    cell.iterate(120.0)
    assert lithium.value == pytest.approx(before, rel=1e-8)


@pytest.mark.parametrize("solver", ["iterative", "direct"])
def test_a_disc_that_has_let_go_all_round_stays(comm: MPI.Comm, solver: str) -> None:
    """It shrinks away from a wide hole and rests, wherever a guess would have it.

    No force acts on it; only the start of the time step tells where it is.
    """
    law = {"mode_i_fracture_energy": "2e-3 J/m^2", "viscosity": "1 s", "contact_gap": "1 nm"}
    connected = {"electronic_resistance": "1 ohm*cm^2"}
    weak = kinetics(penalty_stiffness="1e5 MPa/um", strength="1 MPa", cohesion=law, **connected)
    carbon = {"overrides": {"electronic_conductivity": "1 S/m"}}
    case = make_case(
        {
            "disc": active(0.8, **HOST),
            "matrix": electrolyte(youngs_modulus="20 GPa", poisson_ratio=0.3) | carbon,
        },
        interfaces={"disc|matrix": weak},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "1 MPa", "section": "plane strain"},
        solver={"linear": solver},
    )
    axis = np.linspace(0.0, 4.0, 17)
    mesh = grid(
        [axis, axis],
        {0: "matrix", 1: "disc"},
        lambda at: (np.hypot(at[:, 0] - 2.1, at[:, 1] - 1.9) < 1.0).astype(int),
    )
    stack = Stack(case, mesh, comm)
    ((body, disc),) = stack.active.items()
    displacement = stack.state.displacement[body].x.array
    ((face, interface_law),) = stack.mechanics.interface_laws.cohesive.items()
    contact = stack.domain.integral(interface_law.contact_factor * stack.domain.nodal(face))

    def step(filling: float, guess: float) -> None:
        begin_deformation(stack, 60.0)
        disc.x.x.array[:] = filling
        displacement[:] += guess
        stack.mechanics.solve()

    stack.mechanics.solve()
    for filling in np.linspace(0.8, 0.5, 13):
        step(filling, 0.0)
    placed = displacement.copy()
    assert contact.value == 0.0
    for _ in range(20):
        step(0.5, 1e-3)
    moved = stack.domain.max(np.abs(displacement - placed).max(initial=0.0))
    assert moved < 1e-6
    assert contact.value == 0.0
