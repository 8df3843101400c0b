"""Wrong phases and materials of a case."""

from math import inf

from spoiling import CRYSTALS, GONE, PAIR, Wrong, at, formula, put

# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "no phases": (put(phases={}), "phases", "at least 1"),
    "phase name": (at((("phases", "a b"), {"material": "Li6PS5Cl"})), 'phases."a b"', "letters"),
    "no material": (put(phases__active__material=GONE), "phases.active.material", '"NMC811"'),
    "misspelt material": (
        put(phases__active__material="NMC81"),
        "phases.active.material",
        'Did you mean "NMC811"?',
    ),
    "material is a number": (put(phases__active__material=8), "phases.active.material", "name"),
    "material file missing": (
        put(phases__active__material="mine.toml"),
        "",
        "mine.toml: there is no such file",
    ),
    "override of nothing": (
        put(phases__active__overrides={"difusivity": "1 m^2/s"}),
        "phases.active.overrides.difusivity",
        '"diffusivity"',
    ),
    "override of wrong dimension": (
        put(phases__active__overrides={"diffusivity": "1 m/s"}),
        "phases.active.overrides.diffusivity",
        "wrong dimension",
    ),
    "override of wrong sign": (
        put(phases__active__overrides={"diffusivity": "-1e-15 m^2/s"}),
        "phases.active.overrides.diffusivity",
        "not positive",
    ),
    "Poisson ratio": (
        put(phases__active__overrides={"poisson_ratio": 0.5}),
        "phases.active.overrides.poisson_ratio",
        "below 0.5",
    ),
    "no start": (
        put(phases__active__initial_stoichiometry=GONE),
        "phases.active.initial_stoichiometry",
        "missing",
    ),
    "start above 1": (
        put(phases__active__initial_stoichiometry=1.2),
        "phases.active.initial_stoichiometry",
        "not above 1",
    ),
    "start outside the table": (
        put(phases__active__initial_stoichiometry=0.0),
        "phases.active.initial_stoichiometry",
        "open-circuit voltage is known from",
    ),
    "start of an electrolyte": (
        put(phases__separator__initial_stoichiometry=0.5),
        "phases.separator.initial_stoichiometry",
        "Leave it out",
    ),
    "coating as phase": (
        put(phases__separator__material="LiNbO3"),
        "phases.separator.material",
        "lies on an interface",
    ),
    "no kinetics": (at((PAIR, GONE)), "phases.active", "exchange_current_density"),
    "electrons without additive": (
        put(phases__catholyte__overrides=GONE),
        'interfaces."active|catholyte".electronic_resistance',
        "electronic_conductivity",
    ),
    "cracks of no energy": (
        put(phases__separator__cracking={"regularisation_length": "10 um"}),
        "phases.separator.cracking.fracture_energy",
        "missing",
    ),
    "cracks of two energies": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "fracture_toughness": "0.2 MPa*m^0.5",
                "regularisation_length": "10 um",
            }
        ),
        "phases.separator.cracking.fracture_energy",
        "given beside fracture_toughness",
    ),
    "cracks of no length": (
        put(phases__separator__cracking={"fracture_energy": "1 J/m^2"}),
        "phases.separator.cracking.regularisation_length",
        "missing",
    ),
    "a flaw of no length": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
                "flaws": [{"begin": ["0 um", "1 um"], "end": ["0 um", "1 um"]}],
            }
        ),
        "phases.separator.cracking.flaws.0.end",
        "two different points",
    ),
    "a disc without a direction": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
                "penny_cracks": [{"centre": ["0 um"] * 3, "normal": [0.0] * 3, "radius": "3 um"}],
            }
        ),
        "phases.separator.cracking.penny_cracks.0.normal",
        "no direction",
    ),
    "cracks by a split that is not known": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
                "split": "deviatoric",
            }
        ),
        "phases.separator.cracking.split",
        "volumetric-deviatoric",
    ),
    "strength under compression of a split that has its own": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
                "split": "spectral",
                "strength_ratio": 8.0,
            }
        ),
        "phases.separator.cracking.strength_ratio",
        "star-convex",
    ),
    "no flaws by chance": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
                "random_flaws": {"number": 0, "length": "1 um"},
            }
        ),
        "phases.separator.cracking.random_flaws.number",
        "1",
    ),
    "cracks told apart in crystals": (
        put(
            phases__active=CRYSTALS
            | {
                "material": "NMC811",
                "cracking": {
                    "fracture_energy": "1 J/m^2",
                    "regularisation_length": "10 um",
                    "split": "spectral",
                },
            }
        ),
        "phases.active.cracking.split",
        "volumetric-deviatoric",
    ),
    "no modulus": (
        put(phases__separator__material="../soft.toml"),
        "phases.separator",
        "youngs_modulus",
    ),
    "NaN": (
        put(phases__active__initial_stoichiometry=float("nan")),
        "phases.active.initial_stoichiometry",
        "is not valid",
    ),
    "negative modulus": (
        put(phases__active__overrides={"youngs_modulus": "-140 GPa"}),
        "phases.active.overrides.youngs_modulus",
        "not positive",
    ),
    "infinite modulus": (
        put(phases__active__overrides={"youngs_modulus": "1e999 GPa"}),
        "phases.active.overrides.youngs_modulus",
        "modulus with its unit",
    ),
    "negative conductivity": (
        put(phases__separator__overrides={"ionic_conductivity": "-1 S/m"}),
        "phases.separator.overrides.ionic_conductivity",
        "not zero or positive",
    ),
    "override of no use": (
        put(phases__separator__overrides={"diffusivity": "1e-15 m^2/s"}),
        "phases.separator.overrides.diffusivity",
        "of no use in an electrolyte",
    ),
    "activation energy of a plain value": (
        put(
            phases__active__overrides={
                "diffusivity": "1e-15 m^2/s",
                "diffusivity_activation_energy": "0.3 eV",
            }
        ),
        "phases.active.overrides.diffusivity_activation_energy",
        "temperature",
    ),
    "swelling twice": (
        put(
            phases__active__overrides={
                "partial_molar_volume": "3e-6 m^3/mol",
                "volume_change": {"stoichiometry": [0, 1], "value": [-0.1, 0.0], "unit": "1"},
            }
        ),
        "phases.active.overrides.partial_molar_volume",
        "Give one",
    ),
    "anisotropic strain without lattice parameters": (
        put(phases__active={"material": "NMC622", **CRYSTALS}),
        "phases.active",
        "NMC622 has no strain_a",
    ),
    "anisotropic electrolyte": (
        put(phases__separator__chemical_strain="anisotropic"),
        "phases.separator.chemical_strain",
        "does not swell",
    ),
    "unknown kind of strain": (
        put(phases__active__chemical_strain="crystal"),
        "phases.active.chemical_strain",
        "'anisotropic'",
    ),
    "orientation of an isotropic strain": (
        put(phases__active__orientation="random"),
        "phases.active.orientation",
        'set chemical_strain = "anisotropic"',
    ),
    "orientation in words": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": "upwards"}),
        "phases.active.orientation",
        "[0, 0, 1]",
    ),
    "orientation in the plane": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": [1, 0]}),
        "phases.active.orientation",
        "[0, 0, 1]",
    ),
    "orientation nowhere": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": [0, 0, 0]}),
        "phases.active.orientation",
        "is no direction",
    ),
    "orientation to infinity": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": [0, 0, inf]}),
        "phases.active.orientation",
        "is no direction",
    ),
    "lattice parameter in volts": (
        put(
            phases__active={
                "material": "NMC811",
                **CRYSTALS,
                "overrides": {
                    "strain_c": {"stoichiometry": [0, 1], "value": [-0.1, 0.0], "unit": "V"}
                },
            }
        ),
        "phases.active.overrides.strain_c.unit",
        'unit = "1"',
    ),
    "override with two origins": (
        put(
            phases__active__overrides={
                "diffusivity": {"value": "1e-15 m^2/s", "source": "10.1000/1", "assumed": "so"}
            }
        ),
        "phases.active.overrides.diffusivity",
        "both",
    ),
    "formula of another variable": (
        put(phases__active__overrides={"open_circuit_voltage": formula("4 - t")}),
        "phases.active.overrides.open_circuit_voltage.expression",
        '"t" in a formula',
    ),
    "formula that opens a file": (
        put(phases__active__overrides={"open_circuit_voltage": formula("open('/etc/passwd')")}),
        "phases.active.overrides.open_circuit_voltage.expression",
        '"open" in a formula',
    ),
    "formula with a hat": (
        put(phases__active__overrides={"open_circuit_voltage": formula("4 - x^2")}),
        "phases.active.overrides.open_circuit_voltage.expression",
        "x**2",
    ),
    "voltage that rises with filling": (
        put(phases__active__overrides={"open_circuit_voltage": formula("3.5 + x")}),
        "phases.active.overrides.open_circuit_voltage",
        "rises by 1e+03 mV",
    ),
    "formula that is not finite": (
        put(phases__active__overrides={"open_circuit_voltage": formula("1 / (x - 0.5)")}),
        "phases.active.overrides.open_circuit_voltage.expression",
        "not finite at x = 0.5",
    ),
    "electrode of no file": (
        put(phases__active__material="cell.json:Positive electrode"),
        "",
        "cell.json: there is no such file",
    ),
    "file of no electrode": (
        put(phases__active__material="cell.json"),
        "phases.active.material",
        "names no electrode",
    ),
    "material is a device": (put(phases__active__material="/dev/../dev/zero.toml"), "", "zero"),
    "material is a picture": (put(phases__active__material="../binary.toml"), "", "not a text"),
}
