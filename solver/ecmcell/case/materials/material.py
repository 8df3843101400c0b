"""A material as a file gives it: properties that each say where they come from."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, cast, get_args

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, model_validator

from ecmcell.case import units
from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.case.files.provenance import Frozen, Origin, Text
from ecmcell.case.files.toml_reader import part
from ecmcell.case.materials.properties import Curve, OrExpression, Property, Sourced, Window
from ecmcell.case.materials.salt import OrNumber, SaltCurve, number_as_curve
from ecmcell.case.units import Quantity

_NO_PROPERTY = ("name", "kind", "formula", "alternatives")
_ABOVE_ZERO = ("thermodynamic_factor", "conductivity_over_salt", "salt_diffusivity_over_salt")

T = TypeVar("T")


def _in_volts(given: Any) -> Any:
    return _with_unit(given, "V")


def _in_volts_a_kelvin(given: Any) -> Any:
    return _with_unit(given, "V/K")


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
        entropic_coefficient: Change dU/dT of the open-circuit voltage with the temperature over the
            stoichiometry, for cells with a heat balance; the open-circuit voltage is then that at
            the temperature of the cell at the start.
        volume_change: Volume change dV/V against the fully lithiated material over the
            stoichiometry.
        strain_a: Strain of the lattice parameter a (and b) against the fully lithiated material.
        strain_c: Strain of the lattice parameter c against the fully lithiated material.
        alternatives: Other values by property and label, which a case may choose:
            `overrides.diffusivity = "label"`.
    """

    _kinds: ClassVar[list[type["Material"]]] = []

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
    entropic_coefficient: (
        Annotated[Curve, BeforeValidator(_in_volts_a_kelvin), OrExpression()] | None
    ) = None
    volume_change: Annotated[Curve, BeforeValidator(_plain), OrExpression()] | None = None
    strain_a: Annotated[Curve, BeforeValidator(_plain), OrExpression()] | None = None
    strain_c: Annotated[Curve, BeforeValidator(_plain), OrExpression()] | None = None
    alternatives: dict[str, dict[str, Any]] = Field(default={}, exclude=True)

    @model_validator(mode="after")
    def _is_elastic(self) -> Self:
        if self.poisson_ratio is not None and not -1 < self.poisson_ratio < 0.5:
            remedy = "A Poisson ratio lies above -1 and below 0.5."
            raise Fault(
                f"{self.poisson_ratio:g} is not valid",
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
            raise Fault(f"{max(curve.value):g} is not valid", remedy, key)
        return self

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """A subclass that says its kind is one that a material may be of."""
        super().__pydantic_init_subclass__(**kwargs)
        if "kind" in cls.__annotations__:
            Material._kinds.append(cls)

    @classmethod
    def needed(cls) -> tuple[str, ...]:
        """The properties that the kind cannot be without."""
        required = (name for name, field in cls.model_fields.items() if field.is_required())
        return tuple(name for name in required if name not in _NO_PROPERTY)

    @classmethod
    def takes(cls, material: "Material") -> bool:
        """Whether a material is of this kind and has all that it needs."""
        (kind,) = get_args(cls.model_fields["kind"].annotation)
        return material.kind == kind and all(getattr(material, n) is not None for n in cls.needed())

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
                    part(Material, {"name": "-", "kind": self.kind, "formula": "-", name: table})
                except Fault as fault:
                    key = ["alternatives", name, label, *fault.key[1:]]
                    raise Fault(fault.given, fault.remedy, key) from None
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_kind(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        made = handler(data)  # with all the validators before this one
        if type(made) is not Material:
            return made
        fitting = (kind for kind in cls._kinds if kind.takes(made))
        kind = next(fitting, Material)
        return cast(Self, kind.model_construct(made.model_fields_set, **dict(made)))

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

    # What may be absent, but is asked only where a case cannot be without: its checks see to that.

    @property
    def moduli(self) -> tuple[float, float]:
        """Young's modulus in MPa and Poisson's ratio."""
        return self._known(self.youngs_modulus), self._known(self.poisson_ratio)

    @property
    def charge_volume(self) -> float:
        """Volume of a metal that a charge deposits, V/F in um3/pC."""
        return self._known(self.molar_volume) / units.FARADAY

    @property
    def yielding(self) -> tuple[float, float]:
        """Yield strength and hardening modulus, MPa."""
        return self._known(self.yield_strength), float(self.hardening_modulus or 0.0)

    @property
    def creep(self) -> tuple[float, float]:
        """Stress in MPa that the rate of creep is told for, and the exponent of the power law."""
        return self._known(self.creep_stress), self._known(self.creep_exponent)

    def _known(self, value: T | None) -> T:
        if value is None:
            raise ValueError(f"{self.name} lacks a property that its case should be refused for")
        return value


def needed(value: T | None) -> T:
    """A property that the checks of a case guarantee to be there."""
    if value is None:
        raise ValueError("a property is missing that the case should have been refused for")
    return value


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
