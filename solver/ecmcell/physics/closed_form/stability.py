"""When a flat interface of lithium and electrolyte is stable by elasticity alone."""

MONROE_NEWMAN = 2.0
"""Ratio of shear moduli, electrolyte over metal, above which a flat interface is stable.

About two, for a Poisson ratio like that of a polymer: Monroe and Newman 2005,
doi:10.1149/1.1850854.
"""


def shear_modulus(youngs_modulus: float, poisson_ratio: float) -> float:
    """G = E/(2 (1 + nu)), in the unit of Young's modulus."""
    return youngs_modulus / (2.0 * (1.0 + poisson_ratio))
