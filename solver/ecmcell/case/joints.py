"""What joins phases, and what the outer faces are: kinetics, films, cohesion, electrodes."""

from functools import partial
from math import inf, log
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo

from ecmcell.case import units
from ecmcell.case.contact import ContactMap, read_contact
from ecmcell.case.faults import Fault
from ecmcell.case.layers import Inventory, VoidGrowth
from ecmcell.case.materials import ByName, Material, material_table
from ecmcell.case.origin import Frozen, Given
from ecmcell.case.reading import directory_of, part, part_by

Switch = Annotated[bool, Field(strict=True)]
TransferCoefficient = Annotated[float, Field(strict=True, gt=0, lt=1)]


def _material(kind: str, given: object, info: ValidationInfo) -> Material:
    table = given if isinstance(given, dict) else material_table(given, directory_of(info), kind)
    return part(Material, table)


_Layer = Annotated[Material, BeforeValidator(partial(_material, "coating")), ByName("coating")]
_Metal = Annotated[Material, BeforeValidator(partial(_material, "metal")), ByName("metal")]


class Cohesion(Given):
    """How an interface parts: a bilinear law of traction and opening in mixed mode.

    Attributes:
        shear_strength: Traction along the interface that begins to break it; the strength itself
            if not given.
        energy: Energy that parts it by opening (mode I).
        shear_energy: Energy that parts it by sliding (mode II); the same if not given.
        mode_exponent: Of the law of Benzeggagh and Kenane between the two.
        viscosity: Time by which damage lags behind the opening; it steadies sudden parting. It is
            no mere number of the solver: an interface that opens fast is stronger by it and takes
            more energy to part. `ecmcell check` prints how fast it may open for 10 % of that.
        contact_gap: Gap over which the current through the interface falls to nothing.
        recontact: Share of the damaged contact that conducts again once the gap closes.
    """

    shear_strength: units.Strength | None = None
    energy: units.SurfaceEnergy
    shear_energy: units.SurfaceEnergy | None = None
    mode_exponent: Annotated[float, Field(strict=True, ge=1, le=10)] = 2.0
    viscosity: units.Instant = 0.0
    contact_gap: units.Length
    recontact: Annotated[float, Field(strict=True, ge=0, le=1)] = 1.0


class Coating(Given):
    """A layer between the two sides of an interface, put there when the cell was made.

    Attributes:
        material: What it is made of.
        thickness: Of the layer; over the conductivity it is an areal resistance.
        ionic_conductivity: At the temperature of the cell; that of the material if not given.
    """

    material: _Layer = Field(examples=["LiNbO3"])
    thickness: units.Length = Field(examples=["5 nm"])
    ionic_conductivity: units.Conductivity | None = None


class ParabolicGrowth(Given):
    """A product of electrolyte and electrode that conducts electrons too and grows without end.

    Attributes:
        growth: That its thickness goes with the root of time.
        slope: Of its areal resistance over the root of time.
        initial_resistance: At the start of the protocol.
    """

    growth: Literal["parabolic"]
    slope: units.FilmGrowth
    initial_resistance: units.ArealResistance = 0.0


