"""Stress of lithium that diffuses into a free sphere and is not driven by stress itself."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from cells import Stack, drive, make_cell
from ecmcell.case.units import FARADAY
from ecmcell.domain.gather import gather_nodes, gather_points
from ecmcell.physics.mechanics import von_mises
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.deformation.stresses import largest
from ecmcell.simulation.cell import Cell
from exact import filling
from record import Verify
from swelling import CONCENTRATION, DIFFUSIVITY, EDGE, POISSON, SLOPE, YOUNG, ball_case, ball_mesh

pytestmark = pytest.mark.mpi

MODULUS = YOUNG * 3 * SLOPE / (1 - POISSON)  # E Omega c_max/(1 - nu) in MPa
CENTRE = np.array([EDGE, 0.0, 0.0])
ONE_WAY = {"stress_in_flux": False, "stress_in_kinetics": False}


def at_centre(stack: Stack | Cell) -> float:
    """Hydrostatic stress at the centre, MPa."""
    (body,) = stack.active.values()
    stress = stack.the(Mechanics).hydrostatic[body.subdomain.body].update()
    region = stack.domain.bodies[body.subdomain.body]
    points, values = stack.domain.comm.bcast((gather_points(region), gather_nodes(stress)))
    return float(values.ravel()[np.linalg.norm(points - CENTRE, axis=1).argmin()])


def mean_at_surface(cell: Cell, stress: fem.Function) -> float:
    """Mean over the nodes of its surface."""
    (body,) = cell.active.values()
    region = cell.domain.bodies[body.subdomain.body]
    points, values = cell.domain.comm.bcast((gather_points(region), gather_nodes(stress)))
    outside = np.abs(np.linalg.norm(points - CENTRE, axis=1) - 1.0) < 1e-6
    return float(values.ravel()[outside].mean())


@pytest.mark.reference(
    "Diffusion-induced stress",
    "Cheng and Verbrugge 2009, doi:10.1016/j.jpowsour.2009.01.021, potentiostatic",
)
def test_constant_surface_concentration(comm: MPI.Comm, verify: Verify) -> None:
    """The stress at the centre is largest at D t/R2 = 0.0574: 0.38557 E Omega dc/(3 (1 - nu)).

    The concentration at the nodes is the exact one.
    """
    rise, found = 0.1, []
    for count in (10, 20):
        stack = Stack(ball_case(**ONE_WAY), ball_mesh(3, count), comm)
        (body,) = stack.active.values()
        nodes = body.x.function_space.tabulate_dof_coordinates()
        radius = np.linalg.norm(nodes - CENTRE, axis=1)
        body.x.x.array[:] = 0.5 + rise * filling(radius, 0.0574)
        stack.mechanics.solve()
        found.append(at_centre(stack) / (rise * MODULUS / 3))
    verify(
        "Constant surface concentration: largest stress at the centre, over E Ω Δc/(3 (1−ν))",
        found,
        0.38557,
        0.002,
        "10, 20",
        1.6,
    )


@pytest.mark.reference(
    "Diffusion-induced stress",
    "Cheng and Verbrugge 2009, doi:10.1016/j.jpowsour.2009.01.021, galvanostatic",
)
def test_constant_flux(comm: MPI.Comm, verify: Verify) -> None:
    """Late, the hoop stress is E Omega J R/(15 (1 - nu) D) (1 - 2 r2/R2).

    Long steps reach this state. Stresses are constant in linear elements, but for the swelling:
    at the surface, the line in r2 that is closest to them tells the stress. Recovered at nodes it
    is known there; at the surface it is the equivalent one.
    """
    flux, step, steps = 8e-4, 25.0, 6  # um/s in stoichiometry, s
    unit = MODULUS * flux / (15 * DIFFUSIVITY)
    centre, surface, nodes = [], [], []
    for count in (6, 12):
        cell = make_cell(ball_case(**ONE_WAY), ball_mesh(3, count), comm)
        cell.initialise()
        for _ in range(steps):
            drive(cell, flux * FARADAY * CONCENTRATION * np.pi / 2, step)
        centre.append(at_centre(cell) / unit)

        (body,) = cell.active.values()
        away = ufl.SpatialCoordinate(cell.domain.mesh) - ufl.as_vector(CENTRE)
        square = ufl.inner(away, away)
        stresses, name = cell.the(Mechanics).stresses, body.subdomain.body
        stress = stresses.full_stress(body.subdomain)
        hoop = (ufl.tr(stress) - ufl.inner(away, stress * away) / square) / 2
        one, dx = cell.domain.constant(1.0), cell.domain.dx(body.subdomain)
        moments = [cell.domain.integral(one * square**n * dx).value for n in range(3)]
        sums = [cell.domain.integral(hoop * square**n * dx).value for n in range(2)]
        nodes.append(-mean_at_surface(cell, largest(stresses.at_nodes(name), von_mises)) / unit)
        surface.append(np.linalg.solve([moments[:2], moments[1:]], sums).sum() / unit)
    title = "Constant flux, late: hoop stress at the {}, over E Ω J R/(15 (1−ν) D)"
    verify(title.format("centre"), centre, 1.0, 0.01, "6, 12", 1.8)
    verify(title.format("surface"), surface, -1.0, 0.01, "6, 12", 1.8)
    title = "Constant flux, late: stress along the surface at its nodes, over E Ω J R/(15 (1−ν) D)"
    verify(title, nodes, -1.0, 0.02, "6, 12", 1.5)
