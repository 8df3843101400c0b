"""Stress that drives lithium: in a free body it acts as a larger diffusivity and nothing else."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from cells import HELD, LOOSE, TEMPERATURE, THIN, drive, make_cell
from ecmcell.case.units import FARADAY, GAS_CONSTANT
from ecmcell.domain.gather import gather_nodes, gather_points
from ecmcell.numerics.fixed_point import transfer
from ecmcell.numerics.linear import NotConverged
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.simulation.cell import Cell
from record import Verify
from swelling import CONCENTRATION, DIFFUSIVITY, EDGE, POISSON, SLOPE, YOUNG, ball_case, ball_mesh

SOURCE = (
    "two ways: Zhang, Shyy and Sastry 2007, doi:10.1149/1.2759840, eq. 15; "
    "Christensen and Newman 2006, doi:10.1149/1.2185287"
)
pytestmark = pytest.mark.mpi

RESPONSE = 2 * YOUNG / (3 * (1 - POISSON))  # MPa


def theta(response: float) -> float:
    """By what stress adds to the diffusivity at a stoichiometry of one, over D."""
    return 3 * SLOPE**2 * response / (CONCENTRATION * GAS_CONSTANT * TEMPERATURE)


def ball_cell(comm: MPI.Comm, dim: int, count: int, section: str | None = None) -> Cell:
    """A quarter disc or octant of a ball of radius 1 um in an electrolyte too soft to hold it."""
    return make_cell(ball_case(section, stress_in_kinetics=False), ball_mesh(dim, count), comm)


def values(cell: Cell, function: fem.Function) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the centre, and value, at all nodes of the host, on every rank."""
    (region,) = (cell.domain.bodies[b] for b in cell.active)
    points, found = cell.domain.comm.bcast((gather_points(region), gather_nodes(function)))
    return np.linalg.norm(points - [EDGE, 0.0, 0.0], axis=1), found.ravel()


@pytest.mark.reference("Diffusion-induced stress", SOURCE)
@pytest.mark.parametrize(
    ("dim", "count", "section"),
    [
        (2, 24, HELD),
        (2, 24, LOOSE),
        (2, 24, THIN),
        pytest.param(3, 10, None, marks=pytest.mark.long),
    ],
)
def test_galvanostatic_profile(
    comm: MPI.Comm, verify: Verify, dim: int, count: int, section: str | None
) -> None:
    """A cylinder and a ball filled at constant current, theta x = 2.7: within 1 %, in few passes.

    The hydrostatic stress of a free body falls locally by 2E/(3(1-nu)) times its swelling, so that
    N = -D (1 + theta x) c_max grad x with theta = 2 E Omega^2 c_max/(9 (1-nu) R T) (Zhang, Shyy and
    Sastry 2007, doi:10.1149/1.2759840, eq. 15). A flux J r/R of x through it then makes
    x + theta x^2/2 = J r^2/(2 D R) + const, and the stress at the centre of the ball
    E Omega J R c_max/(15 (1-nu) D (1 + theta x)) (Christensen and Newman 2006,
    doi:10.1149/1.2185287, for small strain). In plane strain the mean swelling adds -E eps/3. In
    plane stress E/3 is instead of 2E/(3(1-nu)), as sigma_r + sigma_t = E (mean eps - eps)
    (Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 150, eps for alpha T).
    """
    cell = ball_cell(comm, dim, count, section)
    cell.initialise()
    (body,) = cell.active.values()
    flux, steps = 4e-4, 12  # um/s
    step = 3.0 if section == THIN else 1.0  # s; slower without the stress across the plane
    area = dim * cell.domain.subdomain_volume(body.subdomain)  # um2; of the ball that the mesh is
    current = flux * FARADAY * CONCENTRATION * area
    iterations = [drive(cell, current, step) for _ in range(steps)]
    assert max(iterations) <= 12
    assert iterations[-1] <= 6

    response = YOUNG / 3 if section == THIN else RESPONSE
    driven = theta(response)
    radius, x = values(cell, body.x)
    slope, _ = np.polyfit(radius**2, x + driven * x**2 / 2, 1)
    mean = 0.5 + dim * flux * steps * step
    shape = f"Cylinder in {section}" if section else "Sphere"
    title = f"{shape}, constant flux, θ x = {driven * mean:.1f}: "
    exact = flux / (2 * DIFFUSIVITY)
    verify(title + "slope of x + θ x²/2 over r², 1/µm²", slope, exact, 0.01, str(count))

    diffusivity = DIFFUSIVITY * (1 + driven * mean)
    below = {2: 0.25, 3: 0.3}[dim] * flux / diffusivity  # x at the centre below the mean
    held = -YOUNG * SLOPE * (mean - 0.5) / 3 if section == HELD else 0.0
    radius, stress = values(cell, cell.the(Mechanics).hydrostatic[body.subdomain.body].update())
    _, found = np.polyfit(radius**2, stress - held, 1)
    centre = response * SLOPE * below
    verify(title + "hydrostatic stress at the centre, MPa", found, centre, 0.01, str(count))
    found = stress[radius > 1 - 1e-6].mean() - held
    surface = centre - response * SLOPE * flux / (2 * diffusivity)
    verify(title + "hydrostatic stress at the surface, MPa", found, surface, 0.01, str(count))


@pytest.mark.reference("Diffusion-induced stress", SOURCE)
def test_small_flux(comm: MPI.Comm, verify: Verify) -> None:
    """A ball in which x hardly changes, late: D is (1 + theta x) D, to second order in the mesh."""
    flux, meshes, slopes = 1e-6, (5, 10), []  # um/s
    for count in meshes:
        cell = ball_cell(comm, 3, count)
        cell.initialise()
        for _ in range(4):
            drive(cell, flux * FARADAY * CONCENTRATION * np.pi / 2, 10.0)
        (body,) = cell.active.values()
        radius, x = values(cell, body.x)
        slopes.append(np.polyfit(radius**2, x, 1)[0])
    found = flux / (2 * DIFFUSIVITY) / np.array(slopes)
    title = "Sphere, small constant flux, late: diffusivity over that without stress"
    verify(title, found, 1 + theta(RESPONSE) * 0.5, 0.01, "5, 10", 1.8)


def test_turns_need_the_answer_of_stress_to_swelling(comm: MPI.Comm) -> None:
    """To keep the stress of the last pass diverges here: that it follows the swelling is needed."""
    cell = ball_cell(comm, 2, 6, HELD)
    cell.initialise()
    (body,) = cell.active.values()
    body.swellings[0].response[0].value = 0.0
    transfer(cell.the(Mechanics).couplings)
    with pytest.raises(NotConverged):
        # In shorter steps storage at the nodes, which neighbours do not share, keeps it in bounds.
        drive(cell, 1e-4 * FARADAY * CONCENTRATION * np.pi / 2, 4.0)
