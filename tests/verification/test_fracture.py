"""Cracks as a phase field: strength, width, toughness, energy, irreversibility, and ranks."""

from itertools import pairwise

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from ecmcell.case.cracking import Cracking
from ecmcell.domain.domain import Domain
from ecmcell.physics import fracture, mechanics
from ecmcell.physics.closed_form.fracture import bar_strength
from fracture import Array, Brittle, Solid, mode_one, notched_plate
from meshes import grid
from record import Verify

pytestmark = pytest.mark.mpi
BAR = "Pham, Amor, Marigo and Maurini 2011, doi:10.1177/1056789510386852"
SURFING = (
    "Hossain, Hsueh, Bourdin and Bhattacharya 2014, doi:10.1016/j.jmps.2014.06.002, with the width"
    " of Bourdin, Francfort and Marigo 2008, doi:10.1007/s10659-007-9107-3"
)
YOUNG, ENERGY, LENGTH = 20e3, 2.0, 0.1  # MPa, pJ/um2, um


def at(axis: int, value: float):
    return lambda x: np.isclose(x[axis], value)


def bar(comm: MPI.Comm, model: str, axis: Array, width: float, split: str) -> Solid:
    """A bar along x in plane strain that is pulled at its end; without a Poisson ratio."""
    material = Brittle(YOUNG, 0.0, ENERGY, LENGTH, model, split, restraint=2.0)
    held = [(at(0, axis[-1]), 0), (at(0, axis[0]), 0), (at(1, 0.0), 1)]
    return Solid(grid([axis, np.array([0.0, width])], {0: "bar"}), comm, material, held)


@pytest.mark.reference("Phase field", BAR)
@pytest.mark.parametrize("split", ["star-convex", "volumetric-deviatoric", "spectral"])
@pytest.mark.parametrize("model", ["AT1", "AT2"])
def test_strength_of_a_bar(comm: MPI.Comm, verify: Verify, model: str, split: str) -> None:
    """The largest stress of a short bar: sqrt(3 E Gc/(8 l)) and 9/16 sqrt(E Gc/(3 l))."""
    solid = bar(comm, model, np.linspace(0.0, 0.1, 3), 0.05, split)
    expected = {
        "AT1": np.sqrt(3 * YOUNG * ENERGY / (8 * LENGTH)),
        "AT2": 9 / 16 * np.sqrt(YOUNG * ENERGY / (3 * LENGTH)),
    }[model]
    reach = {"AT1": 1.1, "AT2": 2.2}[model] * expected / YOUNG * 0.1
    largest = 0.0
    for fraction in np.linspace(0.4, 1.0, 121):
        solid.begin_step()
        solid.prescribe(0, fraction * reach)
        solid.solve()
        largest = max(largest, solid.reaction(0) / 0.05)
    assert float(solid.d.x.array.max(initial=0.0)) < 0.99
    verify(f"Bar, {model}, {split}: strength, MPa", largest, expected, 0.01, "1 cell")
    assert bar_strength(model, ENERGY, YOUNG, LENGTH) == pytest.approx(expected)


@pytest.mark.reference("Phase field", BAR)
@pytest.mark.parametrize("model", ["AT1", "AT2"])
def test_profile_of_a_crack(comm: MPI.Comm, verify: Verify, model: str) -> None:
    """Around d = 1: (1 - |x|/(2 l))^2, nothing beyond 2 l, and exp(-|x|/l); a surface of one."""
    errors, surfaces = [], []
    for count in (64, 128, 256):
        solid = bar(comm, model, np.linspace(-1.0, 1.0, count + 1), 0.05, "none")
        solid.lower.x.array[at(0, 0.0)(solid.x)] = 1.0
        solid.solve()
        distance = np.abs(solid.x[0]) / LENGTH
        exact = {"AT1": np.maximum(1 - distance / 2, 0.0) ** 2, "AT2": np.exp(-distance)}[model]
        error = np.abs(solid.d.x.array - exact).max(initial=0.0)
        errors.append(solid.domain.max(error))
        surfaces.append(solid.crack / 0.05)
    title = f"Crack across a bar, {model}: "
    verify(title + "largest error of d", errors[-1], 0.0, 1e-3, "l/12.8")
    verify(title + "surface, over the section", surfaces, 1.0, 0.01, "l/3.2, l/6.4, l/12.8", 1.0)


