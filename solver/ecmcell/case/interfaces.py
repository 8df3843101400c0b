"""What joins phases, and what the outer faces are: kinetics, films, cohesion, electrodes."""

from functools import partial
from math import inf, log
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo

from ecmcell.case import units
from ecmcell.case.contact import ContactMap, read_contact
from ecmcell.case.faults import Fault
from ecmcell.case.files.provenance import Frozen, Given
from ecmcell.case.files.toml_reader import directory_of, part, subdomain_by
from ecmcell.case.lithium_layers import Inventory, VoidGrowth
from ecmcell.case.materials import ByName, Material, material_table

Switch = Annotated[bool, Field(strict=True)]
TransferCoefficient = Annotated[float, Field(strict=True, gt=0, lt=1)]


def _material(kind: str, given: object, info: ValidationInfo) -> Material:
    table = given if isinstance(given, dict) else material_table(given, directory_of(info), kind)
    return part(Material, table)


_Layer = Annotated[Material, BeforeValidator(partial(_material, "coating")), ByName("coating")]
_Metal = Annotated[Material, BeforeValidator(partial(_material, "metal")), ByName("metal")]


class Cohesion(Given):
    """Cohesive law of an interface: bilinear in traction and opening, in mixed mode.

    Attributes:
        shear_strength: Shear traction at which debonding begins; the normal strength if not given.
        mode_i_fracture_energy: Mode I fracture energy G_Ic: what debonding takes by opening.
        mode_ii_fracture_energy: Mode II fracture energy G_IIc: what debonding takes by sliding;
            that of mode I if not given.
        benzeggagh_kenane_exponent: Exponent of the Benzeggagh-Kenane criterion, which interpolates
            between the fracture energies of modes I and II.
        viscosity: Time by which damage lags behind the opening, which stabilises sudden debonding.
            More than a number of the solver: an interface that opens fast is stronger and takes
            more energy to debond. `ecmcell check` prints the opening rate that costs 10 % more
            energy.
        contact_gap: Opening at which the current through the interface has fallen to nothing.
        recontact_fraction: Fraction of the damaged contact that conducts again once the gap closes.
    """

    shear_strength: units.Strength | None = None
    mode_i_fracture_energy: units.SurfaceEnergy
    mode_ii_fracture_energy: units.SurfaceEnergy | None = None
    benzeggagh_kenane_exponent: Annotated[float, Field(strict=True, ge=1, le=10)] = 2.0
    viscosity: units.Instant = 0.0
    contact_gap: units.Length
    recontact_fraction: Annotated[float, Field(strict=True, ge=0, le=1)] = 1.0


class Coating(Given):
    """A layer between the two sides of an interface, made with the cell.

    Attributes:
        material: Material of the coating.
        thickness: Thickness of the coating; divided by the conductivity it is an areal resistance.
        ionic_conductivity: Ionic conductivity of the coating at the temperature of the cell; that
            of the material if not given.
    """

    material: _Layer = Field(examples=["LiNbO3"])
    thickness: units.Length = Field(examples=["5 nm"])
    ionic_conductivity: units.Conductivity | None = None


class ParabolicGrowth(Given):
    """A product of electrolyte and electrode that conducts electrons too and grows without end.

    Attributes:
        growth: Law of growth: the thickness is proportional to the root of time.
        slope: Areal resistance of the interphase over the root of time.
        initial_resistance: Areal resistance of the interphase at the start of the protocol.
    """

    growth: Literal["parabolic"]
    slope: units.FilmGrowth
    initial_resistance: units.ArealResistance = 0.0


class LimitedGrowth(Given):
    """A product of electrolyte and electrode that insulates from electrons and ends its own growth.

    Attributes:
        growth: Law of growth: the interphase insulates and stops growing.
        final_resistance: Areal resistance of the interphase when growth has ended.
        time_constant: Time in which the interphase grows to 63 % of the final resistance, from
            nothing at the start.
    """

    growth: Literal["self-limiting"]
    final_resistance: units.ContactResistance
    time_constant: units.Time


_GROWTHS: dict[str, type[ParabolicGrowth | LimitedGrowth]] = {
    "parabolic": ParabolicGrowth,
    "self-limiting": LimitedGrowth,
}


def _interphase(given: object) -> ParabolicGrowth | LimitedGrowth:
    """The interphase in a table, by its law of growth."""
    return subdomain_by("growth", _GROWTHS, given)


class FilmCovered(Given):
    """Films in series between electrode and electrolyte, whose resistances add up.

    Attributes:
        film_resistance: Areal resistance of a film that does not change, in series with coating and
            interphase.
        coating: Layer that was put between the two sides on purpose.
        interphase: Layer that electrolyte and electrode form by reacting, which grows with time.
    """

    film_resistance: units.ArealResistance = 0.0
    coating: Coating | None = None
    interphase: Annotated[ParabolicGrowth | LimitedGrowth, BeforeValidator(_interphase)] | None = (
        None
    )


