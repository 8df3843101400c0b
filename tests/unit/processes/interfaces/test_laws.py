"""How two sides hold on to each other, at an even opening."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from bench import bench
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Interface
from ecmcell.processes.interfaces.laws import Cohesive, Spring
from meshes import layers
from pulling import ENERGY, STIFFNESS, STRENGTH, pulling_case

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

WIDTH = 2.0  # um
BEGIN, END = STRENGTH / STIFFNESS, 2.0 * ENERGY / STRENGTH  # um, of debonding
GAP = 10.0 * END  # um


class Opened:
    """Two layers whose interface opens by some um."""

    def __init__(self, comm: MPI.Comm, opening: float):
        case = pulling_case(["Charge at 1C for 1 s"], contact_gap=f"{GAP} um")
        mesh = layers(2, {"electrolyte": 4.0, "active": 4.0}, [2, 2], across=1)
        found = bench(case, mesh, comm)
        self.domain: Domain = found.domain
        self.contact: Interface = found.domain.interfaces[0]
        self.normal = self.domain.normal("+")
        self.jump = self.domain.constant(opening) * self.normal
        self.law = next(interface_law for _, interface_law in case.interface_laws())

    def mean(self, value: ufl.core.expr.Expr) -> float:
        """Mean over the interface."""
        form = value * self.domain.nodal(self.contact)
        return self.domain.integral(form).value / WIDTH

    def cohesive(self) -> Cohesive:
        """What has not been damaged before."""
        earlier, opened = (fem.Function(self.domain.skeleton) for _ in range(2))
        return Cohesive(self.domain, self.law, self.contact, self.jump, earlier, opened)


def test_a_spring_pulls_and_pushes(comm: MPI.Comm) -> None:
    for opening in (0.01, -0.01):
        held = Opened(comm, opening)
        spring = Spring(held.domain, held.law, held.jump)
        pull = held.mean(ufl.inner(spring.traction(), held.normal))
        assert pull == pytest.approx(STIFFNESS * opening, rel=1e-12)
        stored = held.mean(spring.stored_energy)
        assert stored == pytest.approx(0.5 * STIFFNESS * opening**2, rel=1e-12)


@pytest.mark.parametrize("opening", [0.5 * BEGIN, 0.3 * END, 2.0 * END])
def test_parting_follows_the_bilinear_law(comm: MPI.Comm, opening: float) -> None:
    """Elastic up to the strength, then down a straight line until the energy is spent."""
    held = Opened(comm, opening)
    interface_law = held.cohesive()
    interface_law.grow(1.0)
    softened = STRENGTH * (END - opening) / (END - BEGIN)
    traction = np.clip(softened, 0.0, STIFFNESS * opening)
    pull = held.mean(ufl.inner(interface_law.traction(), held.normal))
    assert pull == pytest.approx(traction, rel=1e-9, abs=1e-6)
    damage = held.mean(interface_law.damage)
    assert damage == pytest.approx(1.0 - traction / (STIFFNESS * opening), rel=1e-9, abs=1e-12)
    spent = held.mean(interface_law.fracture_energy)
    work = ENERGY if opening > END else _work(opening) - 0.5 * traction * opening
    assert spent == pytest.approx(work, rel=1e-9, abs=1e-12)


def test_in_a_step_of_no_length_nothing_parts(comm: MPI.Comm) -> None:
    held = Opened(comm, 2.0 * END)
    interface_law = held.cohesive()
    interface_law.grow(0.0)
    assert held.mean(interface_law.damage) == 0.0
    pull = held.mean(ufl.inner(interface_law.traction(), held.normal))
    assert pull == pytest.approx(STIFFNESS * 2.0 * END, rel=1e-12)


def test_what_is_shut_pushes_however_damaged(comm: MPI.Comm) -> None:
    held = Opened(comm, -0.01)
    earlier, opened = (fem.Function(held.domain.skeleton) for _ in range(2))
    earlier.x.array[:] = 1.0
    interface_law = Cohesive(held.domain, held.law, held.contact, held.jump, earlier, opened)
    interface_law.grow(1.0)
    assert held.mean(interface_law.damage) == pytest.approx(1.0, rel=1e-12)
    pull = held.mean(ufl.inner(interface_law.traction(), held.normal))
    assert pull == pytest.approx(-STIFFNESS * 0.01, rel=1e-9)


def _work(opening: float) -> float:
    """Area below the law up to an opening, pJ/um2."""
    if opening <= BEGIN:
        return 0.5 * STIFFNESS * opening**2
    now = STRENGTH * (END - opening) / (END - BEGIN)
    return 0.5 * STRENGTH * BEGIN + 0.5 * (STRENGTH + now) * (opening - BEGIN)
