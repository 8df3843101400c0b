"""Everything that changes during a run, in one place: what a restart needs."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.domain.plan import Subdomain
from ecmcell.domain.region import Region
from ecmcell.numerics.extrapolation import along
from ecmcell.numerics.system.scalars import Scalar
from ecmcell.physics import mechanics
from ecmcell.processes import initial_contact
from ecmcell.processes.fields import Fields
from ecmcell.processes.temperature import Temperature

# What stays positive: a guess is at least a tenth of what it was.
_LEAST_KEPT = 0.1
# Directions of an anisotropic strain.
_AXIAL = (" across axis", " along axis")
LITHIUM_ELECTRONS = "electrons of the anode"
"""Name of the network of electrons that the lithium of the anode gives."""
DAMAGE, CONTACT = "damage", "contact factor"
THICKNESS, GAP = "thickness", "gap"
Snapshot = tuple[list[npt.NDArray[np.float64]], list[float], dict[str, float | int]]


class State:
    """Fields by body, scalars, and the position in the protocol.

    Potentials of electrons count from the collector, displacements from the uniform strain of the
    stack: round-off then stays far below the differences that drive currents and tractions.

    Attributes:
        stoichiometry: Lithium in active material, by body.
        electrode: Potential of electrons in active material minus that of the collector, V.
        electrolyte: Potential of ions against the lithium anode, V.
        salt: Concentration of salt in polymer electrolytes over that at rest, by body.
        electronic_potential: Potential of electrons in electrolytes that conduct them, by an
            additive or by their own leakage, minus that of the collector, V.
        electronic_regions: Which of them do, by body.
        at_anode: 1 at nodes of them on the lithium of the anode, where their potential counts from
            that instead; by body, empty if nothing leaks.
        displacement: Displacement minus `axial_strain` times x, um.
        stress_offset: Stresses as handed to the active material, MPa, by body, or where its strain
            is anisotropic by body and direction; see `lithium`.
        normal_stress: Normal stress on lithium electrodes as handed to their kinetics, MPa.
        debonding_stress: The same on faces that may debond from their electrode, facet by facet:
            next to one that presses, another may be open. Empty if there is none.
        interface: Damage and contact factor of the interfaces, where these may debond.
        crack: Damage of what may crack, by body: 0 whole, 1 a crack.
        crack_regions: Where that is.
        lagged_damage: The same damage as handed to the transport.
        plastic_strain: Components of the plastic strain, by body: xx, yy, zz, xy, in space xz, yz
            too; linear in each cell.
        equivalent_plastic_strain: Accumulated plastic strain, by body.
        plated: Thickness in um that meshed metal has gained on its interfaces, negative where it is
            stripped or has a void; empty where its volume does not matter.
        layer: Thickness of the lithium on boundaries, and volume of the voids in it per unit area,
            um; empty where it neither ends nor has voids. Without an inventory the thickness is
            what it has gained.
        layer_yield: How much less of such lithium there is at the end of the time step for each MPa
            more of pressure, by its kinetics, um/MPa; it goes with no state.
        contact_map: Fraction of the faces of electrodes that touches from the start, 1 on all else;
            None if all of them does.
        temperature: Of the whole cell, with all that follows it.
        voltage: Potential of the collector, V.
        current: Current out of the cell at the collector, positive on discharge, pA.
        axial_strain: Uniform strain of the stack along x.
        thickness_strain: Strain across a section, uniform; 0 in plane strain and in space.
        pressure: Pressure of the platen, MPa.
        process_scalars: Numbers of processes that a time step finds too.
        accumulators: Plain numbers: time and charge passed (signed and total), step of the
            protocol.
    """

    def __init__(self, case: Case, domain: Domain):
        self.temperature = Temperature(domain, case.cell.temperature)
        self._kinds: list[Fields] = []
        self.stoichiometry = self.declare(Fields("stoichiometry"))
        self.electrode = self.declare(Fields("electrode"))
        self.electrolyte = self.declare(Fields("electrolyte"))
        self.salt = self.declare(Fields("salt", keeps=_LEAST_KEPT))
        self.electronic_potential = self.declare(Fields("electronic_potential"))
        self.electronic_regions: dict[str, Region] = {}
        self.at_anode: dict[str, fem.Function] = {}
        self.displacement = self.declare(Fields("displacement", order=2))
        self._from_centre: dict[str, Expr | None] = {}
        self.stress_offset = self.declare(Fields("stress_offset"))
        self.normal_stress = self.declare(Fields("normal_stress"))
        self.debonding_stress = self.declare(Fields("debonding_stress"))
        for body, region in domain.bodies.items():
            subdomain = region.subdomains[0]
            if is_active_material(case, subdomain):
                self.stoichiometry[body] = fem.Function(region.scalars)
                initial = case.phases[subdomain.phase].initial_stoichiometry
                self.stoichiometry[body].x.array[:] = initial
                self.electrode[body] = fem.Function(region.scalars)
                for way in _AXIAL if case.phases[subdomain.phase].is_anisotropic else ("",):
                    self.stress_offset[body + way] = fem.Function(region.scalars)
            elif any(is_electrolyte(case, p) for p in region.subdomains):
                self.electrolyte[body] = fem.Function(region.scalars)
                self.normal_stress[body] = fem.Function(region.scalars)
                if case.phases[subdomain.phase].material.has_salt:
                    self.salt[body] = fem.Function(region.scalars)
                    self.salt[body].x.array[:] = 1.0
            connected = [p for p in region.subdomains if is_electronically_connected(case, p)]
            if connected:
                self.electronic_regions[body] = domain.region(f"additive in {body}", connected)
                self.electronic_potential[body] = fem.Function(
                    self.electronic_regions[body].scalars
                )
            if case.physics.mechanics:
                # What flows keeps its own change of volume: the mean costs shear stresses an order.
                flows = any(p.phase in case.flowing_phases for p in region.subdomains)
                locks = any(p.phase in case.locking_phases for p in region.subdomains)
                is_even = locks and not flows
                self._from_centre[body] = region.from_centre if is_even else None
                self.displacement[body] = fem.Function(region.displacements)

        self.interface = self.declare(Fields("interface", keeps=_LEAST_KEPT, most=1.0))
        if case.debonds:
            self.interface |= {name: fem.Function(domain.skeleton) for name in (DAMAGE, CONTACT)}
            self.interface[CONTACT].x.array[:] = 1.0

        self.crack = self.declare(Fields("crack", order=2, keeps=1.0, most=1.0))
        self.crack_regions: dict[str, Region] = {}
        self.lagged_damage = self.declare(Fields("lagged_damage", keeps=1.0, most=1.0))
        for body, region in domain.bodies.items():
            subdomains = tuple(p for p in region.subdomains if p.phase in case.cracking_phases)
            if subdomains:
                whole = subdomains == region.subdomains
                made = region if whole else domain.region(f"cracks in {body}", subdomains)
                self.crack_regions[body] = made
                self.crack[body], self.lagged_damage[body] = (
                    fem.Function(made.scalars) for _ in range(2)
                )
        self.plastic_strain = self.declare(Fields("plastic_strain"))
        self.equivalent_plastic_strain = self.declare(Fields("equivalent_plastic_strain"))
        for body, region in domain.bodies.items():
            if any(subdomain.phase in case.flowing_phases for subdomain in region.subdomains):
                tensors, numbers = (
                    region.cellwise((4 if domain.dim == 2 else 6,)),
                    region.cellwise(),
                )
                self.plastic_strain[body] = fem.Function(tensors)
                self.equivalent_plastic_strain[body] = fem.Function(numbers)
        self.contact_map = initial_contact.contact_map(case, domain)
        self.plated = self.declare(Fields("plated"))
        if case.plates:
            self.plated[THICKNESS] = fem.Function(domain.skeleton)
            depth = initial_contact.void_depth(case, domain).x.array
            self.plated[THICKNESS].x.array[:] = -depth
            if self.interface:  # what is hollow holds nowhere
                self.interface[DAMAGE].x.array[depth > 0.0] = 1.0

        for boundary in domain.boundaries:
            if self.interface and debonds_from_electrode(case, boundary.tag):
                self.debonding_stress[boundary.tag] = fem.Function(domain.skeleton)

        self.layer = self.declare(Fields("layer"))
        self.layer |= _layers(case, domain)
        self.layer_yield = fem.Function(domain.skeleton)

        self.voltage = Scalar(domain, "Voltage [V]")
        self.current = Scalar(domain, "Current [pA]")
        self.axial_strain = Scalar(domain, "Axial strain")
        self.thickness_strain = Scalar(domain, "Out-of-plane strain")
        self.pressure = Scalar(domain, "Stack pressure [MPa]")
        self.process_scalars: list[Scalar] = []
        self.accumulators: dict[str, float | int] = {
            "time": 0.0,
            "charge": 0.0,
            "throughput": 0.0,
            "protocol_step": 0,
            "step_time": 0.0,
        }

    def declare(self, fields: Fields) -> Fields:
        """Take fields among those that a time step finds: copied, guessed and restored.

        Returns:
            The same, which may be filled later.
        """
        assert fields.kind not in {other.kind for other in self._kinds}
        self._kinds.append(fields)
        return fields

    def electrons(self, body: str) -> Expr:
        """Potential of electrons in an electrolyte minus that of the collector, V."""
        if body not in self.at_anode:
            return self.electronic_potential[body]
        return self.electronic_potential[body] - self.at_anode[body] * self.voltage.symbol

    def strain(self, body: str) -> Expr:
        """The 3 x 3 total strain in a body, with one change of volume a cell where it `is_even`."""
        return self.strain_of(body, self.displacement[body]) + self._uniform_strain()

    def uneven_strain(self, body: str) -> Expr:
        """The same with the change of volume that displacements have at each place."""
        strain = mechanics.in_space(mechanics.strain(self.displacement[body]))
        return strain + self._uniform_strain()

    def strain_of(self, body: str, displacement: Expr) -> Expr:
        """The 3 x 3 strain of a displacement in a body, be it a virtual one; see `strain`."""
        strain = mechanics.in_space(mechanics.strain(displacement))
        from_centre = self._from_centre[body]
        if from_centre is None:
            return strain
        return mechanics.even_dilatation(strain, displacement, from_centre)

    def is_even(self, body: str) -> bool:
        """Whether the strain in a body has the mean change of volume of each cell."""
        return self._from_centre[body] is not None

    def _uniform_strain(self) -> Expr:
        return mechanics.uniform_strain(self.axial_strain.symbol, self.thickness_strain.symbol)

    def stress_offsets(self, body: str) -> list[fem.Function]:
        """The stresses of a body, in the order of its directions."""
        names = (body, *(body + way for way in _AXIAL))
        return [self.stress_offset[name] for name in names if name in self.stress_offset]

    def fields(self) -> Iterator[tuple[str, fem.Function]]:
        """All fields with a name that is unique and the same in every run of a case."""
        for fields in self._kinds:
            for body, function in fields.items():
                yield f"{fields.kind}/{body}", function

    def scalars(self) -> tuple[Scalar, ...]:
        """All unknown numbers."""
        electric, uniform = (self.voltage, self.current), (self.axial_strain, self.thickness_strain)
        return *electric, *uniform, self.pressure, *self.process_scalars

    def contact_factor(self, face: FacetSet) -> Expr:
        """Fraction of a contact, or of the face of an electrode, that carries current."""
        kept = face.here(self.interface[CONTACT]) if self.interface else ufl.as_ufl(1.0)
        return kept * self.touching_at_start(face)

    def stress_on(self, face: FacetSet, body: str) -> Expr:
        """Normal stress on an electrode of a body as its kinetics account for it, MPa."""
        if isinstance(face, ExteriorBoundary) and face.tag in self.debonding_stress:
            return self.debonding_stress[face.tag]
        return self.normal_stress[body]

    def touching_at_start(self, face: FacetSet) -> Expr:
        """Fraction of a contact, or of the face of an electrode, that touches from the start."""
        if self.contact_map is None or not isinstance(face, ExteriorBoundary):
            return ufl.as_ufl(1.0)
        return self.contact_map

    def snapshot(self) -> Snapshot:
        """A copy to return to when a time step is rejected."""
        fields = [function.x.array.copy() for _, function in self.fields()]
        return fields, [s.value for s in self.scalars()], dict(self.accumulators)

    def predict(self, known: Sequence[tuple[float, Snapshot]], time: float) -> None:
        """Put fields and scalars where they are guessed to be at some time.

        Fields go on as their kind says. Scalars are on the line through the last two copies; the
        strains and the pressure of the stack, as displacements, on the parabola through three.

        Args:
            known: Times in s and the copies of then, two or more.
            time: In s.
        """
        of_field = (fields for fields in self._kinds for _ in fields)
        for index, (fields, (_, function)) in enumerate(zip(of_field, self.fields(), strict=True)):
            values = [(at, copy[0][index]) for at, copy in known]
            function.x.array[:] = fields.guess(values, time)
        curved = self.axial_strain, self.thickness_strain, self.pressure
        for index, scalar in enumerate(self.scalars()):
            points = known if scalar in curved else known[-2:]
            scalar.value = float(
                along([(at, np.array(copy[1][index])) for at, copy in points], time)
            )

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a copy."""
        fields, scalars, accumulators = snapshot
        for (_, function), values in zip(self.fields(), fields, strict=True):
            function.x.array[:] = values
        for scalar, value in zip(self.scalars(), scalars, strict=True):
            scalar.value = value
        self.accumulators = dict(accumulators)


