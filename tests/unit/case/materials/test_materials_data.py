"""The material library: every value has a unit of the right dimension and says where it is from."""

import re
import tomllib
from importlib.resources import files

import numpy as np
import pint
import pytest

from ecmcell.case import materials

ureg = pint.UnitRegistry()

SCALARS = {
    "density": "kg/m^3",
    "maximum_concentration": "mol/m^3",
    "molar_volume": "m^3/mol",
    "partial_molar_volume": "m^3/mol",
    "diffusivity": "m^2/s",
    "diffusivity_activation_energy": "J/mol",
    "electronic_conductivity": "S/m",
    "ionic_conductivity": "S/m",
    "ionic_activation_energy": "J/mol",
    "youngs_modulus": "Pa",
    "poisson_ratio": "1",
    "fracture_toughness": "Pa*m^0.5",
    "yield_strength": "Pa",
    "hardening_modulus": "Pa",
    "creep_stress": "Pa",
    "creep_rate": "1/s",
    "creep_exponent": "1",
    "creep_activation_energy": "J/mol",
    "salt_concentration": "mol/m^3",
    "salt_diffusivity": "m^2/s",
    "salt_activation_energy": "J/mol",
    "crystal_activation_energy": "J/mol",
    "melting_temperature": "K",
}
TABLES = {
    "open_circuit_voltage": "V",
    "volume_change": "1",
    "strain_a": "1",
    "strain_c": "1",
}
OVER_SALT = {
    "cation_transference",
    "thermodynamic_factor",
    "conductivity_over_salt",
    "salt_diffusivity_over_salt",
}
RANGES = {"stoichiometry_window"}
KINDS = {"active material", "electrolyte", "metal", "coating"}
NEEDED = {
    "active material": {
        "density",
        "maximum_concentration",
        "stoichiometry_window",
        "diffusivity",
        "electronic_conductivity",
        "youngs_modulus",
        "poisson_ratio",
        "open_circuit_voltage",
        "volume_change",
    },
    "electrolyte": {"density", "ionic_conductivity", "youngs_modulus", "poisson_ratio"},
    "metal": {"density", "molar_volume", "youngs_modulus", "poisson_ratio"},
    "coating": {"density", "ionic_conductivity"},
}
# largest |dV/V| that a crystal, an alloy and silicon show
LARGEST_VOLUME_CHANGE = {"silicon": 4.0, "graphite": 0.15}

LIBRARY = {
    path.name.removesuffix(".toml"): tomllib.loads(path.read_text(encoding="utf-8"))
    for path in files("ecmcell").joinpath("materials").iterdir()
    if path.name.endswith(".toml")
}
PROPERTIES = [
    pytest.param(material, name, entry, id=f"{material}-{name}")
    for material, content in sorted(LIBRARY.items())
    for name, entry in content.items()
    if isinstance(entry, dict) and name != "alternatives"
] + [
    pytest.param(material, name, entry, id=f"{material}-{name}-{label}")
    for material, content in sorted(LIBRARY.items())
    for name, choices in content.get("alternatives", {}).items()
    for label, entry in choices.items()
]
OPEN_CIRCUIT = [param for param in PROPERTIES if param.values[1] == "open_circuit_voltage"]
VOLUME = [param for param in PROPERTIES if param.values[1] == "volume_change"]


def quantity(text: str) -> pint.Quantity:
    number, _, unit = text.partition(" ")
    return ureg.Quantity(float(number), unit)


def same_dimension(unit: str, reference: str) -> bool:
    """An energy may be given per particle or per mole."""
    given, wanted = (ureg.Quantity(1.0, "" if u == "1" else u) for u in (unit, reference))
    return given.check(wanted.dimensionality) or (reference == "J/mol" and given.check("[energy]"))


def test_the_library_is_complete() -> None:
    cathodes = {"NMC811", "NMC622", "LiCoO2", "LiFePO4"}
    anodes = {"graphite", "silicon", "LTO", "Li", "LiIn"}
    sulfides = {"Li6PS5Cl", "Li3PS4-beta", "Li3PS4-glass", "LGPS"}
    oxides = {"LLZO", "LLZTO", "LATP", "LLTO", "LiPON"}
    others = {"Li3InCl6", "LiBH4", "PEO-LiTFSI"}
    coatings = {"LiNbO3", "LTO-coating", "Al2O3", "phosphate-coating"}
    assert cathodes | anodes | sulfides | oxides | others | coatings <= LIBRARY.keys()


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_file_names_its_material_and_has_what_its_kind_needs(name: str) -> None:
    content = LIBRARY[name]
    assert content["name"] == name
    assert content["kind"] in KINDS
    assert content["formula"]
    assert NEEDED[content["kind"]] <= content.keys()
    assert content.get("alternatives", {}).keys() <= content.keys()


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_the_reader_takes_the_file(name: str) -> None:
    read = materials.material(name)
    assumed = {key for key, entry in LIBRARY[name].items() if "assumed" in entry}
    assert set(read.assumptions()) == assumed


