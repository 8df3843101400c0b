"""Grains that strain along their crystal axes: free, in layers, in a ball, and driving lithium."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from cells import (
    HELD,
    LOOSE,
    THIN,
    Stack,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from crystals import (
    ACROSS,
    ALONG,
    LAME,
    POISSON,
    YOUNG,
    crystal,
    crystal_case,
    crystal_layers,
    error_in_held_layers,
    fill,
    hooke,
    strain_of,
)
from ecmcell.case.units import FARADAY
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.numerics.fixed_point import transfer
from ecmcell.physics import mechanics
from ecmcell.processes.carriers.orientation import random_directions
from ecmcell.processes.deformation.equilibrium import Mechanics
from meshes import concentric, grid, layers
from record import Verify

pytestmark = pytest.mark.mpi

INCLINED = (1.0, 2.0, 2.0)
GRAINS = {
    "recipe": "polycrystal",
    "dimension": 2,
    "fractions": {"active": 0.7, "matrix": 0.3},
    "thickness": "6 um",
    "width": "6 um",
    "grain_size": "2.5 um",
    "size": "0.6 um",
}


def matrix_of(domain: Domain, values: np.ndarray) -> ufl.core.expr.Expr:
    """Numbers in forms."""
    return ufl.as_matrix([[domain.constant(value) for value in row] for row in values])


def furthest(stack: Stack, exact: np.ndarray) -> float:
    """Largest distance of the stress in any cell of the active material from a stress, MPa."""
    ((name, body),) = stack.active.items()
    domain = stack.domain
    difference = stack.mechanics.stresses.full_stress(body.subdomain) - matrix_of(domain, exact)
    size = ufl.sqrt(ufl.inner(difference, difference))
    space = domain.bodies[name].cell_constants
    found = Average(domain, space, [(size, domain.dx(body.subdomain))]).owned()
    return domain.max(found.max(initial=0.0))


def growth_of(strain: np.ndarray, section: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Strain, and the stress that is kept, of a body whose sides are free, in space or a section.

    A sheet is as free as what is in space; in other sections the shear of the normal stays. In
    plane strain so does sigma_zz = -E eps_zz, which gives the plane nu eps_zz more.
    """
    growth = strain.copy()
    if section in (HELD, LOOSE):
        growth[2, :2] = growth[:2, 2] = 0.0
    if section == HELD:
        growth[2, 2] = 0.0
        growth[:2, :2] += POISSON * strain[2, 2] * np.eye(2)
    return growth, hooke(growth - strain)


@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (2, LOOSE), (2, THIN), (3, None)])
@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_free_grain(comm: MPI.Comm, dim: int, section: str | None, axis: tuple[int, ...]) -> None:
    """A grain along the box: the displacement is that of its lattice, without stress if free."""
    axes = [np.linspace(0.0, 4.0, 4)] + [np.linspace(0.0, 3.0, 4)] * (dim - 1)
    case = crystal_case(crystal(axis), section=section)
    stack = Stack(case, grid(axes, {0: "active"}), comm)
    fill(stack, 0.75)
    growth, stress = growth_of(strain_of(axis, 0.5), section)
    assert furthest(stack, stress) <= 1e-6 * YOUNG * ALONG
    (region,) = stack.domain.bodies.values()
    points = region.scalars.tabulate_dof_coordinates()[:, :dim]
    moved = stack.state.displacement[region.name].x.array.reshape(-1, dim).copy()
    moved[:, 0] += stack.state.axial_strain.value * points[:, 0]
    assert moved == pytest.approx(points @ growth[:dim, :dim], abs=1e-6 * ALONG)


