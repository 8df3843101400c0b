"""Metals that flow: bars, and cylinders and balls around a core that grows, against exact ones."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI
from scipy.optimize import brentq

from cells import Stack, active, begin_deformation, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Subdomain
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.physics import plasticity
from ecmcell.physics.mechanics import von_mises
from ecmcell.processes.deformation.energies import Energies
from ecmcell.processes.deformation.flow import Flow
from ecmcell.processes.deformation.stresses import largest
from meshes import concentric, layers
from record import Verify

HILL = "Hill, The Mathematical Theory of Plasticity, 1950, ch. V"
CREEP = "Odqvist, Mathematical Theory of Creep and Creep Rupture, 1966, ch. 4"
pytestmark = pytest.mark.mpi

RATE, STRESS, EXPONENT = 1e-3, 0.8, 6.6  # 1/s, MPa
SOFT = {"youngs_modulus": "7.82 GPa", "poisson_ratio": 0.381}
CREEPING = {
    "creep_rate": f"{RATE} 1/s",
    "creep_stress": f"{STRESS} MPa",
    "creep_exponent": EXPONENT,
}


def flowing(how: str, **properties: object) -> dict:
    """A phase that flows."""
    return electrolyte(**properties) | {"plasticity": how}


def mechanical(phases: dict, **cell: str) -> Case:
    given = {"temperature": "25 degC", "sides": "free", "stack_pressure": "0 MPa"} | cell
    joined = {name: {"bonded": True} for name in ("shell|filler",) if "filler" in phases}
    if "core" in phases:
        joined["core|shell"] = kinetics(penalty_stiffness="1e6 MPa/um")
    return make_case(
        phases,
        cell=given,
        physics={"mechanics": True},
        interfaces=joined,
        solver={"linear": "direct"},  # next to nothing fills the corner
    )


def advance(stack: Stack, step: float) -> None:
    """One time step of some s."""
    begin_deformation(stack, step)
    stack.mechanics.solve()


@pytest.mark.reference("Plasticity", "Norton's law under a constant stress")
@pytest.mark.parametrize(
    "section", [{"section": "plane strain"}, {"section": "generalised plane strain"}, {}]
)
def test_bar_creeps(comm: MPI.Comm, verify: Verify, section: dict[str, str]) -> None:
    """A bar under a pressure p shortens at the rate of the law; held in the plane, by more stress.

    With zero strain out of the plane and steady flow, sigma_zz = sigma_xx/2, so that q is
    sqrt(3)/2 p and the bar shortens sqrt(3)/2 times as fast as q says.
    """
    bar = {"bar": flowing("creep", **SOFT, **CREEPING)}
    case = mechanical(bar, stack_pressure="0.9 MPa", **section)
    stack = Stack(case, layers(2 if section else 3, {"bar": 4.0}, [4]), comm)
    stack.mechanics.solve()
    lengths = []
    for _ in range(12):
        advance(stack, 20.0)
        lengths.append(stack.state.axial_strain.value)
    name = section.get("section", "3D")
    fraction = np.sqrt(0.75) if name == "plane strain" else 1.0
    exact = -fraction * RATE * (fraction * 0.9 / STRESS) ** EXPONENT
    title = f"Bar under a pressure, {name}: rate of shortening, 1/s"
    verify(title, (lengths[-1] - lengths[-2]) / 20.0, exact, 1e-6, "4")


@pytest.mark.reference("Plasticity", "Norton's law with Hooke's, integrated")
def test_bar_relaxes(comm: MPI.Comm, verify: Verify) -> None:
    """A bar whose length is kept: sigma^(1-n) = sigma_0^(1-n) + (n-1) E rate stress^-n t."""
    young, start, end = 7820.0, 2.0, 1.0
    case = mechanical(
        {"bar": flowing("creep", **SOFT, **CREEPING)}, stack_pressure=f"{start} MPa", platen="gap"
    )
    grown = (EXPONENT - 1.0) * young * RATE * STRESS**-EXPONENT * end
    exact = (start ** (1.0 - EXPONENT) + grown) ** (1.0 / (1.0 - EXPONENT))
    found = []
    for count in (20, 40, 80):
        stack = Stack(case, layers(3, {"bar": 4.0}, [2]), comm)
        stack.mechanics.solve()
        stack.mechanics.platens.rest(1.0)
        for _ in range(count):
            advance(stack, end / count)
        found.append(stack.state.pressure.value)
    title = "Bar of constant length: stress after some time, MPa"
    verify(title, found, exact, 0.01, "20, 40, 80 steps", 0.9)


CORE = {
    "youngs_modulus": "100 GPa",
    "poisson_ratio": 0.25,
    "partial_molar_volume": "3e-6 m^3/mol",  # a linear strain of 0.05 from empty to full
}
SLOPE = 0.05
FILLER = {"youngs_modulus": "1e-6 GPa", "poisson_ratio": 0.0}
INNER, OUTER = 1.0, 2.0


def around_a_core(shell: dict, **cell: str) -> Case:
    """A core that can be made to grow, in a shell that flows; next to nothing outside."""
    phases = {"core": active(0.1, **CORE), "shell": shell, "filler": electrolyte(**FILLER)}
    return mechanical(phases, **cell)


def shells(dim: int, count: int) -> MeshData:
    return concentric(
        dim, [INNER, OUTER, 2.3], [max(count // 2, 2), count, 1], ["core", "shell", "filler"]
    )


def grow(stack: Stack, strain: float) -> None:
    """Let the core swell by a linear strain against the start."""
    (body,) = stack.active.values()
    body.x.x.array[:] = 0.1 + strain / SLOPE


def pressure(stack: Stack) -> float:
    """Mean pressure between core and shell, MPa."""
    domain = stack.domain
    (contact,) = (c for c in domain.interfaces if c.pair == {"core", "shell"})
    measure, normal = domain.nodal(contact), domain.normal("+")
    traction = stack.mechanics.traction(contact)
    pull = sum(traction[i] * normal[i] for i in range(domain.dim)) * measure
    area = domain.integral(domain.constant(1.0) * measure).value
    return -domain.integral(pull).value / area


def radius(stack: Stack) -> ufl.core.expr.Expr:
    """Distance from the centre of the core."""
    x = ufl.SpatialCoordinate(stack.domain.mesh)
    end = stack.domain.constant(stack.domain.bounds[1, 0])
    return ufl.sqrt((x[0] - end) ** 2 + sum(x[i] ** 2 for i in range(1, stack.domain.dim)))


def shell_of(stack: Stack) -> Subdomain:
    return next(p for p in stack.domain.subdomains if p.phase == "shell")


@pytest.mark.reference("Plasticity", CREEP)
@pytest.mark.parametrize(
    ("dim", "counts"), [(2, (4, 8, 16)), pytest.param(3, (2, 4), marks=pytest.mark.long)]
)
def test_thick_wall_creeps(
    comm: MPI.Comm, verify: Verify, dim: int, counts: tuple[int, ...]
) -> None:
    """A cylinder or a ball widened at a constant rate: its stresses come to rest.

    u = C/r^(d-1), by which the strain rate falls as r^-d and the equivalent stress as r^(-d/n);
    radial equilibrium integrates it to the pressure. In plane strain the core widens by (1 + nu)
    times its strain.
    """
    strain_rate = 1e-4
    widening = strain_rate * (1.25 if dim == 2 else 1.0)  # C at an inner radius of one
    factor = 2.0 / np.sqrt(3.0) if dim == 2 else 2.0
    inside = STRESS * (factor * widening / RATE) ** (1.0 / EXPONENT)
    exact = factor * inside * EXPONENT / dim * (1.0 - (OUTER / INNER) ** (-dim / EXPONENT))
    section = {"section": "plane strain"} if dim == 2 else {}
    case = around_a_core(flowing("creep", **SOFT, **CREEPING), **section)
    pressures, errors = [], []
    for count in counts:
        stack = Stack(case, shells(dim, count), comm)
        stack.mechanics.solve()
        for k in range(1, 7):
            grow(stack, strain_rate * 5.0 * k)
            advance(stack, 5.0)
        pressures.append(pressure(stack))
        subdomain, domain = shell_of(stack), stack.domain
        stress = stack.mechanics.stresses.full_stress(subdomain)
        stress = plasticity.equivalent(plasticity.deviator(stress))
        power = domain.constant(-dim / EXPONENT)
        fraction = stress / domain.constant(inside) * radius(stack) ** -power - 1.0
        square = domain.integral(
            fraction**2 * domain.dx(subdomain)
        ).value / domain.subdomain_volume(subdomain)
        errors.append(np.sqrt(square))
    title = f"{'Cylinder' if dim == 2 else 'Ball'} with a thick wall that creeps: "
    meshes = ", ".join(map(str, counts))
    verify(title + "pressure inside, MPa", pressures[-1], exact, 0.01, str(counts[-1]))
    tolerance = 0.01 if dim == 2 else 0.02
    verify(title + "error of the stress, L2 norm", errors, 0.0, tolerance, meshes, 1.5)


def hill(strain: float, strength: float, shear: float) -> tuple[float, float]:
    """Pressure inside and radius of the plastic zone around a core that grows by a strain.

    All of the shell is incompressible: u = C/r with C = strength c^2/(2 sqrt(3) shear), and the
    core gives way by p (1 + nu)(1 - 2 nu)/E (Hill, ch. V, sec. 2, with 2 k = 2 strength/sqrt(3)).
    """

    def inside(c: float) -> float:
        k = strength / np.sqrt(3.0)
        return float(k * (2.0 * np.log(c / INNER) + 1.0 - (c / OUTER) ** 2))

    def gap(c: float) -> float:
        widening = strength * c**2 / (2.0 * np.sqrt(3.0) * shear)
        return float(widening - 1.25 * (strain - inside(c) * 0.5 / 100e3))

    zone = float(brentq(gap, INNER, OUTER))
    return inside(zone), zone


STIFF = {"youngs_modulus": "3 GPa", "poisson_ratio": 0.4999}
SHEAR = 3000.0 / 2.9998
STRENGTH, STRAIN = 3.0, 0.0015


def widened(stack: Stack) -> float:
    """Pressure in a cylinder whose core has grown."""
    stack.mechanics.solve()
    for k in range(1, 6):
        grow(stack, STRAIN * k / 5)
        advance(stack, 1.0)
    return pressure(stack)


@pytest.mark.reference("Plasticity", HILL)
def test_cylinder_yields(comm: MPI.Comm, verify: Verify) -> None:
    """Perfectly plastic, hardly compressible cylinder around a core: pressure and plastic zone.

    Linear displacements lock: their pressure is half as large again, on every mesh.
    """
    exact, zone = hill(STRAIN, STRENGTH, SHEAR)
    assert 1.2 < zone < 1.8
    shell = flowing("yield", **STIFF, yield_strength=f"{STRENGTH} MPa")
    case = around_a_core(shell, section="plane strain")
    found, zones, strongest = [], [], []
    for count in (4, 8, 16):
        stack = Stack(case, shells(2, count), comm)
        found.append(widened(stack))
        subdomain = shell_of(stack)
        stress = largest(stack.mechanics.stresses.at_nodes(subdomain.body), von_mises).x.array
        strongest.append(stack.domain.max(stress.max(initial=0.0)) / STRENGTH)
        flown = ufl.gt(
            stack.state.equivalent_plastic_strain[subdomain.body], stack.domain.constant(1e-9)
        )
        area = ufl.conditional(flown, 1.0, 0.0) * stack.domain.dx(subdomain)
        zones.append(np.sqrt(INNER**2 + 4.0 * stack.domain.integral(area).value / np.pi))
    title = "Cylinder with a thick wall that yields: "
    verify(title + "pressure inside, MPa", found[-1], exact, 0.002, "16")
    verify(title + "radius of the plastic zone, µm", zones, zone, 0.002, "4, 8, 16", 1.5)
    verify(title + "largest stress at nodes over strength", strongest, 1.0, 0.003, "4, 8, 16", 1.0)

    locked = [widened(LinearStack(case, shells(2, count), comm)) for count in (4, 8)]
    assert min(locked) > 1.4 * exact


class LinearStack(Stack):
    """Mechanics with linear displacements also where something flows."""

    def prepare(self) -> None:
        for region in self.domain.bodies.values():
            region.is_quadratic = False


@pytest.mark.reference("Balances", "First law: swelling's work is stored or dissipated")
@pytest.mark.parametrize("how", ["creep", "yield"])
def test_energy_of_flow(comm: MPI.Comm, verify: Verify, how: str) -> None:
    """Work of the core's growth, by the mean of its stresses, is elastic energy or flow.

    With hardening the energy that it stores counts as flow.
    """
    hard = {"yield_strength": "0.5 MPa", "hardening_modulus": "50 MPa"}
    shell = flowing(how, **SOFT, **(CREEPING if how == "creep" else hard))
    stack = Stack(around_a_core(shell), shells(2, 4), comm)
    solver = stack.mechanics
    solver.solve()
    energies, flows = stack.the(Energies), stack.all(Flow)
    begin_deformation(stack, 2.0)
    start, work, flown = energies.stored(), 0.0, 0.0
    for k in range(1, 6):
        grow(stack, 2e-4 * k)
        solver.solve()
        work, flown = (
            work + energies.work(),
            flown + sum(flow.work for flow in flows),
        )
        begin_deformation(stack, 2.0)
    assert flown > 0.01 * work  # most is kept by the core
    lost = work - (energies.stored() - start)
    title = f"Shell that flows by {how} around a core: work that is not stored over dissipation"
    verify(title, lost / flown, 1.0, 1e-6, "4")
