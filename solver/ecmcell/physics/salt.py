"""The salt of a polymer electrolyte, written for its concentration s over that at rest.

Concentrated solution of a binary salt (Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed.,
2004, eqs. 12.9 and 12.14). Storage and diffusion of the anions are those of `transport`.
"""

import ufl
from ufl.core.expr import Expr

# Keeps powers of the concentration differentiable where no salt is left.
_EDGE = 1e-10


def migration(transference: Expr, current: Expr, test: Expr) -> Expr:
    """Integrand of the divergence of what the current moves of the anions, times F: theory.md (6).

    N = -(1 - t) i/F; no face of an electrode lets any of them pass.
    """
    return (1.0 - transference) * ufl.inner(current, ufl.grad(test))


def exchange_factor(salt: Expr, transfer: Expr) -> Expr:
    """What salt makes of an exchange current density, s^a; theory.md (13).

    Doyle, Fuller, Newman 1993, doi:10.1149/1.2221597, eq. 15, over its value at rest.
    """
    return ufl.max_value(salt, _EDGE) ** transfer
