"""Plating of lithium on an electrode: kinetics with films in series, solved for either unknown."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.optimize import brentq

_EXACT = 1e-12


@dataclass(frozen=True)
class Plating:
    """How lithium plates on an electrode: its kinetics with the films in series.

    Attributes:
        exchange: Exchange current density, pA/um2.
        transfer: Transfer coefficient of the stripping direction.
        film: Areal resistance of all films, V um2/pA.
        thermal: RT/F, V.
        molar: Omega_Li/F, V/MPa.
    """

    exchange: float
    transfer: float
    film: float
    thermal: float
    molar: float

    def overpotential(self, current: float, ohmic: float = 0.0) -> float:
        """Overpotential in V that plates a current density in pA/um2.

        Args:
            current: Current density, pA/um2.
            ohmic: Areal resistance of the electrolyte that counts too, V um2/pA.
        """
        if current <= 0.0:
            return 0.0
        # What goes back is at most i0.
        high = self.thermal / (1.0 - self.transfer) * math.log1p(current / self.exchange)
        reaction = root(lambda eta: self._reaction(eta) - current, high)
        return reaction + (self.film + ohmic) * current

    def current(self, overpotential: float, ohmic: float = 0.0) -> float:
        """The inverse: current density in pA/um2 that an overpotential in V plates."""
        if overpotential <= 0.0:
            return 0.0
        series = self.film + ohmic
        reaction = root(
            lambda eta: eta + series * self._reaction(eta) - overpotential, overpotential
        )
        return self._reaction(reaction)

    def pressure(self, overpotential: float) -> float:
        """Pressure at which an overpotential in V plates no more, MPa: theory.md (47)."""
        return overpotential / self.molar

    @property
    def resistance(self) -> float:
        """Areal resistance of charge transfer and films at small currents, V um2/pA."""
        return linear_resistance(self.exchange, self.film, self.thermal)

    def _reaction(self, eta: float) -> float:
        eta /= self.thermal
        return self.exchange * (
            math.exp((1.0 - self.transfer) * eta) - math.exp(-self.transfer * eta)
        )


def linear_resistance(exchange: float, film: float, thermal: float) -> float:
    """Areal resistance of charge transfer and films at small currents, RT/(F i0) + R_f, V um2/pA.

    Args:
        exchange: Exchange current density i0, pA/um2.
        film: Areal resistance of all films R_f, V um2/pA.
        thermal: RT/F, V.
    """
    return thermal / exchange + film


def root(function: Callable[[float], float], high: float) -> float:
    """Zero of an increasing function between 0 and a value."""
    return float(brentq(function, 0.0, high, xtol=_EXACT * high))
