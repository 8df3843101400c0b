"""Areal resistances of films between electrode and electrolyte, and how they grow with time."""

import math


def layer(thickness: float, conductivity: float) -> float:
    """Areal resistance of a layer of coating, R = t/sigma, part of R_f in theory.md (11).

    Args:
        thickness: In um.
        conductivity: In pA/(V um).

    Returns:
        V um2/pA.
    """
    return thickness / conductivity


def parabolic(initial: float, slope: float, time: float) -> float:
    """Resistance of a product that conducts electrons and ions, so that it grows without end.

    What diffuses through the film of thickness L feeds it, dL/dt = k/L (Deal and Grove 1965,
    doi:10.1063/1.1713945, where diffusion limits); its resistance goes with L, hence
    R = sqrt(R_0^2 + b^2 t). Seen on Li10GeP2S12 at lithium: Wenzel et al. 2016,
    doi:10.1021/acs.chemmater.6b00610.

    Args:
        initial: Resistance R_0 at time 0 in V um2/pA.
        slope: Slope b of the resistance over the root of time, when it is large, in
            V um2/(pA s^0.5).
        time: In s.
    """
    return math.hypot(initial, slope * math.sqrt(time))


def self_limiting(final: float, time_constant: float, time: float) -> float:
    """Resistance of a product that insulates, R = R_inf (1 - exp(-t/tau)).

    It cuts electrons off from what they would reduce and so ends its own growth (Wenzel et al.
    2015, doi:10.1016/j.ssi.2015.06.001, tell such films from those that grow on). The exponential
    is the simplest law that does so, not derived.

    Args:
        final: Resistance R_inf in V um2/pA.
        time_constant: tau in s.
        time: In s.
    """
    return -final * math.expm1(-time / time_constant)
