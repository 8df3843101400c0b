"""Interfaces that hold: a stiff spring between two bodies."""

import ufl
from ufl.core.expr import Expr


def spring_traction(stiffness: Expr, jump: Expr) -> Expr:
    """Traction t = K [u] that the far side exerts on the near side, in MPa: theory.md (21)."""
    return stiffness * jump


def yielding(jump: Expr, normal: Expr, stiffness: Expr, compliance: Expr) -> Expr:
    """Jump of a spring whose far side gives way to pressure, where the two are in series.

    Args:
        jump: As if it did not, um.
        normal: From the near to the far side.
        stiffness: Of the spring, MPa/um.
        compliance: Of its far side, um/MPa; nothing gives way to a pull.
    """
    given = stiffness * compliance / (1.0 + stiffness * compliance)
    return jump - given * ufl.min_value(ufl.inner(jump, normal), 0.0) * normal


def normal_component(traction: Expr, normal: Expr) -> Expr:
    """Normal traction, positive in tension; the normal points from the near to the far side."""
    return ufl.inner(traction, normal)


def tangential_component(traction: Expr, normal: Expr) -> Expr:
    """Size of the traction along the interface."""
    along = traction - ufl.inner(traction, normal) * normal
    return ufl.sqrt(ufl.inner(along, along) + 1e-24)