@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (2, LOOSE), (2, THIN), (3, None)])
def test_free_grain_at_an_angle(comm: MPI.Comm, dim: int, section: str | None) -> None:
    """The strain of an inclined lattice has no stress if free, and in a section what is held."""
    axes = [np.linspace(0.0, 1.0, 3)] * dim
    case = crystal_case(crystal(INCLINED), section=section)
    stack = Stack(case, grid(axes, {0: "active"}), comm)
    fill(stack, 1.0)
    growth, stress = growth_of(strain_of(INCLINED), section)
    if section in (HELD, LOOSE):
        assert abs(stress[0, 2]) > 0.1 * YOUNG * ALONG  # the shear that no displacement takes up
    stack.state.axial_strain.value = 0.0
    stack.state.thickness_strain.value = growth[2, 2] if section == LOOSE else 0.0
    (moved,) = stack.state.displacement.values()
    moved.interpolate(lambda x: growth[:dim, :dim] @ x[:dim])
    assert furthest(stack, stress) <= 1e-9 * YOUNG


@pytest.mark.parametrize(("section", "free"), [(HELD, [0]), (LOOSE, [0, 2])])
def test_layers_between_platens(comm: MPI.Comm, section: str, free: list[int]) -> None:
    """A confined layer: sigma_xx = -p, and sigma_zz = 0 if its thickness is free, give the strain.

    If not, eps_xx = [-p + (C : eps_ch)_xx]/(lambda + 2 mu).
    """
    cell = {"temperature": "25 degC", "stack_pressure": "50 MPa", "section": section}
    case = crystal_case(crystal((0, 1, 0)), cell=cell)
    stack = Stack(case, layers(2, {"active": 2.0}, [4]), comm)
    fill(stack, 1.0)
    normal = LAME[0] + 2 * LAME[1] * np.eye(3)
    pushed = np.diagonal(hooke(strain_of((0, 1, 0)))) - [50.0, 0.0, 0.0]
    strain = np.zeros(3)
    strain[free] = np.linalg.solve(normal[np.ix_(free, free)], pushed[free])
    assert stack.state.axial_strain.value == pytest.approx(strain[0], rel=1e-8)
    assert stack.state.thickness_strain.value == pytest.approx(strain[2], rel=1e-8)
    held = hooke(np.diag(strain) - strain_of((0, 1, 0)))
    assert furthest(stack, held) <= 1e-7 * YOUNG * ALONG


@pytest.mark.parametrize("dim", [2, 3])
def test_bicrystal(comm: MPI.Comm, dim: int) -> None:
    """Two crystals in layers at any angle, held at the box."""
    phases = {0: "first", 1: "second"}
    data = crystal_layers(dim, phases)
    domain = Domain(data if comm.rank == 0 else None, comm, bonded=[frozenset(phases.values())])
    directions = np.array([(1.0, 2.0, 0.5), (2.0, -1.0, 1.0)])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)

    def axis(subdomain: Subdomain) -> ufl.core.expr.Expr:
        own = directions[int(subdomain.phase == "second")]
        return ufl.as_vector([domain.constant(component) for component in own])

    assert error_in_held_layers(domain, axis, directions) <= 1e-9