@pytest.mark.reference("Phase field", SURFING)
@pytest.mark.parametrize("model", ["AT1", "AT2"])
def test_broken_bar_costs_the_toughness_of_the_mesh(
    comm: MPI.Comm, verify: Verify, model: str
) -> None:
    """A bar that breaks across one row of cells: Gc (1 + h/(c l)) a section."""
    cell, width = LENGTH / 4, 0.05
    solid = bar(comm, model, np.arange(-41, 42) * cell - cell / 2, width, "volumetric-deviatoric")
    middle = np.abs(solid.x[0]) <= 0.6 * cell
    solid.lower.x.array[middle] = solid.d.x.array[middle] = 0.2
    most = bar_strength(model, ENERGY, YOUNG, LENGTH)
    reach = 2.5 * most / YOUNG * 82 * cell
    solid.prescribe(0, 3.0 * reach)
    solid.solve()
    widening = float(fracture.DISSIPATIONS[model].widening(cell, LENGTH))
    title = f"Broken bar, {model}: energy, over that of the section"
    verify(title, solid.fracture_energy / width / ENERGY, widening, 0.01, "l/4")
    assert solid.reaction(0) / width < 1e-3 * most


class Surfing:
    """A strip along which the displacement of a crack tip of mode I moves, on all of its boundary.

    Args:
        comm: All ranks.
        model: AT1 or AT2.
        cell: Size of its cells where the crack runs.
    """

    half, span, start = 0.8, 2.2, 0.8

    def __init__(self, comm: MPI.Comm, model: str, cell: float):
        near = np.arange(0.0, 0.26, cell)
        side = np.concatenate([near, np.linspace(near[-1], self.half, 7)[1:]]) + cell / 2
        axes = [np.arange(0.0, self.span + cell / 2, cell), np.concatenate([-side[::-1], side])]
        self.nu, self.cell = 0.3, cell
        widening = float(fracture.DISSIPATIONS[model].widening(cell, LENGTH))
        material = Brittle(YOUNG, self.nu, ENERGY / widening, LENGTH, model)
        low, high = [axis[0] for axis in axes], [axis[-1] for axis in axes]

        def outside(x: Array):
            return np.any([np.isclose(x[i], e) for i in (0, 1) for e in (low[i], high[i])], axis=0)

        self.solid = Solid(grid(axes, {0: "strip"}), comm, material, [(outside, 0), (outside, 1)])
        x = self.solid.x
        cracked = (np.abs(x[1]) < 0.6 * cell) & (x[0] < self.start + 0.1 * cell)
        self.solid.lower.x.array[cracked] = self.solid.d.x.array[cracked] = 1.0
        self.work, self._forces, self._u = 0.0, None, None
        self._weight = fem.Function(self.solid.region.scalars)
        solid, dx = self.solid, self.solid.domain.dx(self.solid.subdomain)
        strain = fracture.elastic_strain(mechanics.strain(solid.u), ufl.zero((3, 3)))
        split = fracture.SPLITS[material.split]
        plus, minus = split.energies(solid.lame, strain)
        left = fracture.degradation(solid.d, solid.domain.constant(material.residual))
        momentum = ufl.dot(ufl.grad(solid.u)[:, 0], solid.stress) - ufl.as_vector(
            [left * plus + minus, 0.0]
        )
        self._release = solid.domain.integral(ufl.inner(momentum, ufl.grad(self._weight)) * dx)

    def advance(self, tip: float) -> None:
        """Put the field of the tip at some x and let the crack follow."""
        solid = self.solid
        before = (self._forces, solid.u.x.array.copy())
        for axis in (0, 1):
            x, y, _ = solid.x[:, solid.nodes[axis]]
            solid.prescribe(axis, mode_one(x - tip, y, YOUNG, self.nu, ENERGY)[:, axis])
        solid.begin_step()
        solid.solve()
        self._forces = solid.forces()
        if before[0] is not None:
            change = 0.5 * (self._forces + before[0]) @ (solid.u.x.array - before[1])
            self.work += solid.domain.total(float(change))

    def release(self, centre: float) -> float:
        """J around a place, by the domain integral over a frame (Li, Shih and Needleman 1985)."""
        x = self.solid.x
        distance = np.maximum(np.abs(x[0] - centre), np.abs(x[1]))
        self._weight.x.array[:] = np.clip((0.75 - distance) / 0.35, 0.0, 1.0)
        return self._release.value


