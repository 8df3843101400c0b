"""Lithium on boundaries as layers: what there is of it, and the voids that stripping leaves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain, Integral
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.numerics.system.layout import Array
from ecmcell.physics import interfaces
from ecmcell.processes.context import Context
from ecmcell.processes.process import Limit, Process
from ecmcell.processes.reactions.interface_properties import Interfaces
from ecmcell.processes.reactions.layer import TINY, Layer
from ecmcell.processes.reactions.lithium_inventory import LithiumInventory
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.processes.state import (
    GAP,
    THICKNESS,
    State,
    debonds_from_electrode,
    is_lithium_electrode,
)


class Layers(Process):
    """All layers of a cell; thickness and gap follow the current at the end of a time step.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        step: Length of the time step.
        interfaces: Kinetics of electrodes.

    Attributes:
        members: The layers, by the faces that they lie on.
    """

    accumulators = ("layer_growth",)

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        step: fem.Constant,
        interfaces: Interfaces,
    ):
        self._domain, self._state = domain, state
        self._earlier = {name: fem.Function(domain.skeleton) for name in state.layer}
        self.members = {
            boundary: Layer(case, domain, state, boundary, self._earlier, step, interfaces)
            for boundary in (layered(case, domain, state) if state.layer else ())
        }
        self._moves_platen = lambda tag: (
            case.physics.lithium_volume and not debonds_from_electrode(case, tag)
        )
        self._reach: npt.NDArray[np.float64] = np.zeros(0)
        self._inventories: list[LithiumInventory] = []
        self._swept: Average | None = None
        self._yield: Average | None = None
        self._grown: list[tuple[Integral, float]] = []
        self.begin_step()

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        needs = context.case, context.domain, context.state, context.step
        return [cls(*needs, context.the(Interfaces))]

    @property
    def tags(self) -> tuple[str, ...]:
        """The boundaries that have one, `anode` or `collector`."""
        return tuple(dict.fromkeys(boundary.tag for boundary in self.members))

    def on(self, face: FacetSet) -> Layer | None:
        """The layer on a face; None where lithium neither ends nor parts."""
        return self.members.get(face) if isinstance(face, ExteriorBoundary) else None

    def contact(self, face: FacetSet) -> Expr:
        """Fraction of the face of an electrode where lithium and electrolyte touch at present."""
        layer, kept = self.on(face), self._state.contact_factor(face)
        return kept if layer is None else kept * layer.touching * layer.covered

    def follow(self, currents: Mapping[LithiumFace, Expr]) -> None:
        """Take the current densities that change the layers."""
        swept, gap, yields = [], [], []
        for lithium, current in currents.items():
            layer = self.on(lithium.face)
            if layer is None:
                continue
            nodes = self._domain.nodal(lithium.face)
            swept.append((layer.swept(current), nodes, None))
            gap.append((layer.gap(current), nodes, None))
            if lithium.tag in self._state.debonding_stress:  # else nothing presses on it alone
                grown = layer.gap(current) - layer.swept(current)
                yields.append((ufl.diff(grown, layer.stress), nodes, None))
            if self._moves_platen(lithium.tag):
                grown = grown_thickness(layer.law, self._state) * nodes
                self._grown.append(
                    (self._domain.integral(grown), self._domain.boundary_area(lithium.tag))
                )
        if swept:
            self._swept = Average(self._domain, self._domain.skeleton, swept)
            self._gap = Average(self._domain, self._domain.skeleton, gap)
            self._yield = Average(self._domain, self._domain.skeleton, yields) if yields else None
            self._reach = self._contact_gaps()

    def controlled(self) -> list[npt.NDArray[np.float64]]:
        """Voids over the gap at which nothing touches, at the nodes of this rank."""
        return [self._state.layer[GAP].x.array / self._reach] if self.members else []

    def limits(self) -> Sequence[Limit]:
        """Lithium that is used up, or does not touch any more."""
        self._inventories = self._inventories or self.lithium_inventories()
        return [limit for inventory in self._inventories for limit in inventory.limits()]

    def kept_fields(self) -> Mapping[str, fem.Function]:
        """How layers answer to a pressure."""
        return {"yield": self._state.layer_yield}

    def memory(self) -> dict[str, Array]:
        """The contact that the limits of layers are relative to."""
        return {"reach": np.array([inventory.reach for inventory in self._inventories])}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Go on with it."""
        self._inventories = self.lithium_inventories() if memory["reach"].size else []
        for inventory, reach in zip(self._inventories, memory["reach"], strict=True):
            inventory.reach = float(reach)

    def lithium_inventories(self) -> list[LithiumInventory]:
        """What there is of each layer, which has not changed yet."""
        return [
            LithiumInventory(self._domain, self._state, tag, self._members_on(tag))
            for tag in self.tags
        ]

    def _members_on(self, tag: str) -> dict[ExteriorBoundary, Layer]:
        return {boundary: layer for boundary, layer in self.members.items() if boundary.tag == tag}

    def _contact_gaps(self) -> npt.NDArray[np.float64]:
        skeleton, touching = self._domain.skeleton, self._state.contact_map
        reach: npt.NDArray[np.float64] = np.full_like(self._state.layer[GAP].x.array, np.inf)
        for boundary, layer in self.members.items():
            if layer.law.void_growth is not None:
                cells = self._domain.skeleton_cells(boundary)
                reach[skeleton.dofmap.list[cells]] = layer.law.void_growth.contact_gap
        return reach if touching is None else reach * np.maximum(touching.x.array, TINY)

    def begin_step(self) -> None:
        """Make the present layers those at the start of the next time step."""
        for name, earlier in self._earlier.items():
            earlier.x.array[:] = self._state.layer[name].x.array

    def respond(self, step: float) -> None:
        """Take over what the present current leaves of the layers."""
        if self._swept is None:
            return
        there = self._swept.weight.x.array > 0.0
        thickness, gap = self._state.layer[THICKNESS].x.array, self._state.layer[GAP].x.array
        left = self._earlier[THICKNESS].x.array - self._swept.update().x.array
        np.copyto(thickness, left, where=there)
        np.copyto(gap, self._gap.update().x.array, where=there)
        if self._yield is not None:
            less = np.maximum(self._yield.update().x.array, 0.0)
            np.copyto(self._state.layer_yield.x.array, less, where=self._yield.weight.x.array > 0.0)
        grown = sum(integral.value / area for integral, area in self._grown)
        self._state.accumulators["layer_growth"] = grown


