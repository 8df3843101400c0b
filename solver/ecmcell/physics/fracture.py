"""Cracks in the bulk as a phase field: d is 0 where the solid is whole and 1 in a crack.

Bourdin, Francfort and Marigo 2000, doi:10.1016/S0022-5096(99)00028-9, in the form of Pham, Amor,
Marigo and Maurini 2011, doi:10.1177/1056789510386852. The energy per unit volume is
g(d) psi_plus + psi_minus + Gc gamma(d): only what pulls or shears drives a crack. Elastic strains
are 3 x 3, in a section with their components out of the plane.
"""

from dataclasses import dataclass
from typing import Protocol

import ufl
from ufl.core.expr import Expr

from ecmcell.physics.mechanics import in_space

# Square of a strain far below any that matters: it keeps the radius of Mohr's circle
# differentiable where two principal strains are equal.
_TINY = 1e-24
# Cosine of thrice Lode's angle beyond which two principal strains count as equal: they differ by a
# millionth of the deviator.
_ALIKE = 1.0 - 1e-12
# Damage at an edge below which what lies beyond goes with its square.
_SLIGHT = 0.05


@dataclass(frozen=True)
class Dissipation:
    """How much of a crack a damage is: gamma = (w(d)/l + l |grad d|^2)/c.

    Attributes:
        power: Of d in w(d): 1 (AT1, elastic up to a strength) or 2 (AT2).
        norm: c = 4 int_0^1 sqrt(w), so that the surface of a crack across a bar is 1.
    """

    power: int
    norm: float

    def local(self, damage: Expr) -> Expr:
        """w(d), from 0 to 1."""
        return damage**self.power

    def density(self, damage: Expr, length: Expr) -> Expr:
        """Crack surface per unit volume, 1/um."""
        slope = ufl.inner(ufl.grad(damage), ufl.grad(damage))
        return (self.local(damage) / length + length * slope) / self.norm

    def beyond(self, damage: Expr) -> Expr:
        """Cost of what of a crack's profile lies beyond an edge, over that of a crack.

        The cheapest profile that begins with a damage d at the edge costs 2/c int_0^d sqrt(w): half
        a crack if d is 1, d^2/2 with AT2 and d^(3/2)/2 with AT1, here smooth at zero.

        Args:
            damage: At the edge.
        """
        if self.power == 2:
            return 0.5 * damage**2
        return 0.5 * damage**2 * ufl.sqrt((1.0 + _SLIGHT) / (damage + _SLIGHT))

    def widening(self, size: Expr, length: Expr) -> Expr:
        """What a mesh with cells of some size takes for a crack over what it should.

        1 + h/(c l): the displacement jumps across one row of cells, in all of which d is 1
        (Bourdin, Francfort and Marigo 2008, doi:10.1007/s10659-007-9107-3, sec. 8.1.1).
        """
        return 1.0 + size / (self.norm * length)


AT1 = Dissipation(1, 8.0 / 3.0)
AT2 = Dissipation(2, 2.0)
DISSIPATIONS = {"AT1": AT1, "AT2": AT2}


def degradation(damage: Expr, residual: Expr) -> Expr:
    """g = (1 - k) (1 - d)^2 + k, what is left of a stiffness or a conductivity."""
    return (1.0 - residual) * (1.0 - damage) ** 2 + residual


def elastic_strain(total_strain: Expr, chemical_strain: Expr) -> Expr:
    """The 3 x 3 elastic strain; a total strain in the plane has no components out of it."""
    return in_space(total_strain) - chemical_strain


