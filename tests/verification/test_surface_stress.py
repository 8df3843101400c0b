"""Stress at surfaces and interfaces, where it is largest: of second order there as inside."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from cells import Stack, active, electrolyte, kinetics, make_case, make_cell
from ecmcell.domain.gather import gather_nodes, gather_points
from ecmcell.domain.region import Region
from ecmcell.domain.smoothing import SmoothAverage
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import TAGS, assemble
from ecmcell.numerics.fixed_point import transfer
from ecmcell.physics import interfaces
from ecmcell.physics.mechanics import max_principal, stress_response, von_mises
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.deformation.stresses import largest
from ecmcell.simulation.cell import Cell
from meshes import concentric, unstructured
from record import Verify

BOOK = "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., 1970, sections"
pytestmark = pytest.mark.mpi

YOUNG, POISSON = 100e3, 0.25  # MPa
SLOPE = 0.05  # linear chemical strain from empty to full
RISE = 0.1 * SLOPE  # how much the strain changes along a radius
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
SOFT_AROUND = {"soft": electrolyte(youngs_modulus="1 MPa", poisson_ratio=0.0)}
RESPONSE = stress_response(YOUNG, POISSON)


def ball(comm: MPI.Comm, dim: int, around: dict, mesh: Callable[[list[str]], MeshData]) -> Stack:
    """A ball of radius 1 um in shells and a soft filler, on a mesh of phases from inside out."""
    host = active(
        0.5,
        youngs_modulus="100 GPa",
        poisson_ratio=POISSON,
        partial_molar_volume=f"{3 * SLOPE / 50000} m^3/mol",
    )
    phases = {"active": host} | around
    first, *rest = around
    laws = {f"active|{first}": kinetics(penalty_stiffness="1e8 MPa/um")}
    laws |= {f"{first}|{other}": {"bonded": True} for other in rest}
    case = make_case(
        phases,
        interfaces=laws,
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"}
        | ({"section": "plane strain"} if dim == 2 else {}),
        physics={"mechanics": True},
        solver={"linear": "direct"},
    )
    return Stack(case, mesh(list(phases)), comm)


def swell(stack: Stack | Cell, powers: tuple[float, ...]) -> None:
    """Strain the ball freely by -RISE times a sum of squares of the distances along the axes."""
    (body,) = stack.active.values()
    x = places(body.x.function_space.tabulate_dof_coordinates(), stack)
    body.x.x.array[:] = 0.5 - RISE / SLOPE * x[:, : len(powers)] ** 2 @ np.array(powers)
    stack.the(Mechanics).solve()


def places(points: np.ndarray, stack: Stack | Cell) -> np.ndarray:
    """Places as seen from the centre of the ball."""
    return points - [stack.domain.bounds[1, 0], 0.0, 0.0]


def at_surface(
    stack: Stack, region: Region, function: fem.Function, radius: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Places of the nodes of a region at a distance from the centre, and a function there."""
    points, values = stack.domain.comm.bcast((gather_points(region), gather_nodes(function)))
    x = places(points, stack)
    outside = np.abs(np.linalg.norm(x, axis=1) - radius) < 1e-6
    return x[outside], values.ravel()[outside]


def rms(found: np.ndarray, exact: np.ndarray | float, unit: float) -> float:
    """Error over a unit, root of the mean square over all nodes of the surface."""
    return float(np.sqrt(np.mean((found - exact) ** 2)) / unit)


@pytest.mark.reference("Eigenstrain", f"{BOOK} 150 and 152")
def test_disc(comm: MPI.Comm, verify: Verify) -> None:
    """A free disc in plane strain that swells by -2a y2 = a (x2 - y2) - a r2.

    The harmonic part leaves no stress in the plane and -E eps across it; the other one leaves
    E/(1-nu) (mean - eps) in the plane, summed over both directions, and nu times that less E eps
    across it.
    """
    found = []
    for count in (8, 16, 32):
        stack = ball(comm, 2, SOFT_AROUND, partial(unstructured, 2, [1.0, 1.2], 1 / count))
        swell(stack, (0.0, 2.0))
        (name,) = stack.active
        stress = stack.mechanics.hydrostatic[name].update()
        x, values = at_surface(stack, stack.domain.bodies[name], stress)
        harmonic, radial, mean = RISE * (x[:, 0] ** 2 - x[:, 1] ** 2), -RISE, -RISE / 2
        exact = RESPONSE * (mean - radial) - YOUNG * (mean + harmonic) / 3
        found.append(rms(values, exact, np.abs(exact).max()))
    title = "Free disc that swells by -2ay²: error of the hydrostatic stress at its surface, rms"
    verify(title, found, 0.0, 0.005, "8, 16, 32", 1.3)


