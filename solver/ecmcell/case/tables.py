"""The tables of a case file as frozen models; every number in the internal units of `units`."""

import math
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from ecmcell.case import units
from ecmcell.case.cracking import Cracking
from ecmcell.case.faults import Fault, toml
from ecmcell.case.field_names import DEFAULT, FieldName
from ecmcell.case.files.provenance import Frozen, Given
from ecmcell.case.files.toml_reader import directory_of, part
from ecmcell.case.heat import Heat
from ecmcell.case.materials import (
    PROPERTIES,
    ByName,
    M,
    Material,
    known_as,
    material_table,
    overridden,
)
from ecmcell.case.materials.properties import Fraction
from ecmcell.case.orientations import Orientation
from ecmcell.case.protocol.protocol import Steps, protocol_schema, read_protocol

_BODIES = "active material", "electrolyte", "metal"  # kinds that phases are made of
_PATH = WithJsonSchema({"type": "string"})

Switch = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
Tolerance = Annotated[float, Field(strict=True, gt=0, lt=1)]
TransferCoefficient = Annotated[float, Field(strict=True, gt=0, lt=1)]
PhaseName = Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]


def _protocol(given: object, info: ValidationInfo) -> Steps:
    return read_protocol(given, directory_of(info))


Protocol = Annotated[
    Steps,
    PlainValidator(_protocol),
    PlainSerializer(lambda steps: steps.written),
    WithJsonSchema(protocol_schema()),
]
_OVERRIDES = {
    "type": "object",
    "description": "Properties in place of those of the material, or an alternative by name.",
    "properties": {name: {"type": ["string", "number", "array", "object"]} for name in PROPERTIES},
    "additionalProperties": False,
}


def _recipe(given: object, info: ValidationInfo) -> Path:
    return _file(given, info, "../../meshes/composite_2d.toml")


def _mesh_file(given: object, info: ValidationInfo) -> Path:
    return _file(given, info, "electrode.msh")


def _file(given: object, info: ValidationInfo, example: str) -> Path:
    path = directory_of(info) / given if isinstance(given, str) else None
    if path is None or not os.path.isfile(path):  # never raises, unlike Path.is_file
        remedy = f'Give a file relative to the case file, e.g. "{example}".'
        raise Fault(f"{toml(given)} is not a file", remedy)
    return path.resolve()


_Group = Annotated[int, Field(strict=True)] | Annotated[str, Field(min_length=1)]