@pytest.mark.parametrize(("material", "name", "entry"), PROPERTIES)
def test_value_says_where_it_is_from(material: str, name: str, entry: dict) -> None:
    assert name in SCALARS.keys() | TABLES.keys() | RANGES | OVER_SALT
    assert ("source" in entry) != ("assumed" in entry)
    if "source" in entry:
        assert re.fullmatch(r"10\.\d{4,5}/\S+", entry["source"])
    else:
        assert len(entry["assumed"]) > 10
    assert entry.keys() <= {
        "value", "unit", "stoichiometry", "concentration", "temperature", "source", "assumed",
        "note",
    }  # fmt: skip


@pytest.mark.parametrize(("material", "name", "entry"), PROPERTIES)
def test_unit_has_the_dimension_of_the_property(material: str, name: str, entry: dict) -> None:
    if name in SCALARS and "stoichiometry" not in entry:
        given = quantity(entry["value"])
        assert same_dimension(f"{given.units:C}", SCALARS[name])
        assert given.magnitude > 0.0
    elif name in OVER_SALT:
        assert entry.get("unit", "1") == "1"
    elif name not in RANGES:
        assert same_dimension(entry["unit"], (SCALARS | TABLES)[name])
    if "temperature" in entry:
        number, unit = entry["temperature"].split()
        assert 250.0 < ureg.Quantity(float(number), unit).to("K").magnitude < 400.0


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_scalars_lie_where_matter_lies(name: str) -> None:
    limits = {
        "density": (0.3e3, 9e3),
        "maximum_concentration": (1e3, 4e5),
        "poisson_ratio": (0.0, 0.5),
        "youngs_modulus": (1e5, 6e11),
        "ionic_conductivity": (1e-13, 10.0),
        "diffusivity": (1e-19, 1e-8),
        "fracture_toughness": (1e4, 1e8),
    }
    for key, (low, high) in limits.items():
        entry = LIBRARY[name].get(key)
        if entry is not None and "stoichiometry" not in entry:
            value = quantity(entry["value"]).to(SCALARS[key].removeprefix("1")).magnitude
            assert low < value < high, key


def test_salt_tables_are_the_published_polynomials() -> None:
    """Those of the program dualfoil for Edman et al. 2000; t+ meets the ends they give."""
    content = LIBRARY["PEO-LiTFSI"]
    for name, powers, scale in (
        ("cation_transference", (-5.05e-8, 3.77e-4, -0.0834), 1.0),
        ("conductivity_over_salt", (6.53e-14, -5.73e-10, 1.2e-6, 4.25e-5), 1e3),
        ("salt_diffusivity_over_salt", (-6.73e-19, 4.92e-16, 5.5e-12), 1e12),
    ):
        c, value = np.array(content[name]["concentration"]), np.array(content[name]["value"])
        assert value == pytest.approx(scale * np.polyval(powers, c), rel=1e-3, abs=1e-4)
    found = [np.interp(c, *(content["cation_transference"][k] for k in ("concentration", "value")))
             for c in (742.0, 2982.0)]  # fmt: skip
    assert found == pytest.approx([0.17, 0.60], abs=0.01)
    at_rest = quantity(content["salt_concentration"]["value"]).to("mol/m^3").magnitude
    for name, over, unit, scale in (
        ("ionic_conductivity", "conductivity_over_salt", "S/cm", 1e3),
        ("salt_diffusivity", "salt_diffusivity_over_salt", "m^2/s", 1e12),
    ):
        value = scale * quantity(content[name]["value"]).to(unit).magnitude
        table = content[over]
        expected = np.interp(at_rest, table["concentration"], table["value"])
        assert value == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("material", "name", "entry"), OPEN_CIRCUIT + VOLUME)
