"""Wrong cases: heat balance, entropy and activation of reactions."""

from spoiling import PAIR, Wrong, at, put

HEAT = {"capacity": "1000 J/m^2/K", "transfer_coefficient": "10 W/m^2/K"}
ENERGY, FOUND_AT = "exchange_activation_energy", "exchange_temperature"


def entropic(value: float, unit: str = "V/K") -> dict[str, object]:
    """A change of the active material by an entropic coefficient that is the same everywhere."""
    table = {"stoichiometry": [0.0, 1.0], "value": [value, value], "unit": unit, "assumed": "so"}
    return {"entropic_coefficient": table}


# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "no heat capacity": (
        put(cell__heat={"transfer_coefficient": "10 W/m^2/K"}),
        "cell.heat.capacity",
        "missing",
    ),
    "no room for heat": (
        put(cell__heat=HEAT | {"capacity": "0 J/m^2/K"}),
        "cell.heat.capacity",
        "not positive",
    ),
    "heat from nowhere": (
        put(cell__heat=HEAT | {"transfer_coefficient": "-1 W/m^2/K"}),
        "cell.heat.transfer_coefficient",
        "zero or positive",
    ),
    "heat capacity of a volume": (
        put(cell__heat=HEAT | {"capacity": "2e6 J/m^3/K"}),
        "cell.heat.capacity",
        '"1000 J/m^2/K"',
    ),
    "surroundings too hot": (
        put(cell__heat=HEAT | {"ambient_temperature": "500 degC"}),
        "cell.heat.ambient_temperature",
        "180 degC",
    ),
    "surroundings of an adiabatic cell": (
        put(
            cell__heat=HEAT
            | {"transfer_coefficient": "0 W/m^2/K", "ambient_temperature": "40 degC"}
        ),
        "cell.heat.ambient_temperature",
        "adiabatic",
    ),
    "entropy without heat": (
        put(phases__active__overrides=entropic(-1e-4)),
        "phases.active.overrides.entropic_coefficient",
        "[cell.heat]",
    ),
    "entropy in mV": (
        put(phases__active__overrides=entropic(-0.1), cell__heat=HEAT),
        "phases.active.overrides.entropic_coefficient",
        "1e-4 V/K",
    ),
    "unit of the entropy": (
        put(phases__active__overrides=entropic(-1e-4, "V"), cell__heat=HEAT),
        "phases.active.overrides.entropic_coefficient.unit",
        "V/K",
    ),
    "activation from nowhere": (
        at(((*PAIR, ENERGY), "30 kJ/mol")),
        f'interfaces."active|catholyte".{FOUND_AT}',
        "25 degC",
    ),
    "found at a temperature that does not matter": (
        put(boundaries__anode__exchange_temperature="25 degC"),
        f"boundaries.anode.{FOUND_AT}",
        ENERGY,
    ),
    "activation of what is infinitely fast": (
        put(
            boundaries__anode__exchange_current_density="infinite",
            boundaries__anode__exchange_activation_energy="30 kJ/mol",
            boundaries__anode__exchange_temperature="25 degC",
        ),
        f"boundaries.anode.{ENERGY}",
        "finite",
    ),
}
