"""What a material is by its kind: the properties that the kind cannot be without are there.

A file may give any property, and leave out any. A material that has all that its kind needs is of
one of these classes, whichever way it is read; any other is a plain `Material`, which the checks of
a case refuse with the names of what it lacks.
"""

from typing import Annotated, Literal, TypeVar

from ecmcell.case import units
from ecmcell.case.materials.material import Material, OverSalt
from ecmcell.case.materials.properties import Curve, Property, Sourced, Window

Conductivity = Annotated[Property, Sourced(units.Conductivity)]
Concentration = Annotated[Property, Sourced(units.Concentration)]
Diffusivity = Annotated[Property, Sourced(units.Diffusivity)]


class ActiveMaterial(Material):
    """Stores lithium."""

    kind: Literal["active material"]
    density: Annotated[Property, Sourced(units.Density)]
    maximum_concentration: Concentration
    stoichiometry_window: Window
    diffusivity: Diffusivity
    electronic_conductivity: Conductivity
    open_circuit_voltage: Curve

    @property
    def site_charge(self) -> float:
        """Charge of lithium that fills all sites, F c_max in pC/um3."""
        return units.FARADAY * self.maximum_concentration

    @property
    def charge_capacity(self) -> float:
        """Charge in pC/um3 between the ends of the stoichiometry window."""
        return self.site_charge * (self.stoichiometry_window.high - self.stoichiometry_window.low)

    @property
    def lattice_strains(self) -> tuple[Curve, Curve]:
        """Changes of the lattice parameters a and c, where the strain follows the crystal."""
        return self._known(self.strain_a), self._known(self.strain_c)


class IonConductor(Material):
    """Conducts lithium ions."""

    ionic_conductivity: Conductivity


class Electrolyte(IonConductor):
    """Ions move in it between the electrodes."""


class InorganicElectrolyte(Electrolyte):
    """Conducts lithium ions alone."""

    kind: Literal["electrolyte"]
    salt_concentration: None = None

    @classmethod
    def takes(cls, material: Material) -> bool:
        """Whether a material has all that it needs, and no salt."""
        return super().takes(material) and not material.has_salt


class PolymerElectrolyte(Electrolyte):
    """Conducts both ions of a salt."""

    kind: Literal["electrolyte"]
    salt_concentration: Concentration
    salt_diffusivity: Diffusivity
    cation_transference: OverSalt
    thermodynamic_factor: OverSalt

    @property
    def salt_charge(self) -> float:
        """Charge of the anions of salt at rest, F c_0 in pC/um3."""
        return units.FARADAY * self.salt_concentration


class Metal(Material):
    """Lithium, or an alloy that takes its place."""

    kind: Literal["metal"]


class CoatingMaterial(IonConductor):
    """Lies on an interface; a case may give its conductivity in its place."""

    kind: Literal["coating"]


M = TypeVar("M", bound=Material)


def known_as(material: Material, kind: type[M]) -> M:
    """A material that the checks of a case guarantee to be of a kind.

    Raises:
        ValueError: If it is not.
    """
    if not isinstance(material, kind):
        raise ValueError(f"{material.name} is used as what it is not: {kind.__name__}")
    return material