@pytest.mark.reference("Eigenstrain", "Eshelby 1957, doi:10.1098/rspa.1957.0133")
def test_ball_answers_as_eshelby_says(comm: MPI.Comm, verify: Verify) -> None:
    """A crystal ball in a shell 8 times as large of the same moduli: stresses of `axial_response`.

    The shell is free outside, which takes (1/8)^3 of the stress away, less than the mesh does.
    """
    host = crystal((1, 0, 0))
    case = make_case(
        {
            "active": host,
            "shell": electrolyte(youngs_modulus="100 GPa", poisson_ratio=POISSON),
        },
        interfaces={"active|shell": kinetics(penalty_stiffness="1e8 MPa/um")},
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"},
        physics={"mechanics": True},
    )
    answer = mechanics.axial_response(YOUNG, POISSON) @ [ACROSS, ALONG]
    errors = []
    for count in (4, 8):
        radii, counts = [1.0, 1.3, 2.0, 4.0, 8.0], [count] + 4 * [count // 2]
        stack = Stack(case, concentric(3, radii, counts, ["active"] + 4 * ["shell"]), comm)
        fill(stack, 1.0)
        (body,) = stack.active.values()
        domain = stack.domain
        stress = stack.mechanics.stresses.full_stress(body.subdomain)
        volume = domain.subdomain_volume(body.subdomain)
        found = [
            domain.integral(
                ufl.inner(stress, s.directions) / s.count * domain.dx(body.subdomain)
            ).value
            for s in body.swellings
        ]
        errors.append((np.array(found) / volume + answer) / answer.max())
    coarse, fine = errors
    title = "Crystal sphere in a large matrix: error of the stress along and across its axis"
    title += ", over the larger"
    verify(title, errors, 0.0, 0.02, "4, 8", 1.8)
    verify(f"{title}, extrapolated", fine + (fine - coarse) / 3, 0.0, 0.01, "4, 8")


def test_equal_strains_answer_as_an_isotropic_one() -> None:
    """The response of equal strains along all axes is that of the isotropic strain."""
    answer = mechanics.axial_response(YOUNG, POISSON)
    assert answer.sum(axis=1) == pytest.approx(mechanics.stress_response(YOUNG, POISSON))
    counts = np.diag([2.0, 1.0])
    assert counts @ answer == pytest.approx((counts @ answer).T)  # from an energy
    assert np.all(np.linalg.eigvalsh(counts @ answer) > 0)


@pytest.mark.parametrize("dim", [2, 3])
def test_pull_is_the_work_of_stress_on_swelling(comm: MPI.Comm, dim: int) -> None:
    """What the stress takes from the chemical energy is minus the elastic energy's slope by x.

    At fixed displacement d/dx of 1/2 (eps - eps_ch) : C : (eps - eps_ch) is -sigma : d eps_ch/dx,
    mixed derivatives of one energy: its slope by the strain is the stress itself.
    """
    axes = [np.linspace(0.0, 1.0, 3)] * dim
    stack = Stack(crystal_case(crystal(INCLINED)), grid(axes, {0: "active"}), comm)
    ((name, body),) = stack.active.items()
    domain, elastic = stack.domain, stack.mechanics
    rng = np.random.default_rng(3)
    shape = 0.01 * rng.normal(size=(dim, dim))
    stack.state.displacement[name].interpolate(lambda x: shape @ x[:dim])

    def set_filling(x: float) -> None:
        body.x.x.array[:] = x
        body.refresh()
        for swelling in body.swellings:
            swelling.nodes.x.array[:] = swelling.table(body.x.x.array)

    lam, mu = (domain.constant(value) for value in LAME)
    rest = elastic.stresses.strain(body.subdomain) - body.chemical_strain()
    energy = domain.integral(
        (lam / 2 * ufl.tr(rest) ** 2 + mu * ufl.inner(rest, rest)) * domain.dx(body.subdomain)
    )
    set_filling(0.7)
    transfer(elastic.couplings)
    pull = domain.integral(body.stress_potential() * domain.dx(body.subdomain)).value
    values = []
    for x in (0.7 - 1e-3, 0.7 + 1e-3):
        set_filling(x)
        values.append(energy.value)
    assert pull == pytest.approx(-(values[1] - values[0]) / 2e-3, rel=1e-8)


def test_equal_tables_are_an_isotropic_material(comm: MPI.Comm) -> None:
    """With the same strain along a and c, voltage and lithium are those of the isotropic case."""
    slope = 0.01
    found = []
    for way in ("anisotropic", "isotropic"):
        phase = crystal(across=slope, along=slope)
        if way == "isotropic":
            phase.pop("orientation")
            straight = {"value": f"{6 * slope / 50000} m^3/mol", "assumed": "test"}
            phase["material"]["partial_molar_volume"] = straight
        phase["chemical_strain"] = way
        case = crystal_case(
            phase,
            "roller",
            solver={"fixed_point_tolerance": 1e-9},
        )
        cell = make_cell(case, RECIPES["polycrystal"].model_validate(GRAINS).build(2), comm)
        cell.initialise()
        for _ in range(2):
            drive(cell, -2.0 * cell.current_scale, 20.0)
        size = sum(
            cell.domain.total(float((b.x.x.array[: b.x.index_map.size_local] ** 2).sum()))
            if hasattr(b.x, "index_map")
            else cell.domain.integral(b.x**2 * cell.domain.dx(b.subdomain)).value
            for b in cell.active.values()
        )
        found.append([cell.state.voltage.value, size, cell.state.axial_strain.value])
    assert found[0] == pytest.approx(found[1], rel=1e-7)


def test_grains_have_axes_of_their_own(comm: MPI.Comm) -> None:
    """One unit vector a grain, the same on any number of ranks, and found in the output."""
    cell = make_cell(
        crystal_case(crystal()), RECIPES["polycrystal"].model_validate(GRAINS).build(2), comm
    )
    expected = random_directions(len(cell.domain.grain_phase), cell.case.mesh.seed)
    for name, body in cell.active.items():
        region = cell.domain.bodies[name]
        assert body.axis is not None
        nodes = body.axis.function_space.dofmap.list.ravel()
        found = body.axis.x.array.reshape(-1, 3)[nodes]
        assert np.array_equal(found, expected[cell.domain.cell_grain[region.parents]])
    axes = Maps(cell, Observables(cell)).cell_fields()["Crystal axis"]
    if comm.rank == 0:
        active_cells = ~np.isnan(axes[:, 0])
        assert 0 < active_cells.sum() < len(axes)
        assert np.linalg.norm(axes[active_cells], axis=1) == pytest.approx(1.0)
        shown = np.unique(axes[active_cells], axis=0)
        assert len(shown) >= 3
        assert {tuple(n) for n in shown} <= {tuple(n) for n in expected}


def test_random_axes_favour_no_direction() -> None:
    """The mean of n n is I/3, and other seeds give other axes."""
    drawn = random_directions(20000, 1)
    assert np.linalg.norm(drawn, axis=1) == pytest.approx(1.0)
    assert drawn.T @ drawn / 20000 == pytest.approx(np.eye(3) / 3, abs=0.01)
    assert np.array_equal(drawn[:10], random_directions(10, 1))
    assert not np.any(drawn[:10] == random_directions(10, 2))


def test_turns_converge_in_polycrystalline_nmc811(comm: MPI.Comm) -> None:
    """Charging grains of NMC811 as c begins to collapse: few passes a step, lithium conserved."""
    phase = {
        "material": "NMC811",
        "initial_stoichiometry": 0.5,
        "chemical_strain": "anisotropic",
    }
    stiff = electrolyte(youngs_modulus="20 GPa", poisson_ratio=0.3)
    case = make_case(
        {"active": phase, "matrix": stiff},
        interfaces={"active|matrix": kinetics()},
        cell={"temperature": "25 degC", "stack_pressure": "5 MPa"},
        physics={"mechanics": True},
    )
    cell = make_cell(case, RECIPES["polycrystal"].model_validate(GRAINS).build(2), comm)
    cell.initialise()
    filling = [
        cell.domain.integral(b.x * cell.domain.dx(b.subdomain)) for b in cell.active.values()
    ]
    before = sum(f.value for f in filling)
    iterations = [drive(cell, -cell.current_scale, 300.0) for _ in range(4)]
    assert max(iterations) <= 15
    sites = FARADAY * next(iter(cell.active.values())).material.maximum_concentration
    taken = sites * (before - sum(f.value for f in filling))
    assert taken == pytest.approx(4 * 300.0 * cell.current_scale, rel=1e-7)
    (stress,) = (cell.the(Mechanics).hydrostatic[name].update().x.array for name in cell.active)
    assert cell.domain.max(stress.max(initial=0.0)) > 50.0
