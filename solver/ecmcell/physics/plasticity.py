"""Metals that flow: J2 plasticity in small strain, with hardening or as power-law creep.

Backward Euler leaves one scalar equation at every point (Simo and Hughes 1998, Computational
Inelasticity, sec. 3.3): the deviatoric stress that the step would end with if nothing flowed, the
trial stress, keeps its direction, and its equivalent relaxes from q_trial to q,
q + 3 mu dp(q) = q_trial. A law says what q is and how it follows q_trial; theory.md (51), (52).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import ufl
from ufl.core.expr import Expr

Array = npt.NDArray[np.float64]

# Newton steps for the equation of creep: it is convex in the logarithms and begins within ln 2 of
# the root, from where four give 1e-15.
_STEPS = 6
TINY = 1e-12
"""MPa; keeps the equivalent stress differentiable where there is none."""


class Law(Protocol):
    """How the equivalent stress relaxes."""

    def relaxed(self, trial: Array, stiffness: float, step: float, before: Array) -> Array:
        """The equivalent stress at the end of a time step, MPa.

        Args:
            trial: Equivalent stress if nothing flowed, MPa, positive.
            stiffness: 3 mu in MPa, by which a plastic strain of one lowers it.
            step: Length of the time step in s.
            before: Accumulated plastic strain at its start.
        """

    def slope(self, trial: Array, relaxed: Array, stiffness: float, step: float) -> Array:
        """How it follows the trial stress, from 0 to 1."""


@dataclass(frozen=True)
class Creep:
    """Power-law creep, dp/dt = rate (q/stress)^exponent.

    Attributes:
        rate: Strain rate in 1/s at the stress, at the temperature of the cell.
        stress: In MPa.
        exponent: Of the power law.
    """

    rate: float
    stress: float
    exponent: float

    def relaxed(self, trial: Array, stiffness: float, step: float, before: Array) -> Array:
        """The equivalent stress at the end of a time step, MPa: e^y + a e^(ny) = q_trial/stress."""
        if step == 0.0:
            return trial
        goal = np.log(trial / self.stress)
        fraction = np.log(stiffness * step * self.rate / self.stress)
        y = np.minimum(goal, (goal - fraction) / self.exponent)
        for _ in range(_STEPS):
            elastic, flown = y, fraction + self.exponent * y
            total = np.logaddexp(elastic, flown)
            slope = 1.0 + (self.exponent - 1.0) * np.exp(flown - total)
            y = y - (total - goal) / slope
        return np.asarray(self.stress * np.exp(y), dtype=np.float64)

    def slope(self, trial: Array, relaxed: Array, stiffness: float, step: float) -> Array:
        """How it follows the trial stress, 1/(1 + 3 mu d(dp)/dq)."""
        flown = np.maximum(trial / relaxed - 1.0, 0.0)
        return np.asarray(1.0 / (1.0 + self.exponent * flown), dtype=np.float64)


@dataclass(frozen=True)
class Yielding:
    """Flow without delay above a strength that hardens, q <= strength + hardening p.

    Attributes:
        strength: At first, MPa.
        hardening: Its rise with the accumulated plastic strain, MPa.
    """

    strength: float
    hardening: float

    def relaxed(self, trial: Array, stiffness: float, step: float, before: Array) -> Array:
        """The equivalent stress at the end of a time step, MPa."""
        strength = self.strength + self.hardening * before
        fraction = self.hardening / (stiffness + self.hardening)
        return np.minimum(trial, strength + fraction * (trial - strength))

    def slope(self, trial: Array, relaxed: Array, stiffness: float, step: float) -> Array:
        """How it follows the trial stress."""
        fraction = self.hardening / (stiffness + self.hardening)
        return np.where(relaxed < trial, np.float64(fraction), np.float64(1.0))


def deviator(tensor: Expr) -> Expr:
    """A 3 x 3 tensor without its mean."""
    return tensor - ufl.tr(tensor) / 3.0 * ufl.Identity(3)


def equivalent(deviatoric: Expr) -> Expr:
    """Von Mises' equivalent of a deviatoric stress, never quite zero."""
    return ufl.sqrt(1.5 * ufl.inner(deviatoric, deviatoric) + TINY**2)