def _layers(case: Case, domain: Domain) -> dict[str, fem.Function]:
    """Thickness and voids of the lithium on boundaries at the start; empty if neither matters."""
    electrodes = [e for _, e in case.boundaries if isinstance(e, LithiumElectrode) and e.is_layer]
    if not electrodes:
        return {}
    layer = {name: fem.Function(domain.skeleton) for name in (THICKNESS, GAP)}
    for tag, electrode in case.boundaries:
        if electrode in electrodes and electrode.inventory is not None:
            faces = [boundary for boundary in domain.boundaries if boundary.tag == tag]
            for face in faces:
                cells = domain.skeleton_cells(face)
                dofs = domain.skeleton.dofmap.list[cells]
                layer[THICKNESS].x.array[dofs] = electrode.inventory.thickness
    layer[THICKNESS].x.scatter_forward()
    return layer


def is_active_material(case: Case, subdomain: Subdomain) -> bool:
    """Whether a part stores lithium and is reached by electrons."""
    return (
        case.phases[subdomain.phase].material.kind == "active material"
        and "electrons" in subdomain.reach
    )


def is_electrolyte(case: Case, subdomain: Subdomain) -> bool:
    """Whether a part conducts ions and is reached by them."""
    return case.phases[subdomain.phase].material.kind == "electrolyte" and "ions" in subdomain.reach


def is_lithium_electrode(case: Case, boundary: ExteriorBoundary) -> bool:
    """Whether exterior facets are the face of a lithium electrode."""
    return isinstance(getattr(case.boundaries, boundary.tag, None), LithiumElectrode)


def debonds_from_electrode(case: Case, tag: str) -> bool:
    """Whether the faces of a boundary tag may debond from their lithium electrode."""
    electrode = getattr(case.boundaries, tag, None)
    return case.debonds and isinstance(electrode, LithiumElectrode) and electrode.debonds


def is_electronically_connected(case: Case, subdomain: Subdomain) -> bool:
    """Whether a part is electrolyte that conducts electrons, which reach it as ions do."""
    reached = bool({"electrons", LITHIUM_ELECTRONS} & subdomain.reach)
    return is_electrolyte(case, subdomain) and case.conducts_electrons(subdomain.phase) and reached