@pytest.mark.reference("Phase field", SURFING)
@pytest.mark.parametrize("model", ["AT1", pytest.param("AT2", marks=pytest.mark.long)])
def test_surfing_crack_takes_gc_and_balances(comm: MPI.Comm, verify: Verify, model: str) -> None:
    """J of a crack that follows a moving field is Gc; work = stored + dissipated, step by step."""
    strip = Surfing(comm, model, LENGTH / 4)
    tips = np.arange(0.8, 1.42, 0.05)
    release, energies = [], []
    for tip in tips:
        strip.advance(tip)
        release.append(strip.release(tip))
        energies.append((strip.work, strip.solid.stored_energy, strip.solid.fracture_energy))
    assert all(a <= b + 1e-9 for (_, _, a), (_, _, b) in pairwise(energies))
    steady = release[-6:]
    verify(f"Surfing, {model}: J over Gc", np.mean(steady) / ENERGY, 1.0, 0.03, "l/4")
    first, last = np.array(energies[4]), np.array(energies[-1])
    work, stored, spent = last - first
    assert spent > 0.5 * ENERGY * (tips[-1] - tips[4])
    title = f"Surfing, {model}: work not found again, over what was dissipated"
    verify(title, (work - stored - spent) / spent, 0.0, 0.01, "l/4, steps of l/2")


def test_damage_never_heals(comm: MPI.Comm) -> None:
    """After pulling and letting go the damage is what it was, and the solid is softer."""
    solid = bar(comm, "AT2", np.linspace(0.0, 0.2, 5), 0.05, "volumetric-deviatoric")
    reach = 1.5 * bar_strength("AT2", ENERGY, YOUNG, LENGTH) / YOUNG * 0.2
    stiffness, damage = [], []
    for fraction in (0.1, 1.0, 0.1):
        solid.prescribe(0, fraction * reach)
        solid.solve()
        solid.begin_step()
        stiffness.append(solid.reaction(0) / fraction)
        damage.append(solid.d.x.array.copy())
    assert np.all(damage[1] > damage[0])
    assert np.array_equal(damage[1], damage[2])
    assert stiffness[2] < 0.9 * stiffness[0]
    solid.prescribe(0, -0.1 * reach)
    solid.solve()
    assert solid.reaction(0) / -0.1 > stiffness[2], "compression is carried better"


STRENGTH = np.sqrt(3 * YOUNG * ENERGY / (8 * LENGTH))
STAR = (
    "Vicentini, Zolesi, Carrara, Maurini and De Lorenzis 2024, doi:10.1007/s10704-024-00763-w: a"
    " stress drives cracks by s^2 [(1 + nu)/3 - gamma* (1 - 2 nu)/6]/E where it presses"
)


def cube(comm: MPI.Comm, split: str, poisson: float, ratio: float | None, sides: bool) -> Solid:
    """A cube pushed or pulled along x, free to widen or not."""
    table = {
        "fracture_energy": "2 J/m^2",
        "regularisation_length": "0.1 um",
        "split": split,
        "strength_ratio": ratio,
    }
    how = Cracking.model_validate(table)
    restraint = how.restraint(poisson)
    material = Brittle(YOUNG, poisson, ENERGY, LENGTH, "AT1", split, restraint=restraint)
    held = [(at(0, 0.1), 0), *((at(axis, 0.0), axis) for axis in range(3))]
    if not sides:
        held += [(at(axis, 0.1), axis) for axis in (1, 2)]
    return Solid(grid([np.array([0.0, 0.1])] * 3, {0: "cube"}), comm, material, held)


@pytest.mark.reference("Phase field", STAR)
@pytest.mark.parametrize(
    ("split", "poisson", "given", "ratio"),
    [
        ("star-convex", 0.3, None, 10.0),
        ("star-convex", 0.0, 2.0, 2.0),
        ("volumetric-deviatoric", 0.3, None, np.sqrt(1.5 / 1.3)),
    ],
)
def test_strength_under_compression(
    comm: MPI.Comm, verify: Verify, split: str, poisson: float, given: float, ratio: float
) -> None:
    """A bar breaks under tension at its strength, and at the ratio of that when it is pressed."""
    for sign, expected in ((1.0, STRENGTH), (-1.0, ratio * STRENGTH)):
        solid = cube(comm, split, poisson, given, sides=True)
        largest = 0.0
        for fraction in (0.5, 0.98, 0.995, 1.005, 1.02):
            whole = float(solid.domain.max(solid.d.x.array.max(initial=0.0))) < 1e-6
            solid.begin_step()
            solid.prescribe(0, sign * fraction * expected / YOUNG * 0.1)
            solid.solve()
            if whole:
                largest = max(largest, sign * solid.reaction(0) / 0.01)
        assert solid.domain.max(solid.d.x.array.max(initial=0.0)) > 1e-3
        word = "tension" if sign > 0 else "compression"
        title = f"Bar of Poisson ratio {poisson}, {split}: strength under {word}, MPa"
        verify(title, largest, expected, 0.01, "1 cell")