class Activated(Given):
    """Charge transfer whose exchange current density may follow the temperature.

    Attributes:
        exchange_activation_energy: Activation energy of the exchange current density, by an
            Arrhenius law; the same at every temperature if not given.
        exchange_temperature: Temperature at which the exchange current density was found; needed
            with an activation energy.
    """

    exchange_activation_energy: units.MolarEnergy | None = None
    exchange_temperature: units.Temperature | None = None


class CohesiveInterface(Given):
    """Facets where two bodies hold on to each other.

    Attributes:
        penalty_stiffness: Penalty stiffness of the interface: rise of the traction with the
            opening. If not given, the interface gives a tenth of what the adjacent cells give, and
            stores at most a tenth of the fracture energy.
        strength: Normal traction at which debonding begins; needed with cohesion.
        cohesion: Cohesive law by which the interface debonds; without a law the interface never
            debonds.
    """

    penalty_stiffness: units.Stiffness | None = None
    strength: units.Strength | None = None
    cohesion: Cohesion | None = None

    @property
    def debonds(self) -> bool:
        """Whether the interface may debond."""
        return self.cohesion is not None

    def steady_rate(self, fraction: float) -> float:
        """Opening rate in um/s at which viscosity adds a fraction to the energy of debonding.

        At a rate v the opening is ahead of the one that damages by v times the viscosity, which
        takes 2 v tau ln(last/first)/(last - first) of the energy beside, where that is the more.
        Infinite without viscosity.
        """
        assert (
            self.cohesion is not None
            and self.strength is not None
            and self.penalty_stiffness is not None
        )
        if not self.cohesion.viscosity:
            return inf
        first, last = (
            self.strength / self.penalty_stiffness,
            2.0 * self.cohesion.mode_i_fracture_energy / self.strength,
        )
        return fraction * (last - first) / (2.0 * self.cohesion.viscosity * log(last / first))


class Voids(Given):
    """Hollows that meshed metal has at its interface from the start.

    Attributes:
        contact: Map of where the metal touches the electrolyte.
        depth: Depth of the hollows between the places of contact.
    """

    contact: Annotated[ContactMap, BeforeValidator(read_contact)]
    depth: units.Length


class ReactingInterface(CohesiveInterface, FilmCovered, Activated):
    """Facets between an active material, or a meshed metal, and an electrolyte, with kinetics.

    Attributes:
        bonded: Whether the two phases are one body; false for an interface with kinetics.
        exchange_current_density: Exchange current density of charge transfer, at half filling of an
            active material; of a metal as given.
        transfer_coefficient: Transfer coefficient of the anodic direction (delithiation,
            stripping).
        electronic_resistance: Areal resistance for electrons between the active material, or with
            leakage the metal, and the electrolyte; needed where the electrolyte conducts electrons,
            and nowhere else.
        voids: Hollows where meshed metal does not touch the electrolyte at first; the interface has
            to be able to debond.
    """

    bonded: Annotated[Switch, Field(exclude=True)] = False
    exchange_current_density: units.CurrentDensity
    transfer_coefficient: TransferCoefficient = 0.5
    electronic_resistance: units.ContactResistance | None = None
    voids: Voids | None = None


