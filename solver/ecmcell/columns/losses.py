"""Losses of voltage: positive on discharge, negative on charge; with the voltage they add up."""

from ecmcell.columns.column import Column


def _loss(name: str, meaning: str, equation: str = "(28)") -> Column:
    return Column(name, "V", meaning, equation)


OPEN_CIRCUIT = _loss(
    "Mean open-circuit voltage",
    "Open-circuit voltage of active material, each body at its mean stoichiometry, weighted with "
    "its sites.",
)
IONIC = _loss("Ionic ohmic loss", "Loss of ions to the resistance of the electrolyte.")
SALT = _loss(
    "Salt concentration loss",
    "Loss of ions to differences in the concentration of the salt of a polymer.",
    "(28), (29)",
)
ELECTRONIC = _loss(
    "Electronic ohmic loss",
    "Loss of electrons in active material, in additive, between both, and at the collector.",
)
BOUNDARY = _loss("Grain boundary loss", "Loss of ions between bodies.")
TRANSFER = _loss("Charge transfer loss", "Overpotential of insertion, without films.")
FILM = _loss("Film loss", "Voltage drop over films on active material.")
LITHIUM = _loss("Lithium electrode loss", "Overpotential of lithium electrodes, with their films.")
DIFFUSION = _loss(
    "Solid diffusion loss",
    "Open-circuit voltage at the mean minus that at the surfaces where lithium enters or leaves; "
    "at rest, all of the difference between voltage and mean open-circuit voltage.",
)
STRESS = _loss("Stress loss", "Contribution of stress to the open-circuit voltages.", "(28), (14)")
LEAKAGE = _loss(
    "Leakage loss", "Loss of the reactions to electrons that leak through the electrolyte.", "(62)"
)
FILM_RESISTANCE = Column(
    "Film resistance {interface}", "ohm.cm2", "Areal resistance of a film that grows."
)

SERIES = (
    OPEN_CIRCUIT,
    IONIC,
    SALT,
    ELECTRONIC,
    BOUNDARY,
    TRANSFER,
    FILM,
    LITHIUM,
    DIFFUSION,
    STRESS,
    LEAKAGE,
    FILM_RESISTANCE,
)
