"""The cohesive law on one pair of cells, step by step, and on a double cantilever beam."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import Stack, active, electrolyte, kinetics, make_case
from meshes import grid

pytestmark = pytest.mark.mpi

STIFFNESS, STRENGTH, SHEAR_STRENGTH = 1e5, 20.0, 30.0  # MPa/um, MPa
ENERGY, SHEAR_ENERGY, EXPONENT = 0.5, 1.5, 1.7  # pJ/um2
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}


def law(**overrides: object) -> dict:
    return {
        "shear_strength": f"{SHEAR_STRENGTH} MPa",
        "energy": f"{ENERGY} J/m^2",
        "shear_energy": f"{SHEAR_ENERGY} J/m^2",
        "mode_exponent": EXPONENT,
        "contact_gap": "20 nm",
    } | overrides


class Patch:
    """Two boxes face to face across x = 1, moved against each other as rigid bodies."""

    def __init__(self, comm: MPI.Comm, dim: int, **cohesion: object):
        joint = kinetics(
            stiffness=f"{STIFFNESS} MPa/um", strength=f"{STRENGTH} MPa", cohesion=law(**cohesion)
        )
        case = make_case(
            {
                "host": active(0.5, **SOLID, partial_molar_volume="1e-6 m^3/mol"),
                "base": electrolyte(**SOLID),
            },
            interfaces={"host|base": joint},
            physics={"mechanics": True},
        )
        axes = [np.array([0.0, 1.0, 2.0])] + [np.array([0.0, 1.0])] * (dim - 1)
        mesh = grid(axes, {0: "base", 1: "host"}, lambda at: (at[:, 0] > 1.0).astype(np.int64))
        self.stack = Stack(case, mesh, comm)
        (self.contact,) = self.stack.domain.contacts
        self.joints = self.stack.mechanics.joints
        domain, traction = self.stack.domain, self.joints[self.contact].traction()
        measure = domain.dS(self.contact, nodal=True)
        self.sign = 1.0 if self.contact.minus.phase == "host" else -1.0
        self._traction = [domain.integral(traction[i] * measure) for i in range(dim)]
        self._joint = self.joints.cohesive[self.contact]
        self._damage = domain.integral(self._joint.damage * measure)
        self._chi = domain.integral(self._joint.contact_factor * measure)
        self.fracture_energy = self.viscous_energy = 0.0

    def move(self, opening: float, sliding: float, step: float = 1.0) -> np.ndarray:
        """Put the host at an opening and a sliding in um; traction on the base (normal, shear)."""
        self.joints.begin_step()
        self.joints.set_step(step)
        for body, u in self.stack.state.displacement.items():
            values = u.x.array.reshape(-1, self.stack.domain.dim)
            (part,) = self.stack.domain.bodies[body].parts
            values[:] = 0.0
            if part.phase == "host":
                values[:, 0], values[:, 1] = opening, sliding
        self.joints.update()
        fracture, viscous = self.joints.dissipated()
        self.fracture_energy += fracture
        self.viscous_energy += viscous
        return self.sign * np.array([t.value for t in self._traction[:2]])

    @property
    def damage(self) -> float:
        return self._damage.value

    @property
    def contact_factor(self) -> float:
        return self._chi.value


def bilinear(mixity: float, size: float) -> float:
    """Traction of the virgin law at an opening of some size, written down independently."""
    share = mixity**EXPONENT
    energy = ENERGY + (SHEAR_ENERGY - ENERGY) * share
    first = np.sqrt(STRENGTH**2 + (SHEAR_STRENGTH**2 - STRENGTH**2) * share) / STIFFNESS
    last = 2.0 * energy / (STIFFNESS * first)
    if size <= first:
        return STIFFNESS * size
    return STIFFNESS * first * max(last - size, 0.0) / (last - first)


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("angle", [0.0, 30.0, 60.0, 90.0], ids=["I", "30", "60", "II"])
def test_monotonic_parting_follows_the_law_and_costs_the_toughness(comm, dim, angle):
    """Camanho and Davila's law in a fixed mode: traction to 1e-8, energy to 1e-8."""
    patch = Patch(comm, dim)
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    mixity = along[1] ** 2
    for size in np.linspace(0.0, 0.15, 61)[1:]:
        found = patch.move(*(size * along))
        expected = bilinear(mixity, size) * along
        assert found == pytest.approx(expected, abs=1e-8 * STRENGTH)
    assert patch.damage == pytest.approx(1.0, abs=1e-12)
    toughness = ENERGY + (SHEAR_ENERGY - ENERGY) * mixity**EXPONENT
    assert patch.fracture_energy == pytest.approx(toughness, rel=1e-8)


