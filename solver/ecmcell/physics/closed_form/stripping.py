"""When stripping loses contact with lithium that creeps: theory.md (64) to (66)."""

import math
from dataclasses import dataclass

from ufl.core.expr import Expr


def closure_rate(
    pressure: float | Expr, rate: float | Expr, stress: float | Expr, exponent: float | Expr
) -> float | Expr:
    """Fraction of its volume by which a void shrinks in a s, 1/s: theory.md (64).

    A spherical void in an infinite matrix that creeps by `rate (q/stress)^exponent` under a remote
    pressure (Wilkinson and Ashby 1975, doi:10.1016/0001-6160(75)90136-4). Numbers give a number,
    expressions an expression.

    Args:
        pressure: Remote pressure, MPa, not negative: there is no closure under tension.
        rate: Rate of the creep law, 1/s.
        stress: Stress of the creep law, MPa.
        exponent: Exponent of the creep law.
    """
    return 1.5 * rate * (1.5 * pressure / (exponent * stress)) ** exponent


@dataclass(frozen=True)
class Stripping:
    """Lithium that is stripped at a constant current under a constant pressure.

    Attributes:
        gap: Volume of voids per unit area at which contact counts as lost, um.
        fraction: Fraction of the stripped volume that becomes voids.
        closure: Fraction of its volume by which a void shrinks in a s, 1/s.
        molar: Omega_Li/F, um3/pC.
    """

    gap: float
    fraction: float
    closure: float
    molar: float

    def critical_current(self, time: float = math.inf) -> float:
        """Current density on real contact that loses contact within a time in s, pA/um2.

        theory.md (66); zero where nothing closes voids and the time is unlimited.
        """
        return self.gap / (self.fraction * self.molar * self._opening(time))

    def _opening(self, time: float) -> float:
        """Gap that opening it at one um/s leaves, (1 - exp(-r t))/r; t without closure."""
        if self.closure * time > 0.0:
            return -math.expm1(-self.closure * time) / self.closure
        return time
