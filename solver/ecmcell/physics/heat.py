"""How a body of one temperature warms up, as formulas of numbers; theory.md (71)."""

import math


def warming(
    generation: float, excess: float, capacity: float, transfer: float, step: float
) -> tuple[float, float]:
    """Rise of the temperature in K in a time step, and the heat given off in it, pJ/um2.

    Exact for a constant generation of heat.

    Args:
        generation: Of heat, pW/um2.
        excess: Temperature above the surroundings at the start of the step, K.
        capacity: Heat capacity, pJ/(um2 K).
        transfer: Heat transfer coefficient, pW/(um2 K).
        step: Length of the time step, s.
    """
    decays = transfer * step / capacity
    kept = -math.expm1(-decays) / decays if decays > 0.0 else 1.0  # mean of exp(-h t/C)
    rise = kept * (generation - transfer * excess) * step / capacity
    given_off = ((1.0 - kept) * generation + kept * transfer * excess) * step
    return rise, given_off