def test_pressure_damages_nothing(comm: MPI.Comm) -> None:
    """Pressed between rigid walls to a hundred times the strength a cube stays whole and stiff.

    With the volumetric-deviatoric split it does not.
    """
    damage = {}
    for split in ("star-convex", "volumetric-deviatoric"):
        solid = cube(comm, split, 0.3, None, sides=False)
        solid.prescribe(0, -100.0 * STRENGTH / YOUNG * 0.1)
        solid.solve()
        damage[split] = solid.domain.max(solid.d.x.array.max(initial=0.0))
        if split == "star-convex":
            lam, mu = mechanics.lame(YOUNG, 0.3)
            pressure = -solid.reaction(0) / 0.01
            assert pressure == pytest.approx((lam + 2 * mu) * 100.0 * STRENGTH / YOUNG)
    assert damage["star-convex"] == 0.0
    assert damage["volumetric-deviatoric"] > 0.99


@pytest.mark.parametrize("split", ["star-convex", "volumetric-deviatoric", "spectral", "none"])
def test_stress_is_the_derivative_of_the_energy(comm: MPI.Comm, split: str) -> None:
    """Also where two or three principal strains are equal, or vanish."""
    solid = bar(comm, "AT1", np.linspace(0.0, 1.0, 3), 0.5, split)
    domain = solid.domain
    chosen = fracture.split_of(split, 2, domain.constant(5.0))
    states = [[1e-3, 0.0, 0.0], [1e-3, 1e-3, 0.0], [-2e-3, 1e-3, 5e-4], [0.0, 0.0, 0.0]]
    for xx, yy, xy in states:
        values = [domain.constant(v) for v in (xx, xy, yy)]
        strain = ufl.variable(
            ufl.as_matrix([[values[0], values[1], 0], [values[1], values[2], 0], [0, 0, 0]])
        )
        energies = chosen.energies(solid.lame, strain)
        stresses = chosen.stresses(solid.lame, strain)
        for energy, stress in zip(energies, stresses, strict=True):
            difference = ufl.diff(ufl.as_ufl(energy), strain) - stress
            square = ufl.inner(difference, difference) * domain.dx(solid.subdomain)
            found = 0.0 if ufl.as_ufl(energy) == 0 else domain.integral(square).value
            assert np.sqrt(found) < 1e-9 * YOUNG * 1e-3


@pytest.mark.reference("Phase field", "principal strains by numpy.linalg.eigh")
def test_spectral_split_in_space(comm: MPI.Comm) -> None:
    """Energies and stresses at any strain, with two and three principal strains equal or none."""
    axis = np.array([0.0, 1.0])
    domain = Domain(grid([axis] * 3, {0: "cube"}) if comm.rank == 0 else None, comm)
    dx, (lam, mu) = domain.dx(domain.subdomains[0]), mechanics.lame(YOUNG, 0.3)
    entries = {(i, j): domain.constant(0.0) for i in range(3) for j in range(i, 3)}
    strain = ufl.as_matrix([[entries[min(i, j), max(i, j)] for j in range(3)] for i in range(3)])
    split, elastic = fracture.split_of("spectral", 3), (domain.constant(lam), domain.constant(mu))
    energies = [domain.integral(e * dx) for e in split.energies(elastic, strain)]
    direction = [[domain.constant(0.0) for _ in range(3)] for _ in range(3)]
    stresses = [
        domain.integral(ufl.inner(s, ufl.as_matrix(direction)) * dx)
        for s in split.stresses(elastic, strain)
    ]
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    principals = [(3, 1, -2), (2, 2, -1), (2, -1, -1), (1, 1, 1), (-1, -1, -1), (1, 0, 0)]
    for values in [*principals, (1, 1e-9, 0), (0, 0, 0)]:
        given = 1e-3 * turn @ np.diag(values) @ turn.T
        for (i, j), entry in entries.items():
            entry.value = given[i, j]
        found, axes = np.linalg.eigh(given)
        for sign, energy, stress in zip((1, -1), energies, stresses, strict=True):
            volume, subdomains = max(sign * found.sum(), 0.0), np.maximum(sign * found, 0.0)
            expected = 0.5 * lam * volume**2 + mu * (subdomains**2).sum()
            assert energy.value == pytest.approx(expected, abs=1e-9 * YOUNG * 1e-6)
            pull = sign * (lam * volume * np.eye(3) + 2 * mu * (axes * subdomains) @ axes.T)
            for i, j in np.ndindex(3, 3):
                direction[i][j].value = 1.0
                assert stress.value == pytest.approx(pull[i, j], abs=1e-5 * YOUNG * 1e-3)
                direction[i][j].value = 0.0