@pytest.mark.reference("Eigenstrain", f"{BOOK} 152")
def test_sphere(comm: MPI.Comm, verify: Verify) -> None:
    """A free ball that swells by -a r2: 2E/(3(1-nu)) times the mean strain less the local one.

    All of that along the surface: half as much again is each of the two principal stresses there,
    and the equivalent one.
    """
    exact = RESPONSE * RISE * (1 - 3 / 5)
    means, errors = [], []
    invariants: dict[str, list[float]] = {"largest principal": [], "von Mises": []}
    for count in (7, 14):
        mesh = partial(concentric, 3, [1.0, 1.2], [count, 1])
        stack = ball(comm, 3, SOFT_AROUND, mesh)
        swell(stack, (1.0, 1.0, 1.0))
        (name,) = stack.active
        stress = stack.mechanics.hydrostatic[name].update()
        _, values = at_surface(stack, stack.domain.bodies[name], stress)
        means.append(values.mean())
        errors.append(rms(values, exact, exact))
        recovered = stack.mechanics.stresses.at_nodes(name)
        for kind, invariant in zip(invariants, (max_principal, von_mises), strict=True):
            at_nodes = largest(recovered, invariant)
            _, values = at_surface(stack, stack.domain.bodies[name], at_nodes)
            invariants[kind].append(rms(values, 1.5 * exact, 1.5 * exact))
    title = "Free sphere that swells by -ar²: hydrostatic stress at its surface, MPa"
    verify(title, means, exact, 0.005, "7, 14", 1.6)
    verify(title + ", error at one node, rms", errors[-1], 0.0, 0.01, "14")
    for kind, found in invariants.items():
        title = f"Free sphere that swells by -ar²: error of the {kind} stress at its surface, rms"
        verify(title, found, 0.0, 0.015, "7, 14", 1.8)


@pytest.mark.reference("Eigenstrain", f"{BOOK} 152")
def test_stress_in_cells(comm: MPI.Comm, verify: Verify) -> None:
    """What maps tell of cells, in all of such a ball: not only the equivalent stress is that there.

    Along a radius it is 2E/(1-nu) a (r2 - 1)/5, across E/(1-nu) a (r2 - (2 + r2)/5).
    """
    scale = YOUNG / (1 - POISSON) * RISE
    found: dict[str, list[float]] = {"Maximum principal stress": [], "Von Mises stress": []}
    for count in (7, 14):
        mesh = concentric(3, [1.0, 1.2], [count, 1], ["active", "soft"])
        case = ball(comm, 3, SOFT_AROUND, lambda _, made=mesh: made).mechanics.case
        cell = make_cell(case, mesh, comm)
        swell(cell, (1.0, 1.0, 1.0))
        maps = Maps(cell, Observables(cell))
        fields, shape = comm.bcast((maps.cell_fields(), maps.mesh()))
        inside = shape.cell_phase == shape.phase_names.index("active")
        middles = places(shape.points[shape.cells[inside]].mean(axis=1), cell)
        square = (middles**2).sum(axis=1)
        along, across = 2 * scale * (square - 1) / 5, scale * (square - (2 + square) / 5)
        exact = {
            "Maximum principal stress": np.maximum(along, across),
            "Von Mises stress": np.abs(along - across),
        }
        for name, errors in found.items():
            errors.append(rms(fields[f"{name} [MPa]"][inside], exact[name], 0.4 * scale))
    for name, errors in found.items():
        title = f"Free sphere that swells by -ar²: {name} in cells, error over the largest, rms"
        verify(title, errors, 0.0, 0.05, "7, 14", 0.9)


@pytest.mark.reference("Eigenstrain", f"{BOOK} 136 and 152")
def test_sphere_in_shell(comm: MPI.Comm, verify: Verify) -> None:
    """The same held by a shell: both sides of the interface, and what they pull at each other.

    The shell presses with p on the ball, whose stress that lowers as much everywhere (Lame); in the
    shell the hydrostatic stress is p m with m = a3/(b3 - a3), and 3 p m b3/(2 r3) the equivalent
    one. Where the shell ends, that is larger than in what it shares a body with.
    """
    outer = 1.6
    m = 1.0 / (outer**3 - 1.0)
    bulk, shear = 20e3 / (3 * 0.4), 20e3 / 2.6
    gives = 3 * (1 - 2 * POISSON) / YOUNG / 3 + m / (3 * bulk) + (1 + m) / (4 * shear)
    pressure = -RISE * 3 / 5 / gives
    inside, outside, tractions, scatter = [], [], [], []
    equivalents: dict[float, list[float]] = {1.0: [], outer: []}
    for count in (4, 8):
        mesh = partial(concentric, 3, [1.0, outer, 1.7], [count, count, 1])
        stack = ball(comm, 3, {"shell": electrolyte(**SOLID)} | SOFT_AROUND, mesh)
        swell(stack, (1.0, 1.0, 1.0))
        domain, (name,) = stack.domain, stack.active
        shell = next(
            subdomain.body for subdomain in domain.subdomains if subdomain.phase == "shell"
        )
        for body, found in ((name, inside), (shell, outside)):
            stress = stack.mechanics.hydrostatic[body].update()
            found.append(at_surface(stack, domain.bodies[body], stress)[1].mean() / pressure)
        stress = largest(stack.mechanics.stresses.at_nodes(shell), von_mises)
        for radius, found in equivalents.items():
            _, values = at_surface(stack, domain.bodies[shell], stress, radius)
            found.append(values.mean() / abs(pressure))
        (contact,) = domain.interfaces
        one, measure = domain.constant(1.0), domain.nodal(contact)
        pull = interfaces.normal_component(stack.mechanics.traction(contact), domain.normal("+"))
        area = domain.integral(one * measure).value
        tractions.append(domain.integral(pull * measure).value / area / pressure)
        region = domain.bodies[contact.plus.body]
        smooth = SmoothAverage(domain, region, contact, pull, "+").update()
        _, values = at_surface(stack, region, smooth)
        scatter.append(rms(values / pressure, -1.0, 1.0))
    title = "Sphere in a shell, over the pressure between the two: {} at the interface"
    exact = RESPONSE * RISE * (1 - 3 / 5) / pressure - 1.0
    verify(title.format("hydrostatic stress inside"), inside, exact, 0.01, "4, 8", 1.5)
    verify(title.format("hydrostatic stress outside"), outside, m, 0.03, "4, 8", 1.8)
    verify(title.format("normal traction"), tractions, -1.0, 0.05, "4, 8", 1.8)
    title = "Sphere in a shell: error of the normal traction at one node, over that traction, rms"
    verify(title, scatter, 0.0, 0.08, "4, 8", 1.2)
    title = "Sphere in a shell, over the pressure between the two: von Mises stress where it {}"
    for radius, where in ((1.0, "begins"), (outer, "ends, next to a soft filler")):
        exact = 1.5 * m * (outer / radius) ** 3
        verify(title.format(where), equivalents[radius], exact, 0.06, "4, 8", 1.3)