class Split(Protocol):
    """How the energy of an elastic strain is divided into what drives a crack and what does not."""

    def energies(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """psi_plus and psi_minus in MPa, from Lame's constants and a 3 x 3 elastic strain."""

    def stresses(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """Their derivatives by the strain, 3 x 3, MPa."""


@dataclass(frozen=True)
class StarConvex:
    """What shears and what swells drives a crack; pressure holds it back.

    Vicentini, Zolesi, Carrara, Maurini and De Lorenzis 2024, doi:10.1007/s10704-024-00763-w. With
    nothing held back it is the volumetric-deviatoric split of Amor, Marigo and Maurini 2009,
    doi:10.1016/j.jmps.2009.04.011, eq. 20.

    Attributes:
        restraint: gamma*, how much of the energy of compression counts against a crack.
        rounding: Strain over which the kink at none is rounded.
    """

    restraint: Expr | float
    rounding: Expr | float = 0.0

    def energies(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """psi_plus and psi_minus in MPa."""
        lam, mu = elastic
        bulk, volume = lam + 2.0 * mu / 3.0, ufl.tr(strain)
        deviator = strain - volume / 3.0 * ufl.Identity(3)
        swelling, pressing = (
            0.5 * bulk * positive(sign * volume, self.rounding) ** 2 for sign in (1.0, -1.0)
        )
        shearing = mu * ufl.inner(deviator, deviator)
        return (
            swelling + shearing - self.restraint * pressing,
            pressing + self.restraint * pressing,
        )

    def stresses(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """Their derivatives, MPa."""
        lam, mu = elastic
        bulk, volume, one = lam + 2.0 * mu / 3.0, ufl.tr(strain), ufl.Identity(3)
        deviator = strain - volume / 3.0 * one
        swelling, pressing = (
            bulk * positive(volume, self.rounding) * one,
            -bulk * positive(-volume, self.rounding) * one,
        )
        return (
            swelling + 2.0 * mu * deviator - self.restraint * pressing,
            pressing + self.restraint * pressing,
        )


@dataclass(frozen=True)
class Spectral:
    """What stretches along a principal axis drives a crack, in the plane.

    Miehe, Hofacker and Welschinger 2010, doi:10.1016/j.cma.2010.04.011, eq. 20. The strain out of
    the plane is principal; it must not be sheared against the plane.

    Attributes:
        rounding: Strain over which the kink at none is rounded.
    """

    rounding: Expr | float = 0.0

    def energies(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """psi_plus and psi_minus in MPa."""
        lam, mu = elastic
        high, low = _principal(strain)
        out, volume = strain[2, 2], ufl.tr(strain)
        plus, minus = (
            0.5 * lam * positive(sign * volume, self.rounding) ** 2
            + mu * sum(positive(sign * value, self.rounding) ** 2 for value in (high, low, out))
            for sign in (1.0, -1.0)
        )
        return plus, minus

    def stresses(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """Their derivatives, MPa."""
        lam, mu = elastic
        high, low = _principal(strain)
        volume, one = ufl.tr(strain), ufl.Identity(3)
        slope = (positive(high, self.rounding) - positive(low, self.rounding)) / (high - low)
        mean = 0.5 * (strain[0, 0] + strain[1, 1])
        level = 0.5 * (positive(high, self.rounding) + positive(low, self.rounding))
        stretched = [
            [level + slope * (strain[0, 0] - mean), slope * strain[0, 1], 0.0],
            [slope * strain[1, 0], level + slope * (strain[1, 1] - mean), 0.0],
            [0.0, 0.0, positive(strain[2, 2], self.rounding)],
        ]
        plus = lam * positive(volume, self.rounding) * one + 2.0 * mu * ufl.as_matrix(stretched)
        return plus, lam * volume * one + 2.0 * mu * strain - plus


@dataclass(frozen=True)
class SpatialSpectral:
    """What stretches along a principal axis drives a crack; any strain.

    Miehe, Hofacker and Welschinger 2010, doi:10.1016/j.cma.2010.04.011, eq. 20, with principal
    strains in closed form (Smith 1961, doi:10.1145/355578.366316).

    Attributes:
        rounding: Strain over which the kink at none is rounded.
    """

    rounding: Expr | float = 0.0

    def energies(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """psi_plus and psi_minus in MPa."""
        lam, mu = elastic
        principal, volume = _principal_in_space(strain), ufl.tr(strain)
        plus, minus = (
            0.5 * lam * positive(sign * volume, self.rounding) ** 2
            + mu * sum(positive(sign * value, self.rounding) ** 2 for value in principal)
            for sign in (1.0, -1.0)
        )
        return plus, minus

    def stresses(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """Their derivatives, MPa."""
        lam, mu = elastic
        at = ufl.variable(strain)
        plus = ufl.diff(self.energies(elastic, at)[0], at)
        return plus, lam * ufl.tr(strain) * ufl.Identity(3) + 2.0 * mu * strain - plus


class Unsplit:
    """All energy drives a crack, that of compression too, and its faces pass through each other.

    For comparison with codes and papers that do so.
    """

    def energies(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """The whole energy in MPa, and nothing."""
        lam, mu = elastic
        return 0.5 * lam * ufl.tr(strain) ** 2 + mu * ufl.inner(strain, strain), ufl.as_ufl(0.0)

    def stresses(self, elastic: tuple[Expr, Expr], strain: Expr) -> tuple[Expr, Expr]:
        """Their derivatives, MPa."""
        lam, mu = elastic
        whole = lam * ufl.tr(strain) * ufl.Identity(3) + 2.0 * mu * strain
        return whole, ufl.zero((3, 3))


SPLITS: dict[str, Split] = {
    "volumetric-deviatoric": StarConvex(0.0),
    "spectral": Spectral(),
    "none": Unsplit(),
}


def split_of(
    name: str, dim: int, restraint: Expr | float = 0.0, rounding: Expr | float = 0.0
) -> Split:
    """The split of a name, in the form that suits meshes of a dimension.

    Args:
        name: Of the split.
        dim: Dimension of the mesh.
        restraint: gamma* of the star-convex one.
        rounding: Strain over which kinks between tension and compression are rounded.
    """
    if name == "spectral":
        return SpatialSpectral(rounding) if dim == 3 else Spectral(rounding)
    if name == "none":
        return Unsplit()
    return StarConvex(restraint if name == "star-convex" else 0.0, rounding)


def positive(value: Expr, rounding: Expr | float = 0.0) -> Expr:
    """The positive part; a rounding makes a hyperbola of its kink, that much wide."""
    is_sharp = isinstance(rounding, float) and rounding == 0.0
    return 0.5 * (value + (abs(value) if is_sharp else ufl.sqrt(value**2 + rounding**2)))


def _principal(strain: Expr) -> tuple[Expr, Expr]:
    """Largest and smallest principal strain in the plane, never quite equal."""
    mean = 0.5 * (strain[0, 0] + strain[1, 1])
    half = 0.5 * (strain[0, 0] - strain[1, 1])
    radius = ufl.sqrt(half**2 + strain[0, 1] * strain[1, 0] + _TINY)
    return mean + radius, mean - radius


def _principal_in_space(strain: Expr) -> tuple[Expr, Expr, Expr]:
    """The principal strains, largest first, with slopes that stay finite where some are equal."""
    mean, one = ufl.tr(strain) / 3.0, ufl.Identity(3)
    deviator = strain - mean * one
    radius = ufl.sqrt(ufl.inner(deviator, deviator) / 6.0 + _TINY)
    cosine = ufl.det(deviator / radius) / 2.0
    angle = ufl.acos(ufl.max_value(-_ALIKE, ufl.min_value(_ALIKE, cosine))) / 3.0
    high = mean + 2.0 * radius * ufl.cos(angle)
    low = mean + 2.0 * radius * ufl.cos(angle + 2.0 * ufl.pi / 3.0)
    return high, 3.0 * mean - high - low, low
