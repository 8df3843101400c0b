"""Interfaces that part on faces of facets, in space, where the tractions at nodes scatter."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import Stack, active, begin_deformation, electrolyte, kinetics, make_case
from ecmcell.physics import interfaces
from ecmcell.processes.state import DAMAGE
from meshes import unstructured
from record import Verify

STRENGTH = 40.0  # MPa
RADII = [1.0, 1.6, 1.7]  # um
SLOPE, RISE = 0.05, 0.005


def shrinking_ball(comm: MPI.Comm, displacements: str) -> Stack:
    """A ball in a shell, with four cells along its radius and a tough interface, and a filler."""
    phases = {
        "ball": active(
            0.5,
            youngs_modulus="100 GPa",
            poisson_ratio=0.25,
            partial_molar_volume=f"{3 * SLOPE / 50000} m^3/mol",
        ),
        "shell": electrolyte(youngs_modulus="20 GPa", poisson_ratio=0.3),
        "filler": electrolyte(youngs_modulus="1 MPa", poisson_ratio=0.0),
    }
    linear = displacements == "linear"
    law = {"mode_i_fracture_energy": "0.3 J/m^2", "contact_gap": "1 um"}
    held = kinetics(penalty_stiffness="1e5 MPa/um", strength=f"{STRENGTH} MPa", cohesion=law)
    case = make_case(
        phases,
        interfaces={"ball|shell": held, "shell|filler": {"bonded": True}},
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"},
        physics={"mechanics": True},
        solver={"displacements": displacements} | ({"linear": "direct"} if linear else {}),
    )
    return Stack(case, unstructured(3, RADII, 0.25, list(phases)), comm)


@pytest.mark.mpi
@pytest.mark.reference("Cohesion", "strength of the interface, reached all round at once")
@pytest.mark.parametrize(
    ("displacements", "early"),
    [("linear", 0.8), pytest.param("quadratic", 0.9, marks=pytest.mark.long)],
)
def test_strength_of_a_faceted_ball(
    comm: MPI.Comm, verify: Verify, displacements: str, early: float
) -> None:
    """Damage begins early where tractions scatter, and the interface carries its strength."""
    stack = shrinking_ball(comm, displacements)
    domain, mechanics, (body,) = stack.domain, stack.mechanics, stack.active.values()
    (contact,) = domain.interfaces
    measure = domain.nodal(contact)
    pull = interfaces.normal_component(mechanics.traction(contact), domain.normal("+"))
    force = domain.integral(pull * measure)
    area = domain.integral(domain.constant(1.0) * measure).value
    nodes = body.x.function_space.tabulate_dof_coordinates() - [RADII[-1], 0.0, 0.0]
    tractions, damaged = [], []
    for fraction in (0.65, 0.75, 0.85, 1.0, 1.2):
        body.x.x.array[:] = 0.5 - fraction * RISE / SLOPE * np.sum(nodes**2, axis=1)
        begin_deformation(stack)
        mechanics.solve()
        tractions.append(force.value / area / STRENGTH)
        damage = stack.state.interface[DAMAGE].x.array.max(initial=0.0)
        damaged.append(domain.max(damage) > 0.0)
    title = f"Ball in a shell, four cells along its radius, {displacements} displacements: "
    verify(title + "largest mean traction over the strength", max(tractions), 1.0, 0.03)
    assert max(t for t, begun in zip(tractions, damaged, strict=True) if not begun) > early
