"""Interfaces that part: a bilinear cohesive law in mixed mode with irreversible damage.

The law of Camanho and Davila (2002, NASA/TM-2002-211737) with the toughness of Benzeggagh and
Kenane (1996, doi:10.1016/0266-3538(96)00005-X) and an onset that keeps the dissipation from ever
being negative (Turon, Camanho, Costa and Davila 2006, doi:10.1016/j.mechmat.2005.10.003). The
opening is that of the far side against the near side; the normal points from near to far.
"""

from dataclasses import dataclass

import ufl
from ufl.core.expr import Expr

# um2; far below the square of any opening that matters. It keeps square roots differentiable.
_TINY = 1e-24
# What a broken interface keeps of its stiffness, so that no piece of a cell ever floats.
RESIDUAL = 1e-11


@dataclass(frozen=True)
class Law:
    """What an interface withstands.

    Attributes:
        stiffness: Rise of the traction with the opening while whole, MPa/um.
        strength: Largest normal traction, MPa.
        shear_strength: Largest traction along the interface, MPa.
        energy: Energy to part it in mode I, pJ/um2 (J/m2).
        shear_energy: The same in mode II.
        exponent: Of Benzeggagh and Kenane.
    """

    stiffness: Expr
    strength: Expr
    shear_strength: Expr
    energy: Expr
    shear_energy: Expr
    exponent: Expr


class Opening:
    """The opening of an interface split into its modes.

    Args:
        jump: Displacement of the far side less that of the near side, um.
        normal: Unit normal from the near to the far side.

    Attributes:
        gap: Its part along the normal, negative where the sides press on each other.
        open: The same where they do not, else zero.
        along: Its part along the interface.
        size: Length of what damages: `open` and `along`.
        mixity: Fraction of shear in the energy, from 0 (mode I) to 1 (mode II).
    """

    def __init__(self, jump: Expr, normal: Expr):
        self.normal = normal
        self.gap = ufl.inner(jump, normal)
        self.open = ufl.max_value(self.gap, 0.0)
        self.along = jump - self.gap * normal
        shear = ufl.inner(self.along, self.along)
        self.square = self.open**2 + shear
        self.size = ufl.sqrt(self.square + _TINY)
        self.mixity = shear / (self.square + _TINY)


def toughness(law: Law, mixity: Expr) -> Expr:
    """Energy to part the interface, G_I + (G_II - G_I) B^eta, pJ/um2."""
    return law.energy + (law.shear_energy - law.energy) * mixity**law.exponent


def onset(law: Law, mixity: Expr) -> Expr:
    """Opening in um at which damage begins (Turon et al. 2006, eq. 33)."""
    normal, shear = law.strength / law.stiffness, law.shear_strength / law.stiffness
    return ufl.sqrt(normal**2 + (shear**2 - normal**2) * mixity**law.exponent)


def end(law: Law, mixity: Expr) -> Expr:
    """Opening in um at which nothing holds any more."""
    return 2.0 * toughness(law, mixity) / (law.stiffness * onset(law, mixity))


def reached(law: Law, mixity: Expr, at_damage: Expr) -> Expr:
    """Opening in um that does a damage, from the onset (0) to the end (1)."""
    first, last = onset(law, mixity), end(law, mixity)
    return first * last / (last - at_damage * (last - first))


def damage(law: Law, opening: Opening, earlier: Expr, pace: Expr) -> Expr:
    """Damage at the end of a time step; it never heals.

    The opening that damages follows the true one with a lag, so that the traction rises above the
    law in proportion to both, however stiff the interface is. (A lag of the damage itself would
    raise it in proportion to the stiffness.)

    Args:
        law: What the interface withstands.
        opening: At the end of the step.
        earlier: Damage at its beginning.
        pace: Fraction of the lag that it makes up for, dt/(dt + viscosity): backward Euler for an
            opening that lags behind by the viscosity, a time.
    """
    first, last = onset(law, opening.mixity), end(law, opening.mixity)
    before = reached(law, opening.mixity, earlier)
    now = before + pace * ufl.max_value(opening.size - before, 0.0)
    return ufl.max_value(ufl.min_value(last * (now - first) / (now * (last - first)), 1.0), earlier)


def held(at_damage: Expr) -> Expr:
    """Fraction of the stiffness that a damage leaves."""
    return 1.0 - (1.0 - RESIDUAL) * at_damage


def traction(law: Law, opening: Opening, at_damage: Expr) -> Expr:
    """Traction in MPa that the far side exerts on the near side; compression is always carried."""
    pressing = ufl.min_value(opening.gap, 0.0)
    debonding = opening.along + opening.open * opening.normal
    return law.stiffness * (held(at_damage) * debonding + pressing * opening.normal)


def stored_energy(law: Law, opening: Opening, at_damage: Expr) -> Expr:
    """Energy that the interface would give back, pJ/um2."""
    pressing = ufl.min_value(opening.gap, 0.0)
    return 0.5 * law.stiffness * (held(at_damage) * opening.square + pressing**2)


def fracture_energy(law: Law, mixity: Expr, at_damage: Expr) -> Expr:
    """Energy that debonding up to a damage has cost, at a constant mode, pJ/um2.

    The area between the bilinear law and the line of unloading: all of the toughness at damage 1.
    """
    first, last = onset(law, mixity), end(law, mixity)
    return toughness(law, mixity) * at_damage * first / (last - at_damage * (last - first))


def viscous_energy(law: Law, opening: Opening, earlier: Expr, opened: Expr, pace: Expr) -> Expr:
    """Energy that lagging damage has cost beyond debonding, in one time step, pJ/um2.

    The opening delta is ahead of the one that damages, kappa, by e; damage dD costs
    K (delta^2 - kappa^2)/2 dD beyond debonding, which is K C (e + e^2/(2 kappa)) d ln(kappa) with
    C = first last/(last - first). Along the step e is linear in ln(kappa), and ends where nothing
    holds any more; Simpson's rule takes its square.

    Args:
        law: What the interface withstands.
        opening: At the end of the step.
        earlier: Damage at its beginning.
        opened: Size of the opening at its beginning, um.
        pace: As of `damage`.
    """
    first, last = onset(law, opening.mixity), end(law, opening.mixity)
    before = reached(law, opening.mixity, earlier)
    grown = pace * ufl.max_value(opening.size - before, 0.0)
    now = ufl.min_value(before + grown, last)
    fraction = (now - before) / (grown + ufl.sqrt(_TINY))  # of the step in which damage grows
    ahead = ufl.max_value(opened - before, 0.0)
    later = ahead + fraction * (ufl.max_value(opening.size - before - grown, 0.0) - ahead)
    squares = (
        ahead**2 / before + (ahead + later) ** 2 / ufl.sqrt(before * now) + later**2 / now
    ) / 6.0
    factor = 0.5 * law.stiffness * first * last / (last - first)
    return factor * ufl.ln(now / before) * (ahead + later + squares)


def contact_factor(gap: Expr, at_damage: Expr, reach: Expr, recontact: Expr) -> Expr:
    """Fraction of an interface that carries current.

    chi = (1 - D + r D) max(1 - g/g_0, 0): damage takes contact away, a gap g over the reach g_0
    takes the rest, and a fraction r of the damaged contact returns where the gap closes.

    Args:
        gap: Gap in um, negative under pressure.
        at_damage: Damage.
        reach: Gap in um over which contact falls to nothing.
        recontact: Fraction r of the damaged contact that returns.
    """
    near = ufl.max_value(1.0 - ufl.max_value(gap, 0.0) / reach, 0.0)
    return (1.0 - (1.0 - recontact) * at_damage) * near