class LimitedGrowth(Given):
    """A product of electrolyte and electrode that insulates from electrons and ends its own growth.

    Attributes:
        growth: That it comes to an end.
        final_resistance: Areal resistance when it has.
        time_constant: Time in which 63 % of it have grown, from nothing at the start.
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
    return part_by("growth", _GROWTHS, given)


class Filmed(Given):
    """What a current passes before it reacts: films in series, whose resistances add up.

    Attributes:
        film_resistance: Of a film that stays as it is, beside coating and interphase.
        coating: A layer put there on purpose.
        interphase: What electrolyte and electrode make of one another, growing with time.
    """

    film_resistance: units.ArealResistance = 0.0
    coating: Coating | None = None
    interphase: Annotated[ParabolicGrowth | LimitedGrowth, BeforeValidator(_interphase)] | None = (
        None
    )


class Held(Given):
    """Facets where two bodies hold on to each other.

    Attributes:
        stiffness: Rise of the traction with the opening. If not given, so much that the contact
            gives a tenth of what the cells at its sides give, and stores at most a tenth of the
            energy that parts it.
        strength: Normal traction that breaks the contact; needed where it may part.
        cohesion: How it parts; without it the interface holds, whatever its traction.
    """

    stiffness: units.Stiffness | None = None
    strength: units.Strength | None = None
    cohesion: Cohesion | None = None

    @property
    def parts(self) -> bool:
        """Whether it may part."""
        return self.cohesion is not None

    def steady_rate(self, share: float) -> float:
        """Opening rate in um/s at which viscosity adds a share to the energy of parting.

        At a rate v the opening is ahead of the one that damages by v times the viscosity, which
        takes 2 v tau ln(last/first)/(last - first) of the energy beside, where that is the more.
        Infinite without viscosity.
        """
        assert (
            self.cohesion is not None and self.strength is not None and self.stiffness is not None
        )
        if not self.cohesion.viscosity:
            return inf
        first, last = self.strength / self.stiffness, 2.0 * self.cohesion.energy / self.strength
        return share * (last - first) / (2.0 * self.cohesion.viscosity * log(last / first))


class Voids(Given):
    """Hollows that meshed metal has at its interface from the start.

    Attributes:
        contact: Where it touches.
        depth: Of the hollows between.
    """

    contact: Annotated[ContactMap, BeforeValidator(read_contact)]
    depth: units.Length


class Interface(Held, Filmed):
    """Facets between an active material, or a meshed metal, and an electrolyte, with kinetics.

    Attributes:
        bonded: Whether the phases are one body instead; false here.
        exchange_current_density: At half filling; of a metal, as it is.
        transfer_coefficient: Of the anodic (delithiating, stripping) direction.
        electronic_resistance: For electrons between the active material, or with leakage the
            metal, and an electrolyte that conducts them; None where it does not.
        voids: Where meshed metal does not touch at first; it has to part.
    """

    bonded: Annotated[Switch, Field(exclude=True)] = False
    exchange_current_density: units.CurrentDensity
    transfer_coefficient: TransferCoefficient = 0.5
    electronic_resistance: units.ContactResistance | None = None
    voids: Voids | None = None


class Junction(Held):
    """Facets between two electrolytes, two active materials, or the grains of one phase, `a|a`.

    At least one of the resistances is given.

    Attributes:
        bonded: Whether the phases are one body instead; false here.
        ionic_resistance: For ions between electrolytes; for lithium between active materials, where
            none passes without it.
        electronic_resistance: For electrons; None where neither side has any.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["ionic_resistance"]}, {"required": ["electronic_resistance"]}]
        }
    )
    bonded: Annotated[Switch, Field(exclude=True)] = False
    ionic_resistance: units.ContactResistance | None = None
    electronic_resistance: units.ContactResistance | None = None


class Bond(Frozen):
    """No interface: the two phases are one body with continuous fields.

    Attributes:
        bonded: That they are.
    """

    bonded: Switch = True


class Filaments(Given):
    """Lithium that plates in the cracks which reach the anode: each becomes a piece of it.

    Attributes:
        exchange_current_density: On the faces of cracks; that of the electrode if not given.
        largest_count: How many such cracks there may be at a time.
        largest_growth: The run ends when one of them is deeper by more than this than when it was
            first there; it goes on to the short circuit if not given.
    """

    exchange_current_density: units.CurrentDensity | None = None
    largest_count: Annotated[int, Field(strict=True, ge=1, le=20)] = 2
    largest_growth: units.Length | None = None


class LithiumElectrode(Held, Filmed):
    """A boundary that is the face of a lithium metal electrode.

    Without `cohesion` the electrolyte sticks to it, and no strength is needed.

    Attributes:
        metal: The metal.
        exchange_current_density: Of the metal against the electrolyte; `"infinite"` for a primary
            distribution of the current, which nothing but the electrolyte and films resists.
        transfer_coefficient: Of the anodic (stripping) direction.
        electronic_resistance: For electrons between the metal and an electrolyte that leaks them;
            needed with leakage.
        contact: Where the electrolyte touches it; everywhere if not given.
        filaments: How it fills cracks, at the anode only; without it cracks stay empty.
        inventory: How much of it there is; always enough if not given.
        void_growth: The voids that stripping leaves; none if not given.
    """

    metal: _Metal = Field(examples=["Li"])
    exchange_current_density: units.ExchangeCurrentDensity
    transfer_coefficient: TransferCoefficient = 0.5
    electronic_resistance: units.ContactResistance | None = None
    contact: Annotated[ContactMap | None, BeforeValidator(read_contact)] = None
    filaments: Filaments | None = None
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
        contact_resistance: Between the collector and what touches it.
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


Joint = Interface | Junction | Bond


def read_joint(given: object, info: ValidationInfo) -> Joint:
    """The interface, junction or bond in a table.

    Raises:
        Fault: If it is none of them.
    """
    table = given if isinstance(given, dict) else {}
    bonded = table.get("bonded") is True
    reacts = "exchange_current_density" in table
    passes = "ionic_resistance" in table or "electronic_resistance" in table
    model: type[Joint] = Bond if bonded else Junction if passes and not reacts else Interface
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
    """Outer facets with a role; potentials count from the lithium of the anode.

    Attributes:
        anode: The lithium electrode at the separator; a plain collector where lithium is meshed.
        collector: The other end; a lithium electrode in a symmetric cell.
    """

    anode: Annotated[LithiumElectrode | ElectronCollector, BeforeValidator(_electrode)]
    collector: Annotated[LithiumElectrode | ElectronCollector, BeforeValidator(_electrode)]