def test_unloading_returns_to_the_origin_and_reloading_to_the_law(comm):
    """Damage stays while the opening shrinks; the secant is elastic; then the law goes on."""
    patch = Patch(comm, 2)
    at, half = 0.02, 0.01
    loaded = patch.move(at, 0.0)
    damage, spent = patch.damage, patch.fracture_energy
    assert 0.5 < damage < 1.0
    unloaded = patch.move(half, 0.0)
    assert unloaded[0] == pytest.approx(loaded[0] * half / at, rel=1e-8)
    assert patch.move(0.0, 0.0) == pytest.approx([0.0, 0.0], abs=1e-8 * STRENGTH)
    assert (patch.damage, patch.fracture_energy) == (pytest.approx(damage), pytest.approx(spent))
    assert patch.move(at, 0.0)[0] == pytest.approx(loaded[0], rel=1e-8)
    assert patch.move(0.03, 0.0)[0] == pytest.approx(bilinear(0.0, 0.03), rel=1e-8)


def test_compression_is_carried_whole_by_a_broken_interface(comm):
    """After full damage: no tension, no shear, the full stiffness against pressing."""
    patch = Patch(comm, 2)
    patch.move(0.2, 0.1)
    pressing = patch.move(-1e-4, 0.05)
    assert pressing == pytest.approx([-1e-4 * STIFFNESS, 0.0], abs=1e-3 * STIFFNESS * 1e-4)
    assert patch.damage == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("recontact", [0.0, 0.3, 1.0])
def test_contact_falls_with_damage_and_gap_and_returns_as_told(comm, recontact):
    """Without damage all of it, with a gap of half the reach half; closed, the share asked for."""
    patch = Patch(comm, 2, recontact=recontact)
    assert patch.contact_factor == pytest.approx(1.0, abs=1e-8)
    patch.move(0.2, 0.0)
    assert patch.contact_factor == pytest.approx(0.0, abs=1e-8)
    patch.move(0.01, 0.0)
    assert patch.contact_factor == pytest.approx(0.5 * recontact, abs=1e-8)
    patch.move(-1e-4, 0.0)
    assert patch.contact_factor == pytest.approx(recontact, abs=1e-8)


def test_viscosity_delays_damage_as_backward_euler_does(comm):
    """dD/dt = (D_static - D)/viscosity at a held opening, step by step; and it costs energy."""
    patch = Patch(comm, 2, viscosity="2 s")
    first, opening = STRENGTH / STIFFNESS, 0.03
    last = 2.0 * ENERGY / STRENGTH
    static = last * (opening - first) / (opening * (last - first))
    expected = 0.0
    for _ in range(4):
        expected += 1.0 / 3.0 * (static - expected)
        traction = patch.move(opening, 0.0, step=1.0)
        assert patch.damage == pytest.approx(expected, rel=1e-9)
        assert traction[0] == pytest.approx((1.0 - expected) * STIFFNESS * opening, rel=1e-7)
    assert patch.viscous_energy > 0.0
    fast = Patch(comm, 2)
    fast.move(opening, 0.0)
    assert fast.viscous_energy == pytest.approx(0.0, abs=1e-9)
