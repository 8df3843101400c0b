"""Stress of swelling: a free body, layers, a sphere in a shell, one wave."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from cells import HELD, LOOSE, THIN, Stack, active, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.plan import Subdomain
from ecmcell.physics.mechanics import sheet_response, stress_response
from meshes import concentric, grid, layers
from record import Verify

BOOK = "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., 1970, section"
pytestmark = pytest.mark.mpi

YOUNG, POISSON = 100e3, 0.25  # MPa
SLOPE = 0.05  # linear chemical strain from empty to full
HOST = {
    "youngs_modulus": "100 GPa",
    "poisson_ratio": POISSON,
    "partial_molar_volume": f"{3 * SLOPE / 50000} m^3/mol",
}
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}


def mechanical(
    phases: dict,
    pressure: str = "0 MPa",
    sides: str = "roller",
    platen: dict | None = None,
    section: str | None = None,
    **tables: object,
):
    """A case with mechanics; an active phase needs an electrolyte even where none is meshed."""
    cell = {"temperature": "25 degC", "stack_pressure": pressure, "sides": sides} | (platen or {})
    cell |= {"section": section} if section else {}
    return make_case(phases, cell=cell, physics={"mechanics": True}, **tables)


def swelling_case(**tables: object):
    phases = {"active": active(0.5, **HOST), "matrix": electrolyte(**SOLID)}
    return mechanical(phases, interfaces={"active|matrix": kinetics()}, **tables)


def distance(stack: Stack, subdomain: Subdomain, exact: ufl.core.expr.Expr) -> float:
    """Largest distance of the stress in any cell of a part from a constant 3 x 3 stress, MPa."""
    domain = stack.domain
    difference = stack.mechanics.stresses.full_stress(subdomain) - exact
    size = ufl.sqrt(ufl.inner(difference, difference))
    space = domain.bodies[subdomain.body].cell_constants
    return domain.max(
        Average(domain, space, [(size, domain.dx(subdomain))]).owned().max(initial=0.0)
    )


def diagonal(stack: Stack, principal: list[float]) -> ufl.core.expr.Expr:
    """A stress with the given principal values along the axes."""
    xx, yy, zz = (stack.domain.constant(value) for value in principal)
    return ufl.as_matrix([[xx, 0, 0], [0, yy, 0], [0, 0, zz]])


def strain_freely(stack: Stack, strain: float) -> Subdomain:
    """Fill the active material until it swells by a linear strain."""
    (body,) = stack.active.values()
    body.x.x.array[:] = 0.5 + strain / SLOPE
    stack.mechanics.solve()
    return body.subdomain


@pytest.mark.reference("Eigenstrain", f"{BOOK} 150")
@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (2, LOOSE), (2, THIN), (3, None)])
def test_free_swelling_gives_no_stress(
    comm: MPI.Comm, verify: Verify, dim: int, section: str | None
) -> None:
    """A uniform change of stoichiometry without constraint: u = eps x, and stress below 1e-6 E eps.

    In plane strain the thickness is held, which gives sigma_zz = -E eps and u = (1 + nu) eps x in
    the plane (Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 150, eps for alpha T).
    """
    axes = [np.linspace(0.0, 4.0, 5)] + [np.linspace(0.0, 3.0, 4)] * (dim - 1)
    case = swelling_case(sides="free", section=section)
    stack = Stack(case, grid(axes, {0: "active"}), comm)
    strain = 0.01
    subdomain = strain_freely(stack, strain)
    growth = (1.0 + POISSON) * strain if section == HELD else strain

    held = -YOUNG * strain if section == HELD else 0.0
    stress = distance(stack, subdomain, diagonal(stack, [0.0, 0.0, held])) / (YOUNG * strain)
    title = f"Free swelling by ε, {section or '3D'}: "
    across = strain if section == LOOSE else 0.0
    assert stack.state.thickness_strain.value == pytest.approx(across, rel=1e-6)
    verify(title + "largest error of the stress, over E ε", stress, 0.0, 1e-6, "4")
    verify(title + "stretch of the stack", stack.state.axial_strain.value, growth, 1e-6, "4")
    region = stack.domain.bodies[subdomain.body]
    points = region.scalars.tabulate_dof_coordinates()[:, :dim]
    moved = stack.state.displacement[subdomain.body].x.array.reshape(-1, dim)
    moved = moved + np.outer(stack.state.axial_strain.value * points[:, 0], np.eye(dim)[0])
    error = stack.domain.max(np.abs(moved - growth * points).max(initial=0.0))
    verify(title + "displacement, over the largest", error / (growth * 4.0), 0.0, 1e-6, "4")


@pytest.mark.reference("Elasticity", f"{BOOK} 6")
@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (3, None)])
def test_layers_with_a_stiff_interface(
    comm: MPI.Comm, verify: Verify, dim: int, section: str | None
) -> None:
    """Two layers and the spring between them in series: stretch L = -p (L1/M1 + L2/M2 + 1/K).

    The swelling of the confined layer adds L2 3 K_2 eps/M2, K_2 being its bulk modulus, M1 and M2
    the moduli of confined compression.
    """
    case = mechanical(
        {"matrix": electrolyte(**SOLID), "active": active(0.5, **HOST)},
        pressure="50 MPa",
        section=section,
        interfaces={"active|matrix": kinetics(penalty_stiffness="1e5 MPa/um")},
    )
    stack = Stack(case, layers(dim, {"matrix": 3.0, "active": 2.0}, [3, 2]), comm)
    strain = 0.002
    strain_freely(stack, strain)
    soft = 20e3 * 0.7 / (1.3 * 0.4)
    hard = YOUNG * (1 - POISSON) / ((1 + POISSON) * (1 - 2 * POISSON))
    bulk = YOUNG / (3 * (1 - 2 * POISSON))
    growth = -50.0 * (3.0 / soft + 2.0 / hard + 1 / 1e5) + 2.0 * 3 * bulk * strain / hard
    title = f"Two layers joined by a spring, one swells, {dim}D: growth in µm"
    verify(title, stack.state.axial_strain.value * 5.0, growth, 1e-7, "3 + 2")
    (contact,) = stack.domain.interfaces
    traction = stack.mechanics.traction(contact)
    normal = ufl.inner(traction, stack.domain.normal("+")) * stack.domain.nodal(contact)
    area = stack.domain.boundary_area("collector")
    assert stack.domain.integral(normal).value == pytest.approx(-50.0 * area, rel=1e-7)


def confined(filler: str, section: str | None = None, poisson: float = 0.3) -> Case:
    """What swells, in a shell or ring that holds it back, in what fills the box by some modulus."""
    phases = {
        "active": active(0.5, **HOST),
        "shell": electrolyte(**SOLID | {"poisson_ratio": poisson}),
        "filler": electrolyte(youngs_modulus=filler, poisson_ratio=0.0),
    }
    interfaces = {
        "active|shell": kinetics(penalty_stiffness="1e6 MPa/um"),
        "shell|filler": {"bonded": True},
    }
    return mechanical(phases, interfaces=interfaces, sides="free", section=section)


def traction_between(stack: Stack) -> float:
    """Mean normal traction of the only contact, MPa."""
    (contact,) = stack.domain.interfaces
    measure = stack.domain.nodal(contact)
    pull = ufl.inner(stack.mechanics.traction(contact), stack.domain.normal("+")) * measure
    area = stack.domain.integral(stack.domain.constant(1.0) * measure).value
    return stack.domain.integral(pull).value / area


def lame_sphere(radius: float, boundary: float, strain: float, stiffness: float) -> float:
    """Pressure between a ball that swells and the shell around it.

    Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 136 (Lame): a ball under pressure
    p gives way by p a/(3 K_1), a shell by p a (1/(4 mu) + a^3/b^3/(3 K))/(1 - a^3/b^3), the
    interface by p over its stiffness; together they take up a eps.
    """
    young, poisson = 20e3, 0.3
    bulk, shear = young / (3 * (1 - 2 * poisson)), young / (2 * (1 + poisson))
    ratio = (radius / boundary) ** 3
    ball = radius / (3 * YOUNG / (3 * (1 - 2 * POISSON)))
    shell = radius * (1 / (4 * shear) + ratio / (3 * bulk)) / (1 - ratio)
    return radius * strain / (ball + shell + 1 / stiffness)


@pytest.mark.reference("Eigenstrain", f"Lamé: {BOOK} 136")
@pytest.mark.long
def test_sphere_in_shell(comm: MPI.Comm, verify: Verify) -> None:
    """A ball that swells in a shell: hydrostatic stress and traction are -p of Lame's solution.

    What is left of the box beyond the shell is so soft that the shell is free outside.
    """
    case = confined("1 MPa")
    exact = -lame_sphere(1.0, 1.6, 0.01, 1e6)
    stresses, tractions = [], []
    for count in (3, 6, 12):
        mesh = concentric(3, [1.0, 1.6, 1.7], [count, count, 1], list(case.phases))
        stack = Stack(case, mesh, comm)
        subdomain = strain_freely(stack, 0.01)
        domain, mechanics = stack.domain, stack.mechanics
        hydrostatic = mechanics.stresses.hydrostatic_stress(subdomain)
        inside = domain.integral(hydrostatic * domain.dx(subdomain)).value
        stresses.append(inside / domain.subdomain_volume(subdomain))
        tractions.append(traction_between(stack))
    title = "Sphere that swells in a shell: "
    verify(title + "hydrostatic stress inside, MPa", stresses, exact, 0.01, "3, 6, 12", 1.8)
    verify(title + "traction between the two, MPa", tractions, exact, 0.01, "3, 6, 12", 1.8)


def lame_disc(
    radius: float, boundary: float, strain: float, stiffness: float
) -> tuple[float, float]:
    """Pressure between a disc that swells and a ring, and the strain along both.

    Timoshenko and Goodier, Theory of Elasticity, 3rd ed., sections 28 and 151: with the strain e
    along the axis, the disc carries E_1 (e - eps) - 2 nu_1 p there and the ring E_2 e + 2 nu_2 m p,
    m = a^2/(b^2 - a^2), which together give no force. The disc's edge moves by
    a (eps - (p (1 - nu_1) + nu_1 sigma_z)/E_1), the ring's by a (p (1 + 2 m + nu_2) - nu_2
    sigma_z)/E_2; between them gives the interface by p over its stiffness.
    """
    young, poisson = 20e3, 0.3
    m = radius**2 / (boundary**2 - radius**2)
    disc = (1 - POISSON - 2 * POISSON**2) / YOUNG
    ring = (1 + 2 * m + poisson - 2 * m * poisson**2) / young
    equations = [
        [disc + ring + 1 / (stiffness * radius), POISSON - poisson],
        [2 * m * (poisson - POISSON), YOUNG * m + young],
    ]
    pressure, along = np.linalg.solve(equations, [(1 + POISSON) * strain, YOUNG * m * strain])
    return float(pressure), float(along)


@pytest.mark.reference("Eigenstrain", f"Lamé: {BOOK}s 28 and 151")
def test_disc_in_ring_of_free_thickness(comm: MPI.Comm, verify: Verify) -> None:
    """A disc that swells in a ring, with no mean force across the plane: Lame's solution.

    What is left of the box beyond the ring is so soft that the ring is free outside.
    """
    case = confined("0.1 MPa")  # of free thickness, unless told
    pressure, along = lame_disc(1.0, 1.6, 0.01, 1e6)
    tractions, strains, forces = [], [], []
    for count in (4, 8, 16):
        mesh = concentric(2, [1.0, 1.6, 1.7], [count, count, 1], list(case.phases))
        stack = Stack(case, mesh, comm)
        strain_freely(stack, 0.01)
        domain, mechanics = stack.domain, stack.mechanics
        tractions.append(traction_between(stack))
        strains.append(stack.state.thickness_strain.value)
        across = sum(
            mechanics.stresses.full_stress(p)[2, 2] * domain.dx(p) for p in domain.subdomains
        )
        forces.append(domain.integral(across).value)
    title = "Disc that swells in a ring, thickness free: "
    verify(title + "traction between the two, MPa", tractions, -pressure, 0.01, "4, 8, 16", 1.8)
    verify(title + "strain across the plane", strains, along, 0.001, "4, 8, 16", 1.8)
    assert forces == pytest.approx([0.0] * 3, abs=1e-7 * pressure)


@pytest.mark.reference("Eigenstrain", f"Lamé: {BOOK}s 28 and 151")
@pytest.mark.parametrize("poisson", [0.3, 0.499])
def test_disc_in_ring_in_plane_stress(comm: MPI.Comm, verify: Verify, poisson: float) -> None:
    """A disc that swells in a ring, both sheets: Lame, and no sheet locks.

    The edge of the disc moves by a (eps - p (1 - nu_1)/E_1), that of the ring by
    a p ((b^2 + a^2)/(b^2 - a^2) + nu_2)/E_2; between them gives the interface by p over its
    stiffness. Nothing acts across either.
    """
    case = confined("0.1 MPa", THIN, poisson)
    (a, b), stiffness, young, strain = (1.0, 1.6), 1e6, 20e3, 0.01
    ring = ((b**2 + a**2) / (b**2 - a**2) + poisson) / young
    exact = -strain / ((1 - POISSON) / YOUNG + ring + 1 / (stiffness * a))
    tractions, insides = [], []
    for count in (4, 8, 16):
        mesh = concentric(2, [a, b, b + 0.1], [count, count, 1], list(case.phases))
        stack = Stack(case, mesh, comm)
        subdomain = strain_freely(stack, strain)
        tractions.append(traction_between(stack))
        domain, stresses = stack.domain, stack.mechanics.stresses
        mean = domain.integral(stresses.hydrostatic_stress(subdomain) * domain.dx(subdomain)).value
        insides.append(mean / domain.subdomain_volume(subdomain))
        across = sum(abs(stresses.full_stress(p)[2, 2]) * domain.dx(p) for p in domain.subdomains)
        assert domain.integral(across).value < 1e-9 * abs(exact)
    title = f"Disc that swells in a ring of Poisson's ratio {poisson}, plane stress: "
    verify(title + "traction between the two, MPa", tractions, exact, 0.01, "4, 8, 16", 1.8)
    title += "hydrostatic stress inside, MPa"
    verify(title, insides, 2 * exact / 3, 0.01, "4, 8, 16", 1.8)


@pytest.mark.reference("Eigenstrain", "Eshelby 1957, doi:10.1098/rspa.1957.0133")
@pytest.mark.long
def test_sphere_in_a_large_matrix(comm: MPI.Comm, verify: Verify) -> None:
    """A sphere that would swell by eps strains by (1 + nu)/(3 (1 - nu)) eps, everywhere alike.

    Around it there is the same solid in shells that coarsen outwards; the edge of the cube is eight
    radii away, which changes the strain by some 0.1 %, as does the spring between the two.
    """
    phases = {
        "active": active(0.5, **HOST),
        "matrix": electrolyte(youngs_modulus="100 GPa", poisson_ratio=POISSON),
    }
    interfaces = {"active|matrix": kinetics(penalty_stiffness="1e8 MPa/um")}
    case = mechanical(phases, interfaces=interfaces, sides="free")
    free, strains, stresses, spreads = 0.01, [], [], []
    for count in (4, 8):
        radii, counts = [1.0, 1.3, 2.0, 4.0, 8.0], [count] + 4 * [count // 2]
        stack = Stack(case, concentric(3, radii, counts, ["active"] + 4 * ["matrix"]), comm)
        subdomain = strain_freely(stack, free)
        domain, strain = stack.domain, stack.mechanics.stresses.strain(subdomain)
        dx, volume = domain.dx(subdomain), domain.subdomain_volume(subdomain)
        hydrostatic = stack.mechanics.stresses.hydrostatic_stress(subdomain)
        stresses.append(domain.integral(hydrostatic * dx).value / volume)
        mean = domain.integral(ufl.tr(strain) / 3 * dx).value / volume
        difference = strain - domain.constant(mean) * ufl.Identity(3)
        square = domain.integral(ufl.inner(difference, difference) / 3 * dx).value / volume
        strains.append(mean / free)
        spreads.append(np.sqrt(square) / mean)
    title = "Sphere that swells by ε in a large matrix: "
    exact = (1 + POISSON) / (3 * (1 - POISSON))
    verify(title + "strain inside, over ε", strains, exact, 0.01, "4, 8", 1.8)
    exact = -2 * YOUNG * free / (3 * (1 - POISSON))
    verify(title + "hydrostatic stress inside, MPa", stresses, exact, 0.01, "4, 8", 1.8)
    verify(title + "spread of the strain inside, over its mean", spreads, 0.0, 0.01, "4, 8", 1.5)


@pytest.mark.reference("Eigenstrain", "Eshelby 1957, doi:10.1098/rspa.1957.0133")
@pytest.mark.parametrize(("dim", "section"), [(2, None), (2, THIN), (3, None)])
def test_response_of_a_wave_of_swelling(
    comm: MPI.Comm, verify: Verify, dim: int, section: str | None
) -> None:
    """The hydrostatic stress of a standing wave of swelling is -2E/(3(1-nu)) times it, everywhere.

    Eshelby 1957, doi:10.1098/rspa.1957.0133: displacements are the gradient of a potential, for
    which div u = (1+nu)/(1-nu) eps. Waves cos kx cos qy slide along all faces, as the platens let
    them. In a sheet it is -E/3 times the swelling, div u in the plane being (1 + nu) eps. Linear
    elements give a stress of first order; averages around nodes are better than that.
    """
    errors = []
    for count in (12, 24, 48):
        axes = [np.linspace(0.0, 2.0, count + 1), np.linspace(0.0, 1.0, count // 2 + 1)]
        axes += [np.array([0.0, 2.0 / count])] * (dim - 2)
        stack = Stack(swelling_case(section=section), grid(axes, {0: "active"}), comm)
        (body,) = stack.active.values()
        wave = fem.Function(body.x.function_space)
        wave.interpolate(lambda x: np.cos(np.pi * x[0]) * np.cos(np.pi * x[1]))
        strain = 0.01
        body.x.x.array[:] = 0.5 + strain / SLOPE * wave.x.array
        stack.mechanics.solve()
        assert stack.state.axial_strain.value == pytest.approx(0.0, abs=1e-3 * strain)
        domain = stack.domain
        answer = sheet_response(YOUNG) if section == THIN else stress_response(YOUNG, POISSON)
        exact = -answer * strain
        nodal = stack.mechanics.hydrostatic[body.subdomain.body].update()
        square = ((nodal - exact * wave) / exact) ** 2 * domain.dx(body.subdomain)
        errors.append(2.0 * np.sqrt(domain.integral(square).value / 2.0))
    title = f"Wave of swelling, {section or f'{dim}D'}: "
    title += "hydrostatic stress around nodes, error in the L2 norm"
    verify(title, errors, 0.0, 0.005, "12, 24, 48", 1.3)
