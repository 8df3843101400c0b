"""Beams of what hardly changes its volume, bent: no locking."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI
from tests.verification.test_plasticity import (
    CREEPING,
    EXPONENT,
    RATE,
    STRESS,
    LinearStack,
    advance,
    flowing,
    mechanical,
)

from cells import Stack, electrolyte, make_case
from ecmcell.case.schema import Case
from ecmcell.domain.region import Region
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.deformation.equilibrium import Mechanics
from meshes import grid
from record import Verify

TIMOSHENKO = "Timoshenko, Goodier, Theory of Elasticity, 1970, sec. 102"
NORTON = "Hult, Creep in Engineering Structures, 1966, ch. 4"
pytestmark = pytest.mark.mpi

LENGTH, HEIGHT = 4.0, 1.0
YOUNG, POISSON = 3000.0, 0.4999
STIFF = {"youngs_modulus": f"{YOUNG} MPa", "poisson_ratio": POISSON}


class Bent(Mechanics):
    """A beam whose ends turn: along it they are held, across it one point of them."""

    def _fixed(self, body: str) -> np.ndarray:
        region = self.domain.bodies[body]
        space = region.displacements
        ends = self.domain.boundary_nodes(region, ["anode", "collector"], space=space)
        place = space.tabulate_dof_coordinates()[ends]
        corner = ends[np.abs(place[:, :2]).max(axis=1) < 1e-9]
        return np.concatenate([2 * ends, 2 * corner + 1])


class Beam(Stack):
    """A beam along x, in the plane, its axis at y = 0."""

    def __init__(self, case: Case, mesh: MeshData, comm: MPI.Comm):
        super().__init__(case, mesh, comm)
        self.solve_as(Bent)

    @property
    def region(self) -> Region:
        """All of it."""
        (region,) = self.domain.bodies.values()
        return region

    def bend(self, curvature: float) -> None:
        """Turn its far end; what is between is found by `mechanics`."""
        (displacement,) = self.state.displacement.values()
        space = displacement.function_space
        ends = self.domain.boundary_nodes(self.region, ["anode", "collector"], space=space)
        x, y = space.tabulate_dof_coordinates()[ends, :2].T
        displacement.x.array[2 * ends] = -curvature * x * y

    def moment(self) -> float:
        """Mean bending moment along it, pJ/um."""
        (subdomain,) = self.domain.subdomains
        stress = self.mechanics.stresses.stress(subdomain)[0, 0]
        lever = self.domain.constant(-1.0 / LENGTH) * ufl.SpatialCoordinate(self.domain.mesh)[1]
        return self.domain.integral(stress * lever * self.domain.dx(subdomain)).value


class LockedBeam(Beam, LinearStack):
    """The same with linear displacements."""


def beam(count: int) -> MeshData:
    y = np.linspace(-0.5 * HEIGHT, 0.5 * HEIGHT, count + 1)
    return grid([np.linspace(0.0, LENGTH, 2 * count + 1), y], {0: "beam"})


@pytest.mark.reference("Plasticity", TIMOSHENKO)
def test_incompressible_beam_bends(comm: MPI.Comm, verify: Verify) -> None:
    """M = E/(1 - nu^2) I curvature in plane strain; linear displacements take far more."""
    curvature = 1e-3
    case = mechanical(
        {"beam": flowing("yield", **STIFF, yield_strength="1e6 MPa")}, section="plane strain"
    )
    exact = YOUNG / (1.0 - POISSON**2) * HEIGHT**3 / 12.0 * curvature

    def found(kind: type[Beam], count: int) -> float:
        bent = kind(case, beam(count), comm)
        bent.bend(curvature)
        advance(bent, 1.0)
        return bent.moment()

    title = "Beam of Poisson ratio 0.4999, bent: moment, pJ/um"
    verify(title, found(Beam, 2), exact, 1e-6, "2")
    assert found(LockedBeam, 4) > 2.0 * exact


@pytest.mark.reference("Eigenstrain", TIMOSHENKO)
def test_quadratic_displacements_bend_a_beam(comm: MPI.Comm, verify: Verify) -> None:
    """By choice an elastic beam has them, and two cells over its height bend exactly."""
    curvature, poisson = 1e-3, 0.25
    solid = electrolyte(youngs_modulus=f"{YOUNG} MPa", poisson_ratio=poisson)
    exact = YOUNG / (1.0 - poisson**2) * HEIGHT**3 / 12.0 * curvature

    def found(displacements: str) -> float:
        case = make_case(
            {"beam": solid},
            cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "section": "plane strain"},
            physics={"mechanics": True},
            solver={"displacements": displacements},
        )
        bent = Beam(case, beam(2), comm)
        bent.bend(curvature)
        advance(bent, 1.0)
        return bent.moment()

    title = "Elastic beam, bent, with quadratic displacements: moment, pJ/um"
    verify(title, found("quadratic"), exact, 1e-6, "2")
    assert found("linear") > 1.01 * exact


@pytest.mark.reference("Plasticity", NORTON)
def test_beam_creeps(comm: MPI.Comm, verify: Verify) -> None:
    """Bent at a constant rate it comes to rest at stresses that go as |y|^(1/n).

    In plane strain q = sqrt(3)/2 |sigma_xx| and the strain rate along the beam sqrt(3)/2 of that of
    the law.
    """
    rate, n = 2e-4, EXPONENT
    fraction = (2.0 * rate / (np.sqrt(3.0) * RATE)) ** (1.0 / n)
    edge = 0.5 * HEIGHT
    exact = 4.0 / np.sqrt(3.0) * STRESS * fraction * edge ** (2.0 + 1.0 / n) / (2.0 + 1.0 / n)
    case = mechanical({"beam": flowing("creep", **STIFF, **CREEPING)}, section="plane strain")
    found = []
    for count in (2, 4, 8):
        bent = Beam(case, beam(count), comm)
        for k in range(1, 9):
            bent.bend(rate * 20.0 * k)
            advance(bent, 20.0)
        found.append(bent.moment())
    title = "Beam that creeps, bent at a constant rate: moment, pJ/um"
    verify(title, found, exact, 0.01, "2, 4, 8", 1.0)
