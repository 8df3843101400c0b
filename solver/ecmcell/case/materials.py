"""Materials: properties that each say where they come from, read from TOML."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema

from ecmcell.case import units
from ecmcell.case.bpx import EXAMPLE, read_bpx
from ecmcell.case.faults import Fault, dotted, suggest, toml
from ecmcell.case.origin import CASE_FILE, Frozen, Origin, Text
from ecmcell.case.properties import Curve, OrExpression, Property, Sourced, Window
from ecmcell.case.reading import part, read_toml, validate
from ecmcell.case.salt import OrNumber, SaltCurve, number_as_curve
from ecmcell.case.units import Quantity

LIBRARY = Path(str(files("ecmcell"))) / "materials"
_NO_PROPERTY = ("name", "kind", "formula", "alternatives")
_ABOVE_ZERO = ("thermodynamic_factor", "conductivity_over_salt", "salt_diffusivity_over_salt")

T = TypeVar("T")


def _in_volts(given: Any) -> Any:
    return _with_unit(given, "V")


def _plain(given: Any) -> Any:
    return _with_unit(given, "1")


def _with_unit(given: Any, unit: str) -> Any:
    if isinstance(given, dict) and given.get("unit", unit) != unit:
        raise Fault(f"{toml(given['unit'])} is not the unit", f'Use unit = "{unit}".', ["unit"])
    return given


OverSalt = Annotated[SaltCurve, BeforeValidator(number_as_curve), OrNumber()]


class Material(Frozen):
    """Material of a phase, an electrode or a coating; properties that are absent are unknown.

    Attributes:
        name: Name of the material.
        kind: Kind of the material, which decides on the place in a cell.
        formula: Chemical formula of the material.
        density: Density without pores.
        maximum_concentration: Concentration of lithium where every site is filled.
        stoichiometry_window: Usable range of stoichiometry, from full charge to full discharge,
            which C-rates count.
        diffusivity: Diffusivity of lithium in the active material, at the temperature given with
            the value.
        diffusivity_activation_energy: Activation energy of the diffusivity, by an Arrhenius law.
        electronic_conductivity: Electronic conductivity, at the temperature given with the value.
        electronic_activation_energy: Activation energy of the electronic conductivity of an
            electrolyte, by an Arrhenius law for sigma T.
        ionic_conductivity: Conductivity for lithium ions, at the temperature given with the value.
        ionic_activation_energy: Activation energy of the ionic conductivity, by an Arrhenius law
            for sigma T.
        salt_concentration: Concentration of the salt of a polymer electrolyte at rest; with a value
            both ions of the salt move.
        salt_diffusivity: Diffusivity of the salt at rest, at the temperature given with the value.
        salt_activation_energy: Activation energy of the salt diffusivity, by an Arrhenius law.
        cation_transference: Transference number of lithium: fraction of the current that lithium
            ions carry without gradients of salt.
        thermodynamic_factor: Thermodynamic factor 1 + dln f/dln c of the salt, f being the activity
            coefficient.
        conductivity_over_salt: Ionic conductivity over the concentration of salt, relative to any
            reference: only ratios count.
        salt_diffusivity_over_salt: Salt diffusivity over the concentration of salt, relative to any
            reference: only ratios count.
        melting_temperature: Melting temperature of a polymer, above which the other activation
            energies hold.
        crystal_activation_energy: Activation energy of the ionic conductivity and the salt
            diffusivity below melting.
        youngs_modulus: Young's modulus of the isotropic material.
        poisson_ratio: Poisson ratio of the isotropic material.
        fracture_toughness: Critical stress intensity factor K_Ic of the material.
        yield_strength: Equivalent stress at which plastic flow begins.
        hardening_modulus: Rise of the yield strength with the equivalent plastic strain; none if
            not given.
        creep_rate: Strain rate of creep under `creep_stress`, at the temperature given with the
            value.
        creep_stress: Equivalent stress at which the material creeps at `creep_rate`.
        creep_exponent: Exponent of the stress in the power law of creep.
        creep_activation_energy: Activation energy of the creep rate, by an Arrhenius law.
        molar_volume: Molar volume of a metal.
        partial_molar_volume: Partial molar volume of lithium in the active material, for swelling
            where no `volume_change` is given.
        open_circuit_voltage: Open-circuit voltage against lithium metal over the stoichiometry.
        volume_change: Volume change dV/V against the fully lithiated material over the
            stoichiometry.
        strain_a: Strain of the lattice parameter a (and b) against the fully lithiated material.
        strain_c: Strain of the lattice parameter c against the fully lithiated material.
        alternatives: Other values by property and label, which a case may choose:
            `overrides.diffusivity = "label"`.
    """

    name: Annotated[Text, Field(examples=["NMC811"])]
    kind: Literal["active material", "electrolyte", "metal", "coating"] = Field(
        examples=["electrolyte"]
    )
    formula: Annotated[Text, Field(examples=["LiCoO2"])]
    density: Annotated[Property, Sourced(units.Density)] | None = None
    maximum_concentration: Annotated[Property, Sourced(units.Concentration)] | None = None
    stoichiometry_window: Window | None = None
    diffusivity: Annotated[Property, Sourced(units.Diffusivity)] | None = None
    diffusivity_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    electronic_conductivity: Annotated[Property, Sourced(units.Conductivity)] | None = None
    electronic_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    ionic_conductivity: Annotated[Property, Sourced(units.Conductivity)] | None = None
    ionic_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    salt_concentration: Annotated[Property, Sourced(units.Concentration)] | None = None
    salt_diffusivity: Annotated[Property, Sourced(units.Diffusivity)] | None = None
    salt_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    cation_transference: OverSalt | None = None
    thermodynamic_factor: OverSalt | None = None
    conductivity_over_salt: OverSalt | None = None
    salt_diffusivity_over_salt: OverSalt | None = None
    melting_temperature: Annotated[Property, Sourced(units.Temperature)] | None = None
    crystal_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    youngs_modulus: Annotated[Property, Sourced(units.Modulus)] | None = None
    poisson_ratio: Annotated[Property, Sourced(units.Number)] | None = None
    fracture_toughness: Annotated[Property, Sourced(units.Toughness)] | None = None
    yield_strength: Annotated[Property, Sourced(units.Strength)] | None = None
    hardening_modulus: Annotated[Property, Sourced(units.Hardening)] | None = None
    creep_rate: Annotated[Property, Sourced(units.StrainRate)] | None = None
    creep_stress: Annotated[Property, Sourced(units.Strength)] | None = None
    creep_exponent: Annotated[Property, Sourced(units.Number)] | None = None
    creep_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    molar_volume: Annotated[Property, Sourced(units.MolarVolume)] | None = None
    partial_molar_volume: Annotated[Property, Sourced(units.MolarVolume)] | None = None
    open_circuit_voltage: Annotated[Curve, BeforeValidator(_in_volts), OrExpression()] | None = None
    volume_change: Annotated[Curve, BeforeValidator(_plain), OrExpression()] | None = None
    strain_a: Annotated[Curve, BeforeValidator(_plain), OrExpression()] | None = None
    strain_c: Annotated[Curve, BeforeValidator(_plain), OrExpression()] | None = None
    alternatives: dict[str, dict[str, Any]] = Field(default={}, exclude=True)

    @model_validator(mode="after")
    def _is_elastic(self) -> Self:
        if self.poisson_ratio is not None and not -1 < self.poisson_ratio < 0.5:
            remedy = "A Poisson ratio lies above -1 and below 0.5."
            raise Fault(
                f"{self.poisson_ratio:g} does not do",
                remedy,
                ["poisson_ratio", "value"],
            )
        return self

    @model_validator(mode="after")
    def _has_possible_salt(self) -> Self:
        for name in _ABOVE_ZERO:
            curve = getattr(self, name)
            if curve is not None and min(curve.value) <= 0.0:
                raise Fault(
                    f"{min(curve.value):g} is not positive",
                    "Give positive values.",
                    [name, "value"],
                )
        curve = self.cation_transference
        if curve is not None and max(curve.value) > 1.0:
            remedy = "A transference number is at most 1."
            key = ["cation_transference", "value"]
            raise Fault(f"{max(curve.value):g} does not do", remedy, key)
        return self

    @property
    def has_salt(self) -> bool:
        """Whether it is an electrolyte in which the anions of a salt move too."""
        return self.kind == "electrolyte" and self.salt_concentration is not None

    @model_validator(mode="after")
    def _has_good_alternatives(self) -> Self:
        for name, choices in self.alternatives.items():
            if name not in PROPERTIES:
                remedy = suggest(name, PROPERTIES, "properties")
                raise Fault("unknown key", remedy, ["alternatives", name])
            for label, table in choices.items():
                try:
                    part(type(self), {"name": "-", "kind": self.kind, "formula": "-", name: table})
                except Fault as fault:
                    key = ["alternatives", name, label, *fault.key[1:]]
                    raise Fault(fault.given, fault.remedy, key) from None
        return self

    def origins(self) -> Iterator[tuple[str, Origin]]:
        """Every property that is given, with its origin."""
        for name in type(self).model_fields:
            match getattr(self, name):
                case Property(origin=origin):
                    yield name, origin
                case Origin() as origin:
                    yield name, origin

    def assumptions(self) -> dict[str, str]:
        """The properties that are assumed, with the reason."""
        return {name: origin.assumed for name, origin in self.origins() if origin.assumed}

    def charge_capacity(self) -> float:
        """Charge in pC/um3 between the ends of the stoichiometry window.

        Raises:
            ValueError: If the material is no active material.
        """
        if self.maximum_concentration is None or self.stoichiometry_window is None:
            raise ValueError(f"{self.name} stores no charge")
        window = self.stoichiometry_window
        return units.FARADAY * self.maximum_concentration * (window.high - window.low)

    @property
    def site_charge(self) -> float:
        """Charge of lithium that fills all sites, F c_max in pC/um3."""
        return units.FARADAY * needed(self.maximum_concentration)

    @property
    def salt_charge(self) -> float:
        """Charge of the anions of salt at rest, F c_0 in pC/um3."""
        return units.FARADAY * needed(self.salt_concentration)


def needed(value: T | None) -> T:
    """A property that the checks of a case guarantee to be there."""
    if value is None:
        raise ValueError("a property is missing that the case should have been refused for")
    return value


def with_article(kind: str) -> str:
    """The kind of a material with its article."""
    return f"{'an' if kind[0] in 'ae' else 'a'} {kind}"


def check_known(material: Material, properties: tuple[str, ...], key: list[str | int]) -> None:
    """Whether a material has properties that are needed; the key is that of its user.

    Raises:
        Fault: If it has not; names all of them.
    """
    missing = [name for name in properties if getattr(material, name) is None]
    if missing:
        it = "it" if len(missing) == 1 else "them"
        remedy = f"Add {it} to the material, or to [{dotted(key)}.overrides]."
        raise Fault(f"{material.name} has no {', '.join(missing)}", remedy, key)


PROPERTIES = tuple(n for n in Material.model_fields if n not in _NO_PROPERTY)


def quantity_of(name: str) -> Quantity:
    """What kind of quantity a property is.

    Raises:
        ValueError: If the property is no number.
    """
    for member in get_args(Material.model_fields[name].annotation):
        for annotation in getattr(member, "__metadata__", ()):
            if isinstance(annotation, Sourced):
                return annotation.quantity
    raise ValueError(f"{name} is no number")


def names(*kinds: str) -> list[str]:
    """Names of the materials in the library: of some kinds, or of all."""
    found = sorted(path.stem for path in LIBRARY.glob("*.toml"))
    return [name for name in found if not kinds or material(name).kind in kinds]


def needs_a(kind: str) -> str:
    """What would do where a material is of another kind, as a sentence."""
    return f"Give {with_article(kind)}: {', '.join(map(toml, names(kind)))}, or one of your own."


def material(name: str) -> Material:
    """A material of the library.

    Raises:
        Fault: If there is none of that name.
        InputError: If its file is at fault.
    """
    return Material.model_validate(material_table(name, LIBRARY))


def material_table(name: object, directory: Path, *kinds: str) -> dict[str, Any]:
    """The checked table of a material of the library or of a file.

    Args:
        name: Name in the library, path ending in `.toml`, or a BPX file with one of its
            electrodes, `cell.json:Positive electrode`.
        directory: What a path is relative to.
        kinds: What would fit there, to be suggested; anything if not given.

    Raises:
        Fault: If there is none of that name.
        InputError: If its file is at fault.
    """
    if not isinstance(name, str):
        example = toml(names(*kinds)[0])
        raise Fault(f"{toml(name)} does not do", f"Give a name in quotes, e.g. {example}.")
    file, *places = name.split(":")
    if file.endswith(".json"):
        if not places:
            raise Fault(f"{toml(name)} names no electrode", f"Give it too, e.g. {EXAMPLE}.")
        path = directory / file
        table = read_bpx(path, [place.strip() for place in places])
    elif name.endswith(".toml"):
        path = directory / name
        table = read_toml(path)
    elif name in names():
        path = LIBRARY / f"{name}.toml"
        table = read_toml(path)
    else:
        what = f"{kinds[0]}s" if len(kinds) == 1 else "materials"
        raise Fault(f"{toml(name)} is not a material", suggest(name, names(*kinds), what))
    validate(Material, table, path, path.parent)
    return table


def overridden(table: dict[str, Any], overrides: object) -> dict[str, Any]:
    """The table of a material with values from a case in the place of its own.

    Raises:
        Fault: If an override is not a property.
    """
    if not isinstance(overrides, dict):
        raise Fault(f"{toml(overrides)} does not do", "Give a table.")
    merged = dict(table)
    if "partial_molar_volume" in overrides:  # two ways to say how much the material swells
        if "volume_change" in overrides:
            raise Fault("given beside volume_change", "Give one.", ["partial_molar_volume"])
        merged.pop("volume_change", None)
    for key, value in overrides.items():
        if key not in PROPERTIES:
            raise Fault("unknown key", suggest(key, PROPERTIES, "properties"), [key])
        choices = table.get("alternatives", {}).get(key, {})
        if isinstance(value, str) and value in choices:
            merged[key] = choices[value]
            continue
        given = value if isinstance(value, dict) else {"value": value}
        origin = {} if {"source", "assumed"} & given.keys() else {"source": CASE_FILE}
        merged[key] = given | origin | {"set_by": CASE_FILE}
    return merged


class ByName:
    """Pydantic annotation: a material that a case may give by its name."""

    def __init__(self, *kinds: str):
        self.kinds = kinds

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A name of the library or a file, or all properties."""
        described = "Name in the library, a file such as mine.toml, or an electrode of a BPX file."
        named = {
            "type": "string",
            "examples": [*names(*self.kinds), "cell.json:Positive electrode"],
        }
        return {"description": described, "anyOf": [named, handler(schema)]}
