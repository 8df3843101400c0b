"""Bodies that hardly change their volume: neither do they lock, nor do their tractions scatter."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from cells import Stack, active, electrolyte, kinetics, make_case
from ecmcell.domain.average import Average
from ecmcell.numerics.newton import SolverStatistics
from meshes import concentric
from record import Verify

BOOK = "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., 1970, section"
pytestmark = pytest.mark.mpi

CORE, SHELL = (100e3, 0.25), 1e3  # MPa
STRAIN, STIFFNESS = 0.01, 1e6  # MPa/um
INNER, OUTER = 2.0, {2: 4.0, 3: 3.2}  # um, by dimension
SLOPE = 0.05  # linear chemical strain from empty to full


def swollen(comm: MPI.Comm, dim: int, poisson: float, count: int) -> tuple[Stack, SolverStatistics]:
    """A disc or ball that has swelled in a ring or shell, around which next to nothing is."""
    phases = {
        "core": active(
            0.5,
            youngs_modulus=f"{CORE[0]} MPa",
            poisson_ratio=CORE[1],
            partial_molar_volume=f"{3 * SLOPE / 50000} m^3/mol",
        ),
        "shell": electrolyte(youngs_modulus=f"{SHELL} MPa", poisson_ratio=poisson),
        "filler": electrolyte(youngs_modulus="0.01 MPa", poisson_ratio=0.0),
    }
    cell = {"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"}
    case = make_case(
        phases,
        interfaces={
            "core|shell": kinetics(penalty_stiffness=f"{STIFFNESS} MPa/um"),
            "shell|filler": {"bonded": True},
        },
        cell=cell | ({"section": "plane strain"} if dim == 2 else {}),
        physics={"mechanics": True},
    )
    mesh = concentric(dim, [INNER, OUTER[dim], OUTER[dim] + 0.2], [count, count, 1], list(phases))
    stack = Stack(case, mesh, comm)
    (core,) = stack.active.values()
    core.x.x.array[:] = 0.5 + STRAIN / SLOPE
    return stack, stack.mechanics.solve()


def tractions(stack: Stack) -> tuple[float, float]:
    """Mean pressure between the two, and the spread of its averages around nodes over it."""
    domain = stack.domain
    (contact,) = domain.interfaces
    pressure = -ufl.inner(stack.mechanics.traction(contact), domain.normal("+"))
    space = domain.bodies[contact.plus.body].scalars
    average = Average(domain, space, [(pressure, domain.nodal(contact), "+")])
    values, area = average.owned(), average.owned_weight
    whole = domain.total(area.sum())
    mean = domain.total(values @ area) / whole
    return mean, float(np.sqrt(domain.total((values - mean) ** 2 @ area) / whole) / mean)


def lame(dim: int, poisson: float) -> float:
    """Pressure between a disc and a ring in plane strain, or a ball and a shell.

    Lame: the core gives way by p a (1 + nu)(1 - 2 nu)/E or p a (1 - 2 nu)/E, the shell by
    p a (1 + nu)((1 - 2 nu) a^2 + b^2)/(E (b^2 - a^2)) or
    p a ((1 - 2 nu) a^3 + (1 + nu) b^3/2)/(E (b^3 - a^3)), the interface by p over its stiffness;
    together they take up the free growth, (1 + nu) a eps or a eps.
    """
    (young, own), a, b = CORE, INNER**dim, OUTER[dim] ** dim
    soft = (1 - 2 * poisson) * a
    core = (1 - 2 * own) / young
    if dim == 2:
        core, growth = (1 + own) * core, (1 + own) * STRAIN
        shell = (1 + poisson) * (soft + b) / (SHELL * (b - a))
    else:
        growth, shell = STRAIN, (soft + (1 + poisson) * b / 2) / (SHELL * (b - a))
    return growth / (core + shell + 1 / (STIFFNESS * INNER))


@pytest.mark.reference("Eigenstrain", f"Lamé: {BOOK}s 28 and 151")
@pytest.mark.parametrize("poisson", [0.3, 0.45, 0.49, 0.499])
def test_disc_in_a_ring_that_keeps_its_volume(
    comm: MPI.Comm, verify: Verify, poisson: float
) -> None:
    """A ring does not lock, however little it changes its volume, and its traction is even.

    Linear displacements are 23 % too stiff at 0.49 and more than twice at 0.499; quadratic ones
    without the mean change of volume have tractions that scatter by 28 % on the finest mesh.
    """
    found = [tractions(swollen(comm, 2, poisson, count)[0]) for count in (4, 8, 16)]
    means, spreads = zip(*found, strict=True)
    title, exact = f"Disc that swells in a ring of Poisson's ratio {poisson}: ", lame(2, poisson)
    verify(title + "traction, MPa", means, exact, 0.003, "4, 8, 16", 1.8)
    if poisson > 0.4:
        title += "spread of the traction around nodes, over its mean"
        verify(title, spreads, 0.0, 0.001, "4, 8, 16", 1.5)


@pytest.mark.reference("Eigenstrain", f"Lamé: {BOOK} 136")
def test_ball_in_a_shell_that_keeps_its_volume(comm: MPI.Comm, verify: Verify) -> None:
    """The same in space, where multigrid has to cope with it."""
    means, spreads = [], []
    for count in (2, 4):
        stack, statistics = swollen(comm, 3, 0.49, count)
        mean, spread = tractions(stack)
        means.append(mean)
        spreads.append(spread)
        assert statistics.longest < 150
    title, exact = "Ball that swells in a shell of Poisson's ratio 0.49: ", lame(3, 0.49)
    verify(title + "traction, MPa", means, exact, 0.01, "2, 4", 1.8)
    title += "spread of the traction around nodes, over its mean"
    verify(title, spreads, 0.0, 0.03, "2, 4", 1.5)
