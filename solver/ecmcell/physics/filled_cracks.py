"""Lithium in a crack that a phase field describes: how far the crack opens and how large it is.

A crack is where the damage d falls from 1 to 0 on either side; -grad d dx stands for its faces with
their outward normals (Bourdin, Chukwudozie and Yoshioka 2012, doi:10.2118/159154-MS, for fluids).
"""

import ufl
from ufl.core.expr import Expr


def opening(displacement: Expr, damage: Expr) -> Expr:
    """Volume between the faces of a crack per unit volume, -u . grad d: theory.md (44)."""
    return -ufl.inner(displacement, ufl.grad(damage))


def gap(jump: Expr, normal: Expr) -> Expr:
    """Gap of an interface, volume per unit area: the jump along its normal, theory.md (44)."""
    return ufl.inner(jump, normal)


def hole(place: Expr, displacement: Expr, normal: Expr) -> Expr:
    """Volume of a hole per unit area of its wall, by Gauss's theorem; the normal points into it."""
    return -ufl.inner(place / len(place) + displacement, normal)


def faces(damage: Expr) -> Expr:
    """Area of both faces of a crack per unit volume, |grad d| in 1/um: theory.md (45)."""
    slope = ufl.grad(damage)
    return ufl.sqrt(ufl.inner(slope, slope))
