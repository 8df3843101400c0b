"""What of the mechanics the electrochemistry is solved with: stresses, and what still touches."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.schema import Case
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.recovery import Recovery
from ecmcell.numerics.fixed_point import Lagged
from ecmcell.numerics.system.layout import Array
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.deformation.electrode_stress import ElectrodeStress
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.state import CONTACT, State

# MPa that weigh as much as all of a contact where iterations are accelerated.
_STRESS = 100.0


class _Found:
    """Stresses as last evaluated, MPa.

    Args:
        sources: What evaluates them.
        falls: What has been added to each, to be taken off for its size.
    """

    def __init__(
        self,
        sources: Sequence[Recovery | ElectrodeStress | Average],
        falls: Sequence[Callable[[], Array]] = (),
    ):
        self._sources, self._falls = sources, falls
        self._values: list[Array] = []

    def __call__(self) -> list[Array]:
        self._values = [source.update().x.array for source in self._sources]
        return self._values

    @property
    def largest(self) -> float:
        """The largest of them on this rank."""
        values = self._values
        if self._falls:
            values = [v - fall() for v, fall in zip(values, self._falls, strict=True)]
        return max((float(np.abs(v).max(initial=0.0)) for v in values), default=0.0)


def are_felt(case: Case) -> bool:
    """Whether lithium or potentials depend on what the mechanics finds."""
    physics = case.physics
    by_stress = physics.stress_in_flux or physics.stress_in_kinetics
    layers = any(e.is_layer for _, e in case.boundaries if isinstance(e, LithiumElectrode))
    return by_stress or case.debonds or bool(case.cracking_phases) or layers


def of_mechanics(
    case: Case,
    domain: Domain,
    state: State,
    active: dict[str, ActiveBody],
    stresses: Stresses,
    laws: InterfaceLaws,
    normal: dict[str, ElectrodeStress],
) -> list[Lagged]:
    """The couplings of stresses and contact that the electrochemistry of a case depends on.

    Isotropic bodies that hold together answer as foreseen, and iterations converge as they are.
    What an anisotropic one answers depends on the direction of a wave, and where a gap is about to
    close, the current that returns would open it again; what plates on meshed metal presses against
    more of it. These are accelerated.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.
        stresses: Of each part.
        laws: What touches.
        normal: Normal stress on lithium electrodes by body of electrolyte.
    """
    is_hard = case.debonds or bool(state.plated) or any(b.axis is not None for b in active.values())
    swellings = [(body, one) for body in active.values() for one in body.swellings]
    hosts = _Found(
        [stresses.offset_at_nodes(body, one) for body, one in swellings],
        [partial(one.fall, body.swellings) for body, one in swellings],
    )
    debonding = laws.pulls
    lithium = _Found([*normal.values(), *debonding.values()])

    def size() -> float:
        """The largest of all these stresses, or 1 MPa: what differences of them are relative to."""
        return domain.max(max(1.0, hosts.largest, lithium.largest))

    unit = _STRESS if is_hard else None
    of_hosts = [one.stress_offset for _, one in swellings]
    of_lithium = [*(state.normal_stress[body] for body in normal), *state.debonding_stress.values()]
    found = []
    if of_hosts:
        found.append(Lagged("stress in active material", of_hosts, hosts, size, unit))
    if of_lithium:
        found.append(Lagged("stress on lithium", of_lithium, lithium, size, unit))
    if laws.cohesive:
        contact = [state.interface[CONTACT]]
        found.append(Lagged("contact", contact, laws.contact, unit=1.0, bounds=(0.0, 1.0)))
    return found
