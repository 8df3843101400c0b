"""Lithium on a boundary as a layer that gets thinner and porous where it is stripped.

Of a layer that is stripped, voids take contact away and what has run out bares the collector. Both
depend on the current that they limit: at the end of a time step each fraction is one at its start
less what the current takes. The current is then the root of a polynomial, written out in the form.
"""

from dataclasses import dataclass

import ufl
from ufl.core.expr import Expr

# Current through bare collector over that of an exchange, at a thermal voltage: its potential stays
# determined where nothing reacts.
LEAST = 1e-9


@dataclass(frozen=True)
class Fraction:
    """A fraction of a face at the end of a time step: `start` - `fall` * current density.

    Attributes:
        start: Without a current.
        fall: What a current density of one, positive when stripping, takes away, um2/pA.
    """

    start: Expr
    fall: Expr


def stripping(kinetic: Expr, touching: Fraction, covered: Fraction) -> Expr:
    """Current density i = k X Y with X what touches and Y what is covered at the end of the step.

    X = A - B i; Y = min(1, C - D i), the smaller root where Y falls below 1. It never takes more
    than either fraction allows, and follows k smoothly but where Y begins to fall.

    Args:
        kinetic: Current density k >= 0 through whole contact.
        touching: What voids leave, A and B.
        covered: What islands cover, C and D; C may be above 1.
    """
    a, b, c, d = touching.start, touching.fall, covered.start, covered.fall
    full = kinetic * a / (1.0 + kinetic * b)
    total = 1.0 + kinetic * (a * d + b * c)
    root = ufl.sqrt(total**2 - 4.0 * kinetic**2 * a * b * c * d)
    partial = 2.0 * kinetic * a * c / (total + root)
    return ufl.conditional(ufl.ge(c - d * full, 1.0), full, partial)


def gap(earlier: Expr, swept: Expr, fraction: Expr, closed: Expr) -> Expr:
    """Volume of voids per unit area at the end of a time step, um: theory.md (63), backward Euler.

    Args:
        earlier: At its start.
        swept: Thickness that is stripped in the step, negative where lithium is plated: that fills
            voids before all else.
        fraction: Of the stripped that becomes voids.
        closed: Closure rate times the length of the step.
    """
    fed = ufl.conditional(ufl.gt(swept, 0.0), fraction * swept, swept)
    return ufl.max_value(earlier + fed, 0.0) / (1.0 + closed)
