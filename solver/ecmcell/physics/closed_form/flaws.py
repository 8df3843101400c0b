"""When lithium drives a flaw at the anode: theory.md (47) to (50).

Nothing here decides anything; it is told beside what a simulation resolves. Lithium in a flaw takes
no more once its pressure has used up the overpotential, p = F eta/Omega_Li, and the flaw grows
where the stress intensity of that pressure is the toughness (Porz et al. 2017,
doi:10.1002/aenm.201701003).
"""

import math
from dataclasses import dataclass

from ecmcell.physics.closed_form.fracture import STRAIGHT, Shape, stress_intensity
from ecmcell.physics.closed_form.plating import Plating, root


@dataclass(frozen=True)
class Electrolyte:
    """What a phase of electrolyte withstands and conducts.

    Attributes:
        phase: Name of the phase.
        toughness: K_Ic, MPa um^0.5.
        conductivity: Ionic conductivity, pA/(V um).
        weibull_modulus: Weibull modulus of the strength, if it scatters.
    """

    phase: str
    toughness: float
    conductivity: float
    weibull_modulus: float | None = None


@dataclass(frozen=True)
class FlawCriterion:
    """When lithium drives one flaw.

    Attributes:
        electrolyte: Electrolyte around the flaw.
        depth: How far the flaw reaches from the anode, um.
        plating: Plating of lithium on the anode beside the flaw.
        shape: Whether the flaw is straight or semicircular.
    """

    electrolyte: Electrolyte
    depth: float
    plating: Plating
    shape: Shape = STRAIGHT

    @property
    def pressure(self) -> float:
        """Pressure at which the flaw grows, MPa."""
        return self.electrolyte.toughness / stress_intensity(1.0, self.depth, self.shape)

    @property
    def overpotential(self) -> float:
        """Overpotential that makes this pressure, V, what falls along the flaw included."""
        return self.pressure * self.plating.molar

    @property
    def current(self) -> float:
        """Current density of plating, per real area of contact, at which the flaw grows, pA/um2."""
        return self.plating.current(self.overpotential, self.ohmic)

    @property
    def ohmic(self) -> float:
        """What falls along the flaw, in the mean over its depth, by the current, V um2/pA.

        a/(2 kappa) where it is straight: the field of the current goes on beside a crack that
        points along it, as long as its own plating is weak, R_ct >> a/kappa; lithium in it feels
        the mean: theory.md (49).
        """
        return self.shape.mean_depth * self.depth / self.electrolyte.conductivity

    @property
    def wagner(self) -> float:
        """Resistance of plating over that of the electrolyte along the flaw, kappa R/a."""
        return self.plating.resistance * self.electrolyte.conductivity / self.depth

    def ratio(self, overpotential: float, current: float) -> float:
        """K_I over K_Ic at an overpotential of the anode in V and its current density.

        Negative where the anode is stripped.
        """
        driving = self.plating.pressure(overpotential + self.ohmic * current)
        return stress_intensity(driving, self.depth, self.shape) / self.electrolyte.toughness

    def ratio_at(self, current: float) -> float:
        """K_I over K_Ic while the anode plates a current density in pA/um2."""
        return self.ratio(self.plating.overpotential(current), current)


def harmless_depth(electrolyte: Electrolyte, how: Plating, current: float) -> float:
    """Depth in um of the largest flaw that a current density in pA/um2 does not drive."""
    pressure = how.pressure(how.overpotential(current))
    without_ohmic = (electrolyte.toughness / pressure) ** 2 / math.pi
    return root(lambda a: FlawCriterion(electrolyte, a, how).ratio_at(current) - 1.0, without_ohmic)
