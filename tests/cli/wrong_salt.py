"""Wrong polymer electrolytes of a case."""

from collections.abc import Callable

from spoiling import BOND, Wrong, at, put

_REPLACED = (
    (("phases", "catholyte", "material"), "PEO-LiTFSI"),
    (("phases", "separator", "material"), "PEO-LiTFSI"),
)
RESISTING = {
    "ionic_resistance": "1 ohm*cm^2",
    "penalty_stiffness": "1e5 MPa/um",
    "strength": "5 MPa",
}


def soaked(**overrides: object) -> Callable[[dict], None]:
    """PEO-LiTFSI instead of both electrolytes, with something changed in the separator."""
    return at(*_REPLACED, (("phases", "separator", "overrides"), overrides))


def over(concentration: list[object], value: list[float], **more: object) -> dict[str, object]:
    """A property over the concentration of salt."""
    return {"concentration": concentration, "value": value, "assumed": "so"} | more


# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "polymer bonded to an inorganic electrolyte": (
        put(phases__separator__material="PEO-LiTFSI"),
        'interfaces."catholyte|separator"',
        "joins a polymer with a salt to Li6PS5Cl",
    ),
    "resistance between polymers": (
        at(*_REPLACED, (BOND, RESISTING)),
        'interfaces."catholyte|separator"',
        "Use bonded = true",
    ),
    "two concentrations of salt": (
        soaked(
            salt_concentration="500 mol/m^3",
            ionic_conductivity="0.5 mS/cm",
            salt_diffusivity="5e-12 m^2/s",
        ),
        'interfaces."catholyte|separator"',
        "two different concentrations",
    ),
    "two transference numbers": (
        soaked(cation_transference=0.5),
        'interfaces."catholyte|separator"',
        "different cation_transference",
    ),
    "another concentration with the conductivity of the old": (
        soaked(salt_concentration="500 mol/m^3"),
        "phases.separator.overrides.salt_concentration",
        "Give ionic_conductivity at this concentration too",
    ),
    "salt without its diffusivity": (
        put(phases__separator__overrides={"salt_concentration": "1000 mol/m^3"}),
        "phases.separator",
        "has no salt_diffusivity",
    ),
    "transference without salt": (
        put(phases__separator__overrides={"cation_transference": 0.2}),
        "phases.separator.overrides.salt_concentration",
        "has cation_transference, but no salt_concentration",
    ),
    "melting without the crystal": (
        put(phases__separator__overrides={"melting_temperature": "60 degC"}),
        "phases.separator.overrides.crystal_activation_energy",
        "Give both or none",
    ),
    "salt in active material": (
        put(phases__active__overrides={"salt_concentration": "1000 mol/m^3"}),
        "phases.active.overrides.salt_concentration",
        "of no use in an active material",
    ),
    "transference number above one": (
        soaked(cation_transference=1.5),
        "phases.separator.overrides.cation_transference",
        "at most 1",
    ),
    "transference number with a unit": (
        soaked(cation_transference="0.2 S/m"),
        "phases.separator.overrides.cation_transference",
        "Give a number, or a table",
    ),
    "thermodynamic factor of zero": (
        soaked(thermodynamic_factor=0.0),
        "phases.separator.overrides.thermodynamic_factor",
        "not positive",
    ),
    "conductivity that vanishes with the salt": (
        soaked(conductivity_over_salt=over([0.0, 1000.0], [0.0, 1.0])),
        "phases.separator.overrides.conductivity_over_salt.value",
        "not positive",
    ),
    "table of falling concentrations": (
        soaked(salt_diffusivity_over_salt=over([1000.0, 0.0], [1.0, 2.0])),
        "phases.separator.overrides.salt_diffusivity_over_salt.concentration",
        "Sort the table",
    ),
    "more values than concentrations": (
        soaked(conductivity_over_salt=over([0.0, 1000.0], [1.0, 2.0, 3.0])),
        "phases.separator.overrides.conductivity_over_salt.value",
        "one value a concentration",
    ),
    "table of salt in another unit": (
        soaked(conductivity_over_salt=over([0.0, 1000.0], [1.0, 2.0], unit="S/m")),
        "phases.separator.overrides.conductivity_over_salt.unit",
        'Use unit = "1"',
    ),
    "lithium in the cracks of a polymer": (
        at(
            *_REPLACED,
            (("boundaries", "anode", "filled_cracks"), {}),
            (
                ("phases", "separator", "cracking"),
                {"fracture_energy": "1 J/m^2", "regularisation_length": "10 um"},
            ),
        ),
        "boundaries.anode.filled_cracks",
        "is a polymer with a salt",
    ),
    "no concentration of salt": (
        soaked(salt_concentration="0 mol/m^3"),
        "phases.separator.overrides.salt_concentration",
        "not positive",
    ),
}