class Mesh(Frozen):
    """Source of the microstructure: a recipe, or a mesh in a file.

    Attributes:
        recipe: Recipe file that the microstructure is made from.
        seed: Seed of the random numbers of the recipe.
        overrides: Values in place of those of the recipe.
        file: Mesh of triangles or tetrahedra, in Gmsh's format or another that meshio reads; its
            named groups are the phases, and the boundaries anode, collector and side.
        unit: Length of one unit of the mesh file.
        groups: Names or numbers of groups in the mesh file, for each phase or boundary that has
            another name there, such as `anode = 3` or `active = ["NMC", "NMC small"]`. Connected
            parts of each group are grains.
    """

    recipe: Annotated[Path, PlainValidator(_recipe), _PATH] | None = None
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 1
    overrides: dict[str, Any] = Field(default={})
    file: Annotated[Path, PlainValidator(_mesh_file), _PATH] | None = None
    unit: units.Length = 1.0
    groups: dict[str, _Group | Annotated[list[_Group], Field(min_length=1)]] = Field(default={})

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.recipe is None and self.file is None:
            remedy = 'Add it, e.g. recipe = "../../meshes/composite_2d.toml", or file = "mesh.msh".'
            raise Fault("missing", remedy, ["recipe"])
        for source, partners in (("recipe", ("seed", "overrides")), ("file", ("unit", "groups"))):
            other = "file" if source == "recipe" else "recipe"
            if getattr(self, source) is not None:
                continue
            for name in partners:
                if name in self.model_fields_set:
                    raise Fault(f"given beside {other}", "Leave it out.", [name])
        if self.recipe is not None and self.file is not None:
            raise Fault("given beside recipe", "Give one of the two.", ["file"])
        return self

    @model_serializer(mode="wrap")
    def _without_the_other(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what belongs to the source that is not used."""
        content: dict[str, Any] = handler(self)
        unused = ("seed", "overrides") if self.recipe is None else ("unit", "groups")
        return {name: value for name, value in content.items() if name not in unused}


class Phase(Given):
    """Phase of the mesh: its material and how it behaves.

    Attributes:
        material: Material of the phase, with the overrides applied.
        initial_stoichiometry: Stoichiometry at the start, as a fraction of the maximum
            concentration.
        chemical_strain: Whether lithium strains the phase equally in all directions, by the volume
            change, or along the lattice of each grain, by `strain_a` and `strain_c`.
        orientation: Direction of the crystal axis c where the strain is anisotropic: "random" for
            each grain, by the seed of the mesh, which is the default; one direction for all grains;
            or a CSV file of grains, such as EBSD gives, with Euler angles of Bunge in degrees
            (columns `phi1`, `Phi`, `phi2`) beside the number of each grain (`grain`) or its
            centroid in um (`x`, `y`, `z`).
        cracking: Phase-field model by which the phase cracks; without this table the phase never
            cracks.
        plasticity: Plastic flow of a metal or an electrolyte by the properties of the material:
            creep, yielding, or none; required for a metal.
        overrides: Changes to the material.
    """

    material: Annotated[Material, ByName(*_BODIES)] = Field(examples=["NMC811"])
    initial_stoichiometry: Fraction | None = None
    chemical_strain: Literal["isotropic", "anisotropic"] = "isotropic"
    orientation: Orientation | None = None
    cracking: Cracking | None = None
    plasticity: Literal["creep", "yield", "none"] | None = None
    overrides: Annotated[dict[str, Any], WithJsonSchema(_OVERRIDES)] = Field(
        default={}, exclude=True
    )

    @model_validator(mode="before")
    @classmethod
    def _resolve(cls, data: Any, info: ValidationInfo) -> Any:
        """Put the material itself instead of its name."""
        if not isinstance(data, dict) or "material" not in data:
            return data
        given, overrides = data["material"], data.get("overrides", {})
        at: tuple[str, ...] = ("material",)
        try:
            directory = directory_of(info)
            fits = given if isinstance(given, dict) else material_table(given, directory, *_BODIES)
            at = ("overrides",)
            merged = overridden(fits, overrides)
            at = ()
            return data | {"material": part(Material, merged)}
        except Fault as fault:
            key = at + fault.key
            if not at:
                key = ("material", *fault.key)
                if fault.key and fault.key[0] in overrides:
                    plain = not isinstance(overrides[fault.key[0]], dict)
                    key = ("overrides", *(fault.key[:1] if plain else fault.key))
            raise Fault(fault.given, fault.remedy, key) from None

    def made_of(self, kind: type[M]) -> M:
        """The material, which the checks of a case guarantee to be of a kind."""
        return known_as(self.material, kind)

    @property
    def is_anisotropic(self) -> bool:
        """Whether its grains strain along their crystal axes."""
        return self.chemical_strain == "anisotropic"

    @property
    def carries_electrons(self) -> bool:
        """Whether the phase conducts electrons without leakage.

        Active material does; an electrolyte if the case gives an electronic conductivity.

        The conductivity that a library gives an electrolyte is the leakage of the pure material:
        see `Case.conducts_electrons`.
        """
        conductivity = self.material.electronic_conductivity
        if conductivity is None or self.material.kind == "active material":
            return conductivity is not None
        return conductivity > 0 and conductivity.origin.set_by is not None

    @property
    def leaks(self) -> bool:
        """Whether the phase is an electrolyte of known electronic conductivity."""
        conductivity = self.material.electronic_conductivity
        return self.material.kind == "electrolyte" and bool(conductivity)


class Cell(Given):
    """State and surroundings of the cell.

    Its footprint, by which currents, capacities and the stack pressure count, is the section across
    the stack of the box that bounds it.

    Attributes:
        temperature: Temperature of the whole cell; with a table `heat` that at the start.
        heat: Heat balance of the cell; the temperature stays what it is if not given.
        stack_pressure: Mean pressure of the rigid platen on the collector, under which the cell is
            assembled; needed with mechanics.
        platen: Condition at the platen after assembly: constant pressure, constant gap, or a
            spring.
        platen_stiffness: Rise of the pressure with the thickness of the stack, for a spring.
        sides: Condition at the faces beside the stack: no normal displacement (roller), or free of
            traction.
        section: Assumption for a mesh in the plane: one common strain across the plane without a
            mean force (generalised plane strain, also if not given), no strain across (plane
            strain), or no stress across (plane stress).
        lateral_pressure: Mean pressure across a section in generalised plane strain, on the box
            that bounds the cell; none if not given. Sides in the plane do not feel this pressure.
    """

    temperature: units.Temperature
    heat: Heat | None = None
    stack_pressure: units.Pressure | None = None
    platen: Literal["pressure", "gap", "spring"] = "pressure"
    platen_stiffness: units.PlatenStiffness | None = None
    sides: Literal["roller", "free"] = "roller"
    section: Literal["generalised plane strain", "plane strain", "plane stress"] | None = None
    lateral_pressure: units.Pressure | None = None


# Parts of the physics that need the mechanics.
COUPLINGS = (
    "stress_in_flux",
    "stress_in_kinetics",
    "debonding",
    "cracking",
    "plasticity",
    "lithium_volume",
)


class Physics(Frozen):
    """Parts of the physics that are on or off; data of a part that is off may stay in the case.

    Attributes:
        mechanics: Whether displacements, strain and stress are solved for.
        stress_in_flux: Whether hydrostatic stress drives lithium in active material.
        stress_in_kinetics: Whether stress shifts the equilibrium potential at interfaces.
        debonding: Whether interfaces with a cohesive law debond, which reduces the current.
        cracking: Whether phases with a table `cracking` crack, which reduces the current.
        plasticity: Whether phases with `plasticity` flow.
        lithium_volume: Whether meshed metal, and layers of lithium on boundaries, grow by plating
            and shrink by stripping.
        leakage: Whether every electrolyte with a known electronic conductivity conducts electrons,
            to and from lithium metal too. Otherwise electrons flow only in electrolytes for which
            the case gives a conductivity, as of a conductive additive, and not to lithium.
    """

    mechanics: Switch = True
    stress_in_flux: Switch = True
    stress_in_kinetics: Switch = True
    debonding: Switch = True
    cracking: Switch = True
    plasticity: Switch = True
    lithium_volume: Switch = True
    leakage: Switch = False

    @model_validator(mode="before")
    @classmethod
    def _stress_follows_mechanics(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("mechanics") is not False:
            return data
        return {name: False for name in COUPLINGS} | data


class Time(Frozen):
    """Time steps, and the change a step may bring.

    Attributes:
        initial_step: First time step of every protocol step.
        min_step: Time step below which the solver gives up.
        max_step: Maximum time step.
        voltage_tolerance: Tolerated error of the cell voltage per time step.
        current_tolerance: Tolerated relative error of the current per time step, where a voltage or
            a power is prescribed.
        stoichiometry_tolerance: Tolerated error per time step of the stoichiometry, of the contact
            lost to voids, and of the salt concentration relative to that at rest.
        damage_tolerance: Maximum growth of the mean damage of all interfaces per time step.
        crack_tolerance: Maximum growth of all cracks in the bulk per time step, relative to the
            footprint of the cell.
    """

    initial_step: units.Time = 1.0
    min_step: units.Time = 1e-3
    max_step: units.Time = 600.0
    voltage_tolerance: units.VoltageStep = 2e-3
    current_tolerance: Tolerance = 5e-4
    stoichiometry_tolerance: Tolerance = 2e-3
    damage_tolerance: Tolerance = 0.02
    crack_tolerance: Tolerance = 0.05


class Solver(Frozen):
    """Methods and tolerances by which the equations are solved.

    Attributes:
        linear: Linear solver: preconditioned Krylov methods (iterative), or MUMPS (direct).
        displacements: Order of the displacements in a cell. Linear ones become quadratic where they
            would lock or where a body flows. Quadratic ones resolve stresses better for four (in 3D
            eight) times the unknowns: the stresses on round particles scatter a quarter as much, so
            that debonding begins later.
        newton_tolerance: Maximum imbalance of current, relative to the maximum current of the
            protocol. A larger imbalance by rounding is accepted, and reported.
        max_newton_iterations: Maximum number of Newton iterations before the time step is cut.
        fixed_point_tolerance: Relative change at which staggered iterations of electrochemistry and
            mechanics have converged.
    """

    linear: Literal["iterative", "direct"] = "iterative"
    displacements: Literal["linear", "quadratic"] = "linear"
    newton_tolerance: Tolerance = 1e-10
    max_newton_iterations: Count = 30
    fixed_point_tolerance: Tolerance = 1e-5


class Output(Frozen):
    """Fields that are written, and when, beside the start and the end of every protocol step.

    Attributes:
        fields: Fields that are written, by their names in outputs.md without the unit, a small
            letter first; `default` stands for all that are not on demand there. An empty list
            writes the mesh alone.
        field_times: Times of the run at which fields are written; time steps hit them exactly.
        field_interval: Interval of time at which fields are written.
        field_states: States of charge from 0 to 1 at which fields are written; time steps hit each
            exactly.
        checkpoint_interval: Time on the clock between checkpoints, from which a run that was
            stopped goes on; there is one at the end of every protocol step, too.
        checkpoint_steps: Time steps between checkpoints, besides.
    """

    fields: tuple[FieldName, ...] = (DEFAULT,)
    field_times: tuple[units.Instant, ...] = ()
    field_interval: units.Time | None = None
    field_states: tuple[Fraction, ...] = ()
    checkpoint_interval: units.Time = 1800.0
    checkpoint_steps: Count | None = None

    def next_field_time(self, time: float) -> float:
        """The first time in s after `time` at which fields are due; infinite if there is none."""
        now = time + 1e-9 * max(time, 1.0)  # a time that was hit to rounding is past
        later = [t for t in self.field_times if t > now]
        if self.field_interval is not None:
            later.append((math.floor(now / self.field_interval) + 1) * self.field_interval)
        return min(later, default=math.inf)