def cut_through(dim: int, radii: list[float], count: int, phases: list[str]) -> MeshData:
    """Concentric shells whose plane of symmetry is an electrode, from the second phase on."""
    mesh = concentric(dim, radii, [count, count, 1], phases)
    region = np.array([phases.index(mesh.grain_phase[k]) for k in mesh.cell_grain])

    def tags(points: np.ndarray, facets: np.ndarray) -> np.ndarray:
        corners = points[facets] - radii[-1] * np.eye(dim)[0]
        on_plane = (np.abs(corners[..., 0]) < 1e-9).all(axis=1)
        beyond = np.linalg.norm(corners, axis=2).max(axis=1) > radii[0] + 1e-6
        at_start = (np.abs(corners[..., 0] + radii[-1]) < 1e-9).all(axis=1)
        at = [TAGS.index(tag) for tag in ("anode", "collector", "side")]
        return np.select([on_plane & beyond, on_plane | at_start], at[:2], at[2])

    return assemble(mesh.points, mesh.cells, region, dict(enumerate(phases)), tags)


@pytest.mark.reference("Eigenstrain", f"{BOOK} 28, 136, 150 and 152")
@pytest.mark.parametrize(
    ("dim", "counts"), [(2, (4, 8, 16)), pytest.param(3, (4, 8), marks=pytest.mark.long)]
)
def test_normal_stress_on_an_electrode(
    comm: MPI.Comm, verify: Verify, dim: int, counts: tuple[int, ...]
) -> None:
    """The plane that halves the shell around a ball or, in plane strain, a disc that shrinks.

    It carries the stress around the ball, -p m (1 + b2/r2) or -p m (1 + b3/(2 r3)): up to where
    the electrode begins. What averages of the stress in cells miss there is 15 % or more.
    """
    outer, errors = 1.6, []
    m, bulk, shear = 1.0 / (outer**dim - 1.0), 20e3 / (3 * 0.4), 20e3 / 2.6
    if dim == 3:
        gives = (1 - 2 * POISSON) / YOUNG + m / (3 * bulk) + (1 + m) / (4 * shear)
        pressure = -RISE * 3 / 5 / gives
    else:
        gives = (1 + POISSON) * (1 - 2 * POISSON) / YOUNG
        gives += 1.3 / 20e3 * m * (0.4 + outer**2)
        pressure = -RISE / 2 * (1 + POISSON) / gives
    for count in counts:
        mesh = partial(cut_through, dim, [1.0, outer, 1.7], count)
        stack = ball(comm, dim, {"shell": electrolyte(**SOLID)} | SOFT_AROUND, mesh)
        swell(stack, (1.0,) * dim)
        domain = stack.domain
        shell = next(
            subdomain.body for subdomain in domain.subdomains if subdomain.phase == "shell"
        )
        transfer(stack.mechanics.couple())
        points, values = domain.comm.bcast(
            (gather_points(domain.bodies[shell]), gather_nodes(stack.state.normal_stress[shell]))
        )
        x = places(points, stack)
        radius = np.linalg.norm(x, axis=1)
        on_plane = (np.abs(x[:, 0]) < 1e-9) & (radius < 1.45)  # away from the soft filler
        exact = pressure * m * (1.0 + outer**dim / ((dim - 1) * radius[on_plane] ** dim))
        errors.append(rms(values.ravel()[on_plane], exact, np.abs(exact).max()))
    kind = "Disc" if dim == 2 else "Ball"
    title = f"{kind} in a shell cut by an electrode: error of the normal stress on this, rms"
    verify(title, errors, 0.0, 0.03, ", ".join(map(str, counts)), 1.2)