def test_table_runs_over_rising_stoichiometry(material: str, name: str, entry: dict) -> None:
    x, y = np.array(entry["stoichiometry"]), np.array(entry["value"])
    assert x.shape == y.shape
    assert np.all(np.isfinite(y))
    assert np.all(np.diff(x) > 0.0)
    low, high = LIBRARY[material]["stoichiometry_window"]["value"]
    assert 0.0 <= x[0] <= low < high <= x[-1] <= 1.0


@pytest.mark.parametrize(("material", "name", "entry"), OPEN_CIRCUIT)
def test_open_circuit_voltage_falls_as_lithium_enters(
    material: str, name: str, entry: dict
) -> None:
    voltage = np.array(entry["value"])
    assert np.all(np.diff(voltage) < 0.0)
    assert np.all((voltage > -0.1) & (voltage < 5.5))
    assert entry["stoichiometry"][0] <= 0.05
    assert entry["stoichiometry"][-1] >= 0.99
    assert voltage.size >= 30


@pytest.mark.parametrize(("material", "name", "entry"), VOLUME)
def test_volume_change_is_physical(material: str, name: str, entry: dict) -> None:
    change = np.array(entry["value"])
    assert np.ptp(change) < LARGEST_VOLUME_CHANGE.get(material, 0.11)
    assert np.all(change > -1.0)
    assert entry["stoichiometry"][0] == 0.0
    assert entry["stoichiometry"][-1] == 1.0
    assert change[-1] == 0.0, "relative to the fully lithiated material"


@pytest.mark.parametrize(
    ("material", "voltage", "x", "tolerance"),
    [
        ("NMC811", 4.2, 0.265, 0.005),
        ("NMC811", 3.55, 0.97, 0.01),
        ("NMC811", 2.8, 0.998, 0.002),
        ("LiCoO2", 4.2, 0.478, 0.005),
        ("NMC622", 4.17, 0.404, 0.005),
        ("LiFePO4", 3.398, 0.5, 0.05),
        ("LTO", 1.602, 0.6, 0.1),
        ("graphite", 0.1204, 0.5, 0.02),
        ("silicon", 0.309, 0.5, 0.02),
    ],
)
def test_published_points_of_the_open_circuit_curves(
    material: str, voltage: float, x: float, tolerance: float
) -> None:
    table = LIBRARY[material]["open_circuit_voltage"]
    found = np.interp(-voltage, -np.array(table["value"]), table["stoichiometry"])
    assert found == pytest.approx(x, abs=tolerance)


def test_nmc811_shrinks_on_charge_as_measured() -> None:
    table = LIBRARY["NMC811"]["volume_change"]
    at_4v3, at_3v0 = np.interp([0.2, 0.98], table["stoichiometry"], table["value"])
    assert at_4v3 - at_3v0 == pytest.approx(-0.051, abs=0.006)


@pytest.mark.parametrize("material", [m for m in sorted(LIBRARY) if "strain_c" in LIBRARY[m]])
def test_lattice_parameters_make_the_volume(material: str) -> None:
    content = LIBRARY[material]
    x = np.unique(
        [at for name in ("volume_change", "strain_c") for at in content[name]["stoichiometry"]]
    )
    a, c, volume = (
        np.interp(x, content[name]["stoichiometry"], content[name]["value"])
        for name in ("strain_a", "strain_c", "volume_change")
    )
    assert (1 + a) ** 2 * (1 + c) - 1 == pytest.approx(volume, abs=1e-3)


@pytest.mark.parametrize(
    ("material", "molar_mass"),
    [
        ("NMC811", 97.28),
        ("NMC622", 96.93),
        ("LiCoO2", 97.87),
        ("LiFePO4", 157.76),
        ("LTO", 153.03),
        ("graphite", 72.07),
        ("silicon", 28.085 / 3.75),
    ],
)
def test_density_and_concentration_tell_the_same_crystal(material: str, molar_mass: float) -> None:
    content = LIBRARY[material]
    density = quantity(content["density"]["value"]).to("g/m^3").magnitude
    concentration = quantity(content["maximum_concentration"]["value"]).to("mol/m^3").magnitude
    assert density / concentration == pytest.approx(molar_mass, rel=0.01)


def test_lithium_molar_volume_follows_from_its_density() -> None:
    lithium = LIBRARY["Li"]
    density = quantity(lithium["density"]["value"]).to("g/m^3").magnitude
    volume = quantity(lithium["molar_volume"]["value"]).to("m^3/mol").magnitude
    assert 6.94 / density == pytest.approx(volume, rel=0.002)