@pytest.mark.domain
def test_ranks_find_the_same_crack(comm: MPI.Comm) -> None:
    """On all ranks together and on each alone: energies to 1e-5, with either linear solver."""
    found = []
    for ranks in (comm, MPI.COMM_SELF):
        strip = Surfing(ranks, "AT1", LENGTH / 2)
        for tip in (0.8, 0.9, 1.0):
            strip.advance(tip)
        found.append([strip.work, strip.solid.stored_energy, strip.solid.fracture_energy])
    assert found[0] == pytest.approx(found[1], rel=1e-5)


PLATE = "Miehe, Hofacker and Welschinger 2010, doi:10.1016/j.cma.2010.04.011, "
STEEL = {"young": 210.0, "poisson": 0.3, "energy": 2.7e-3, "length": 0.015, "model": "AT2"}
TOP, BOTTOM = at(1, 0.5), at(1, -0.5)


@pytest.mark.reference("Phase field", PLATE + "fig. 9: 0.70 kN")
def test_notched_plate_in_tension(comm: MPI.Comm, verify: Verify) -> None:
    """Peak load, and failure in one step; cells of l/3, steps of 0.05 um at the peak (kN, mm)."""
    mesh = notched_plate(0.005, (-0.05, 0.5, -0.04, 0.04))
    held = [(TOP, 1), (TOP, 0), (BOTTOM, 0), (BOTTOM, 1)]
    plate = Solid(mesh, comm, Brittle(**STEEL, split="none"), held)
    loads, iterations = [], 0
    for opening in [*np.arange(2e-3, 5e-3, 1e-3), *np.arange(5e-3, 6.2e-3, 5e-5)]:
        plate.follow(float(opening))
        iterations += plate.alternation.iterations
        loads.append(plate.reaction(0))
        if loads[-1] < 0.05 * max(loads):
            break
    verify("Notched plate in tension: peak load, kN", max(loads), 0.7012, 0.03, "l/3")
    assert loads[-1] < 0.05 * max(loads)
    assert plate.alternation.iterations < 120, "turns through the failure"
    assert iterations - plate.alternation.iterations < 5 * len(loads), "turns before it"
    # The crack crosses what the slit has left, a half, and has its width at the two ends.
    widening = float(fracture.AT2.widening(0.005, 0.015))
    assert plate.crack == pytest.approx(0.5 * widening, rel=0.1)


@pytest.mark.long
@pytest.mark.reference("Phase field", PLATE + "fig. 13: 0.531 kN")
def test_notched_plate_in_shear(comm: MPI.Comm, verify: Verify) -> None:
    """Peak load; cells of l/3, steps of 0.1 um (kN, mm)."""
    mesh = notched_plate(0.005, (-0.05, 0.3, -0.35, 0.05))
    held = [(TOP, 0), (TOP, 1), (BOTTOM, 0), (BOTTOM, 1)]

    def sides(x: np.ndarray) -> np.ndarray:
        return np.isclose(np.abs(x[0]), 0.5)

    plate = Solid(mesh, comm, Brittle(**STEEL, split="spectral"), [*held, (sides, 1)])
    loads = []
    for sliding in [*np.arange(1e-3, 8e-3, 1e-3), *np.arange(8e-3, 10.5e-3, 1e-4)]:
        plate.begin_step()
        plate.prescribe(0, sliding)
        plate.solve()
        loads.append(plate.reaction(0))
    verify("Notched plate in shear: peak load, kN", max(loads), 0.531, 0.05, "l/3")
