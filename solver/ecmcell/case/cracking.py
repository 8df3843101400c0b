"""How a phase cracks: what it takes, over which length, and what is broken from the start."""

from math import inf, sqrt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ecmcell.case import units
from ecmcell.case.faults import Fault
from ecmcell.case.files.provenance import Frozen, Given

# Of glasses and ceramics it is about ten; assumed where a case does not say.
_STRENGTH_RATIO = 10.0

Place = Annotated[tuple[units.Coordinate, ...], Field(min_length=2, max_length=3)]


class Flaw(Frozen):
    """A straight crack that is there from the start, one row of cells wide; in space a channel.

    Attributes:
        begin: First end of the crack, in the coordinates of the mesh.
        end: Other end of the crack, in the coordinates of the mesh.
    """

    begin: Place = Field(examples=[["0 um", "5 um"]])
    end: Place = Field(examples=[["3 um", "5 um"]])

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if len(self.begin) != len(self.end) or self.begin == self.end:
            raise Fault("begin and end do not go together", "Give two different points.", ["end"])
        return self


class PennyCrack(Frozen):
    """A flat round crack that is there from the start, one row of cells wide; in space only.

    Attributes:
        centre: Centre of the crack, in the coordinates of the mesh; a centre on the anode makes a
            semicircular surface crack.
        normal: Normal of the plane of the crack, of any length.
        radius: Radius of the crack.
    """

    centre: tuple[units.Coordinate, units.Coordinate, units.Coordinate] = Field(
        examples=[["0 um", "5 um", "5 um"]]
    )
    normal: tuple[float, float, float] = Field(examples=[[0.0, 1.0, 0.0]])
    radius: units.Length = Field(examples=["3 um"])

    @model_validator(mode="after")
    def _has_a_direction(self) -> Self:
        if not any(self.normal):
            raise Fault("no direction", "Give one, e.g. normal = [0.0, 1.0, 0.0].", ["normal"])
        return self


class RandomFlaws(Frozen):
    """Straight cracks at random places and in random directions.

    Attributes:
        number: Number of random cracks.
        length: Length of each crack; what reaches beyond the phase is left out.
        seed: Seed of the random places and directions.
    """

    number: Annotated[int, Field(strict=True, ge=1, le=1000)]
    length: units.Length = Field(examples=["2 um"])
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 1


class Cracking(Given):
    """Cracks in a phase, by a phase-field model.

    Pores that the mesh leaves out need no flaws: cracks begin at them anyway.

    Attributes:
        fracture_energy: Fracture energy Gc per unit area of crack; give either this or the fracture
            toughness.
        fracture_toughness: Critical stress intensity factor K_Ic; the fracture energy is K_Ic^2
            (1 - nu^2)/E.
        regularisation_length: Regularisation length over which the phase field smears a crack.
            Cells must be half as large, and the mesh of a recipe is refined to that. With the
            fracture energy the length sets the stress at which cracks begin, which `ecmcell check`
            shows.
        model: Model of the phase field: AT1 stays elastic up to a strength, AT2 softens from the
            beginning.
        split: Part of the elastic energy that drives cracks. With star-convex, pressure drives
            none; with volumetric-deviatoric, shear drives cracks under compression as well, and
            bodies soften under the stack pressure alone.
        strength_ratio: Strength under uniaxial compression over that under tension, with the
            star-convex split; 10 if not given. The other splits have a fixed ratio.
        weibull_modulus: Weibull modulus of the strength, whose square is proportional to the
            fracture energy; the mean of the fracture energy is the given one. Without a modulus the
            strength is uniform.
        scatter: Whether the random strength varies from grain to grain or from cell to cell.
        seed: Seed of the random strength.
        flaws: Straight cracks that are there from the start.
        penny_cracks: Penny-shaped cracks that are there from the start; in space only.
        random_flaws: Straight cracks that are there from the start, at random places.
        residual_conductivity: Fraction of the conductivities that is left across a crack.
    """

    fracture_energy: units.SurfaceEnergy | None = None
    fracture_toughness: units.Toughness | None = None
    regularisation_length: units.Length = Field(examples=["1 um"])
    model: Literal["AT1", "AT2"] = "AT1"
    split: Literal["star-convex", "volumetric-deviatoric", "spectral"] = "star-convex"
    strength_ratio: Annotated[float, Field(strict=True, gt=1, le=1000)] | None = None
    weibull_modulus: Annotated[float, Field(strict=True, gt=0, le=1000)] | None = None
    scatter: Literal["grain", "cell"] = "cell"
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 1
    flaws: tuple[Flaw, ...] = ()
    penny_cracks: tuple[PennyCrack, ...] = ()
    random_flaws: RandomFlaws | None = None
    residual_conductivity: Annotated[float, Field(strict=True, gt=0, lt=1)] = 1e-5

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.fracture_energy is None) == (self.fracture_toughness is None):
            given = "missing" if self.fracture_energy is None else "given beside fracture_toughness"
            remedy = 'Give one of the two, e.g. fracture_toughness = "0.5 MPa*m^0.5".'
            raise Fault(given, remedy, ["fracture_energy"])
        return self

    @model_validator(mode="after")
    def _ratio_has_a_use(self) -> Self:
        if self.strength_ratio is not None and self.split != "star-convex":
            remedy = 'Leave it out, or set split = "star-convex".'
            given = f'given beside split = "{self.split}"'
            raise Fault(given, remedy, ["strength_ratio"])
        return self

    @property
    def width(self) -> float:
        """How wide a smeared crack is, um: with AT1 nothing is damaged 2 l away.

        Pham, Amor, Marigo and Maurini 2011: (1 - |x|/(2 l))^2; exp(-|x|/l) with AT2.
        """
        return 4.0 * self.regularisation_length

    def compression_ratio(self, poisson_ratio: float) -> float:
        """Strength of a bar under compression over that under tension, by the energy that drives.

        Under a stress s it is s^2 [(1 + nu)/3 - gamma* (1 - 2 nu)/6]/E with the star-convex split,
        s^2 nu^2/((1 + nu) E) with the spectral one, s^2/(2 E) under tension.
        """
        if self.split == "star-convex":
            return self.strength_ratio or _STRENGTH_RATIO
        if self.split == "spectral":
            lateral = poisson_ratio**2
            return sqrt((1.0 + poisson_ratio) / (2.0 * lateral)) if lateral else inf
        return sqrt(1.5 / (1.0 + poisson_ratio))

    def restraint(self, poisson_ratio: float) -> float:
        """gamma* of the star-convex split that gives the ratio of strengths."""
        drives = 3.0 / self.compression_ratio(poisson_ratio) ** 2
        return (2.0 * (1.0 + poisson_ratio) - drives) / (1.0 - 2.0 * poisson_ratio)

    def energy_release(self, youngs_modulus: float, poisson_ratio: float) -> float:
        """Gc in pJ/um2, from K_Ic by Irwin's relation in plane strain."""
        if self.fracture_energy is not None:
            return self.fracture_energy
        assert self.fracture_toughness is not None
        return self.fracture_toughness**2 * (1.0 - poisson_ratio**2) / youngs_modulus
