"""Wrong leakage of a case."""

from spoiling import BOND, GONE, PAIR, SYMMETRIC, Wrong, at, put
from wrong_metals import FOIL, REACTS

LEAKS = (("physics", "leakage"), True)
ANODE = ("boundaries", "anode", "electronic_resistance")

# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "leakage that is no switch": (
        put(physics__leakage="yes"),
        "physics.leakage",
        "true or false",
    ),
    "leakage of nothing": (
        at(*SYMMETRIC, (("phases",), {"separator": {"material": "LLZTO"}}), LEAKS),
        "physics.leakage",
        "overrides.electronic_conductivity",
    ),
    "leakage that lithium takes no part in": (
        at(LEAKS),
        "boundaries.anode.electronic_resistance",
        '"1 ohm*cm^2"',
    ),
    "leakage that the other lithium takes no part in": (
        at(*SYMMETRIC, (ANODE, "1 ohm*cm^2"), LEAKS),
        "boundaries.collector.electronic_resistance",
        '"1 ohm*cm^2"',
    ),
    "electrons at lithium without leakage": (
        at((ANODE, "1 ohm*cm^2")),
        "boundaries.anode.electronic_resistance",
        "physics.leakage",
    ),
    "no resistance for electrons": (
        at((ANODE, "0 ohm*cm^2"), LEAKS),
        "boundaries.anode.electronic_resistance",
        "not positive",
    ),
    "electrons of no length at lithium": (
        at((ANODE, "1 ohm"), LEAKS),
        "boundaries.anode.electronic_resistance",
        "ohm*cm^2",
    ),
    "leakage from active material without contact": (
        at(((*PAIR, "electronic_resistance"), GONE), (ANODE, "1 ohm*cm^2"), LEAKS),
        'interfaces."active|catholyte".electronic_resistance',
        "missing",
    ),
    "leakage between electrolytes without contact": (
        at((BOND, {"ionic_resistance": "10 ohm*cm^2"}), (ANODE, "1 ohm*cm^2"), LEAKS),
        'interfaces."catholyte|separator".electronic_resistance',
        "Both carry electrons",
    ),
    "leakage to meshed lithium without contact": (
        at(FOIL, (("interfaces", "foil|separator"), REACTS), (ANODE, "1 ohm*cm^2"), LEAKS),
        'interfaces."foil|separator".electronic_resistance',
        "leaks",
    ),
    "electrons to meshed lithium without leakage": (
        at(
            FOIL,
            (("interfaces", "foil|separator"), REACTS | {"electronic_resistance": "1 ohm*cm^2"}),
        ),
        'interfaces."foil|separator".electronic_resistance',
        "without leakage",
    ),
    "an activation energy of no electrons": (
        put(phases__separator__overrides={"electronic_activation_energy": "0.5 eV"}),
        "phases.separator.overrides.electronic_activation_energy",
        "physics.leakage",
    ),
    "an activation energy at any temperature": (
        put(
            phases__catholyte__overrides={
                "electronic_conductivity": "1 S/m",
                "electronic_activation_energy": "0.5 eV",
            }
        ),
        "phases.catholyte.overrides.electronic_activation_energy",
        "whatever temperature",
    ),
}
