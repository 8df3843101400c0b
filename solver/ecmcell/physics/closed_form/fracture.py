"""Linear elastic fracture mechanics: toughness, stress intensity, strength and its scatter."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """Shape of a flaw of depth a at the anode.

    Attributes:
        intensity: K_I over p sqrt(a), p being the pressure on its faces.
        mean_depth: Mean distance of its faces from the anode, over a.
    """

    intensity: float
    mean_depth: float


STRAIGHT = Shape(math.sqrt(math.pi), 0.5)
"""In the plane: half of a straight crack of length 2a."""

SEMICIRCULAR = Shape(2.0 / math.sqrt(math.pi), 4.0 / (3.0 * math.pi))
"""In space: half of a penny-shaped crack of radius a, whose K_I is the same all along its edge."""


def stress_intensity(pressure: float, depth: float, shape: Shape = STRAIGHT) -> float:
    """K_I in MPa um^0.5 of a flaw at the anode that a pressure opens: theory.md (48).

    p sqrt(pi a), or 2 p sqrt(a/pi) if semicircular. The platens of the stack are rigid and free of
    friction, and so a mirror: a flaw of depth a at one of them is half of an internal crack (Tada,
    Paris and Irwin, The Stress Analysis of Cracks Handbook, doi:10.1115/1.801535). At a free
    surface it would be 1.12 times as much of a straight one.

    Args:
        pressure: Pressure on the faces of the flaw, MPa.
        depth: Depth of the flaw, um.
        shape: Shape of the flaw.
    """
    return pressure * shape.intensity * math.sqrt(depth)


def toughness(energy: float, youngs_modulus: float, poisson_ratio: float) -> float:
    """K_Ic = sqrt(Gc E/(1 - nu^2)) in MPa um^0.5: Irwin's relation in plane strain.

    Args:
        energy: Fracture energy Gc, pJ/um2 (J/m^2).
        youngs_modulus: Young's modulus E, MPa.
        poisson_ratio: Poisson ratio nu.
    """
    return math.sqrt(energy * youngs_modulus / (1.0 - poisson_ratio**2))


def bar_strength(model: str, energy: float, youngs_modulus: float, length: float) -> float:
    """Largest stress in MPa that a bar of the phase field carries.

    sqrt(3 E Gc/(8 l)) with AT1, where damage begins; 9/16 sqrt(E Gc/(3 l)) with AT2, the peak
    (Pham, Amor, Marigo and Maurini 2011, doi:10.1177/1056789510386852; Tanne et al. 2018,
    doi:10.1016/j.jmps.2017.09.006).

    Args:
        model: Model of the phase field, `AT1` or `AT2`.
        energy: Fracture energy Gc, pJ/um2 (J/m^2).
        youngs_modulus: Young's modulus E, MPa.
        length: Regularisation length l, um.
    """
    if model == "AT1":
        return math.sqrt(3.0 * youngs_modulus * energy / (8.0 * length))
    return 9.0 / 16.0 * math.sqrt(youngs_modulus * energy / (3.0 * length))


def flaw_length(stress: float, energy: float, youngs_modulus: float, poisson_ratio: float) -> float:
    """Length 2a in um of the flaw that grows under a tension s: Griffith's 2 Gc E'/(pi s^2).

    Args:
        stress: Tension s across the flaw, MPa.
        energy: Fracture energy Gc, pJ/um2 (J/m^2).
        youngs_modulus: Young's modulus E, MPa; E' = E/(1 - nu^2).
        poisson_ratio: Poisson ratio nu.
    """
    return 2.0 * toughness(energy, youngs_modulus, poisson_ratio) ** 2 / (math.pi * stress**2)


def failure_probability(ratio: float, modulus: float) -> float:
    """Chance that the electrolyte at the tip is weaker than what drives the flaw: theory.md (50).

    Strength, and so the root of the energy of a crack, is Weibull distributed as
    `weibull_modulus` has it; the mean of the energy is Gc.

    Args:
        ratio: K_I over K_Ic, K_Ic being that of the mean energy.
        modulus: Weibull modulus of strength.
    """
    if ratio <= 0.0:
        return 0.0
    return -math.expm1(-((math.sqrt(math.gamma(1.0 + 2.0 / modulus)) * ratio) ** modulus))