class GrainBoundary(CohesiveInterface):
    """Facets between two electrolytes, two active materials, or the grains of one phase, `a|a`.

    At least one of the resistances is given: the ionic one between electrolytes, the electronic one
    wherever both sides conduct electrons.

    Attributes:
        bonded: Whether the two sides are one body; false where there is a resistance.
        ionic_resistance: Areal resistance for ions between electrolytes, or for lithium between
            active materials, where none passes without a value.
        electronic_resistance: Areal resistance for electrons; needed where both sides conduct
            electrons, as active materials do, and nowhere else.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["ionic_resistance"]}, {"required": ["electronic_resistance"]}]
        }
    )
    bonded: Annotated[Switch, Field(exclude=True)] = False
    ionic_resistance: units.ContactResistance | None = None
    electronic_resistance: units.ContactResistance | None = None


class PerfectBond(Frozen):
    """No interface: the two phases are one body with continuous fields.

    Attributes:
        bonded: Whether the two phases are one body, which is always true here.
    """

    bonded: Switch = True


class FilledCracks(Given):
    """Lithium that plates in cracks which reach the anode, as extensions of the anode.

    Attributes:
        exchange_current_density: Exchange current density on the faces of cracks; that of the
            electrode if not given. Both follow the temperature alike.
        max_count: Maximum number of cracks that lithium fills at a time.
        max_growth: Growth in depth of a lithium-filled crack at which the run ends, counted
            from when the crack first held lithium; without a value the run goes on to the short
            circuit.
    """

    exchange_current_density: units.CurrentDensity | None = None
    max_count: Annotated[int, Field(strict=True, ge=1, le=20)] = 2
    max_growth: units.Length | None = None


class LithiumElectrode(CohesiveInterface, FilmCovered, Activated):
    """A boundary that is the face of a lithium metal electrode.

    Without `cohesion` the electrolyte sticks to it, and no strength is needed.

    Attributes:
        metal: Metal of the electrode.
        exchange_current_density: Exchange current density of the metal against the electrolyte;
            `"infinite"` for a primary current distribution, which nothing but the electrolyte and
            films resists.
        transfer_coefficient: Transfer coefficient of the anodic direction (stripping).
        electronic_resistance: Areal resistance for electrons between the metal and an electrolyte
            that leaks electrons; needed with leakage.
        contact: Map of where the electrolyte touches the electrode; everywhere if not given.
        filled_cracks: Lithium that fills cracks, at the anode only; without this table cracks stay
            empty.
        inventory: Amount of lithium on the boundary; unlimited if not given.
        void_growth: Growth of voids by stripping; no voids if not given.
    """

    metal: _Metal = Field(examples=["Li"])
    exchange_current_density: units.ExchangeCurrentDensity
    transfer_coefficient: TransferCoefficient = 0.5
    electronic_resistance: units.ContactResistance | None = None
    contact: Annotated[ContactMap | None, BeforeValidator(read_contact)] = None
    filled_cracks: FilledCracks | None = None
    inventory: Inventory | None = None
    void_growth: VoidGrowth | None = None

    @property
    def is_reversible(self) -> bool:
        """Whether charge transfer takes no overpotential."""
        return self.exchange_current_density == inf

    @property
    def is_layer(self) -> bool:
        """Whether how much lithium there is, or touches, changes."""
        return self.inventory is not None or self.void_growth is not None


class ElectronCollector(Given):
    """A boundary that takes up electrons.

    Attributes:
        contact_resistance: Areal resistance between the collector and the active material.
    """

    contact_resistance: units.ArealResistance = 0.0


def pair_of(key: str) -> tuple[str, str]:
    """The two phases an interface is named after; twice the same for the grains of one phase.

    Raises:
        Fault: If the name is not of the form `a|b`.
    """
    names = tuple(name.strip() for name in key.split("|"))
    if len(names) != 2:
        remedy = 'Name two phases with a bar between, e.g. [interfaces."active|catholyte"].'
        raise Fault("not a pair of phases", remedy, ["interfaces", key])
    return names


InterfaceLaw = ReactingInterface | GrainBoundary | PerfectBond


def read_interface_law(given: object, info: ValidationInfo) -> InterfaceLaw:
    """The interface, junction or bond in a table.

    Raises:
        Fault: If it is none of them.
    """
    table = given if isinstance(given, dict) else {}
    bonded = table.get("bonded") is True
    reacts = "exchange_current_density" in table
    passes = "ionic_resistance" in table or "electronic_resistance" in table
    model: type[InterfaceLaw] = (
        PerfectBond if bonded else GrainBoundary if passes and not reacts else ReactingInterface
    )
    try:
        return part(model, given, info.context)
    except Fault as fault:
        if bonded and fault.given == "unknown key":
            remedy = "A bonded interface has no other property: leave it out, or bonded."
            raise Fault("given beside bonded = true", remedy, fault.key) from None
        if fault.given == "missing" and fault.key == ("exchange_current_density",):
            alike = "Between two electrolytes give bonded = true or an ionic_resistance instead."
            raise Fault(fault.given, f"{fault.remedy} {alike}", fault.key) from None
        raise


def _electrode(given: object, info: ValidationInfo) -> LithiumElectrode | ElectronCollector:
    table = given if isinstance(given, dict) else {}
    # An anode is lithium but where it says nothing of the sort.
    lithium = "metal" in table or (
        info.field_name == "anode" and "exchange_current_density" in table
    )
    model: type[LithiumElectrode | ElectronCollector]
    model = LithiumElectrode if lithium else ElectronCollector
    return part(model, given, info.context)


class Boundaries(Frozen):
    """Exterior boundaries of the cell; potentials count from the lithium of the anode.

    Attributes:
        anode: Lithium electrode at the separator; a plain collector where lithium is meshed.
        collector: Boundary opposite to the anode; a lithium electrode in a symmetric cell.
    """

    anode: Annotated[LithiumElectrode | ElectronCollector, BeforeValidator(_electrode)]
    collector: Annotated[LithiumElectrode | ElectronCollector, BeforeValidator(_electrode)]
