"""Stresses and contact as the electrochemistry reckons with them."""

import numpy as np
from dolfinx import fem

from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.numerics.mixing import Anderson
from ecmcell.simulation.electrode_stress import ElectrodeStress
from ecmcell.simulation.joints import Joints
from ecmcell.simulation.lithium import ActiveBody
from ecmcell.simulation.state import State
from ecmcell.simulation.stresses import Stresses

# MPa that weigh as much as all of a contact where turns are accelerated.
_STRESS = 100.0


class Feedback:
    """Hands over what the mechanics answers: stresses at nodes, and what still touches.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.
        stresses: Of each part.
        joints: What touches.
        normal: Normal stress on lithium electrodes by body of electrolyte.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        active: dict[str, ActiveBody],
        stresses: Stresses,
        joints: Joints,
        normal: dict[str, ElectrodeStress],
    ):
        self._domain, self._state = domain, state
        self._joints, self._normal = joints, normal
        self._offsets = [
            (body, swelling, stresses.offset_at_nodes(body, swelling))
            for body in active.values()
            for swelling in body.swellings
        ]
        self._ready: list[tuple[fem.Function, np.ndarray]] = []
        self._is_mixed = (
            case.debonds
            or bool(state.plated)
            or any(body.axis is not None for body in active.values())
        )
        handed = self._handed()
        self._units = np.repeat(
            [1.0 if f in self._joints.handed else _STRESS for f in handed],
            [len(f.x.array) for f in handed],
        )
        self._mixing = Anderson(domain.comm, _owned(handed))

    def _handed(self) -> list[fem.Function]:
        """All that the electrochemistry reckons with, in the order of `_ready`."""
        stresses = [swelling.stress_offset for _, swelling, _ in self._offsets]
        stresses += [self._state.normal_stress[name] for name in self._normal]
        stresses += self._state.parting_stress.values()
        return stresses + self._joints.handed

    def forget(self) -> None:
        """Begin the turns of another time step."""
        self._mixing.forget()

    def mismatch(self) -> tuple[float, float]:
        """How far stresses and contact are from what was handed over.

        Returns:
            The largest difference of stresses on this rank, relative to the largest stress of all
            ranks (or 1 MPa), and that of contact factors as they are.
        """
        self._ready = []
        size = 1.0
        for body, swelling, average in self._offsets:
            offset = average.update().x.array
            self._ready.append((swelling.stress_offset, offset))
            stress = offset - swelling.fall(body.swellings)
            size = max(size, np.abs(stress).max(initial=0.0))
        pulls = [
            (self._state.normal_stress[name], normal.update().x.array)
            for name, normal in self._normal.items()
        ] + self._joints.pulls()
        for _, stress in pulls:
            size = max(size, np.abs(stress).max(initial=0.0))
        self._ready += pulls
        of_stress = _largest_change(self._ready) / self._domain.largest(size)
        contact = self._joints.contact()
        self._ready += contact
        return of_stress, _largest_change(contact)

    def hand_over(self) -> None:
        """Let the electrochemistry reckon with what was last looked at.

        Isotropic bodies that hold together answer as foreseen, and their turns converge as they
        are. What an anisotropic one answers depends on the direction of a wave, and where a gap is
        about to close, the current that returns would open it again; what plates on meshed metal
        presses against more of it. These turns are accelerated.
        """
        now = [values for _, values in self._ready]
        if self._is_mixed and now:
            given = np.concatenate([handed.x.array for handed, _ in self._ready])
            mixed = self._mixing.next(given / self._units, np.concatenate(now) / self._units)
            now = np.split(mixed * self._units, np.cumsum([len(values) for values in now])[:-1])
        for (handed, _), values in zip(self._ready, now, strict=True):
            handed.x.array[:] = values
        for contact in self._joints.handed:
            np.clip(contact.x.array, 0.0, 1.0, out=contact.x.array)


def _largest_change(pairs: list[tuple[fem.Function, np.ndarray]]) -> float:
    changes = (np.abs(now - handed.x.array).max(initial=0.0) for handed, now in pairs)
    return max(changes, default=0.0)


def _owned(functions: list[fem.Function]) -> np.ndarray:
    """Which entries of functions this rank owns, one after another."""
    owned = [np.zeros(0, dtype=bool)]
    for function in functions:
        local = np.arange(len(function.x.array))
        owned.append(local < function.function_space.dofmap.index_map.size_local)
    return np.concatenate(owned)