def grown_thickness(law: LithiumElectrode, state: State) -> Expr:
    """What a layer with its voids has gained since the start, um: a function of the skeleton."""
    start = law.inventory.thickness if law.inventory is not None else 0.0
    return state.layer[THICKNESS] + state.layer[GAP] - start


def pushed(
    domain: Domain, state: State, boundary: ExteriorBoundary, law: LithiumElectrode, jump: Expr
) -> tuple[Expr, Expr]:
    """How a layer keeps a face of the electrolyte from the foil behind it: theory.md (69).

    The more it presses the less plates. As with lithium in cracks, the layer grows by what the
    kinetics say at a pressure, less their answer to what the pressure is beyond that.

    Args:
        domain: Where.
        state: The unknowns.
        boundary: The face.
        law: Of the electrode.
        jump: From the face to the foil without a layer, um.

    Returns:
        The jump over the stiffness of the face, um, and what the source of the lithium has left to
        give, pJ/um2.
    """
    normal, less = domain.normal, state.layer_yield
    stiffness = domain.constant(needed(law.penalty_stiffness))
    pressure = ufl.max_value(-state.stress_on(boundary, boundary.subdomain.body), 0.0)
    jump -= (grown_thickness(law, state) + less * pressure) * normal
    jump = interfaces.yielding(jump, normal, stiffness, less)
    pressing = stiffness * ufl.min_value(ufl.inner(jump, normal), 0.0)
    return jump, 0.5 * less * pressing**2


def layered(case: Case, domain: Domain, state: State) -> Iterable[ExteriorBoundary]:
    """Faces of lithium electrodes whose lithium is a layer."""
    for boundary in domain.boundaries:
        law = getattr(case.boundaries, boundary.tag, None)
        reacts = (
            is_lithium_electrode(case, boundary) and boundary.subdomain.body in state.electrolyte
        )
        if reacts and isinstance(law, LithiumElectrode) and law.is_layer:
            yield boundary
