"""Where lithium has to nucleate: potentials from which plating on a bare collector can begin."""

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
from mpi4py import MPI

from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.lithium_layers import Layers
from ecmcell.processes.reactions.reactions import LithiumElectrodes
from ecmcell.processes.state import State

# Fraction of a collector below which it counts as bare.
_BARE = 1e-2
# V; stresses at rest scatter by less.
_BEYOND = 1e-7


class Nucleation(Process):
    """Puts potentials where a bare electrode begins to plate: from afar nothing answers.

    Args:
        domain: Where.
        state: The unknowns.
        layers: Lithium that may cover a collector.
        electrodes: How it reacts.
    """

    def __init__(self, domain: Domain, state: State, layers: Layers, electrodes: LithiumElectrodes):
        self._domain, self._state, self._layers = domain, state, layers
        self._reactions = electrodes.reactions

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where lithium is a layer."""
        layers = context.the(Layers)
        if not layers.members:
            return []
        return [cls(context.domain, context.state, layers, context.the(LithiumElectrodes))]

    def begin_protocol_step(self) -> None:
        """Let every electrode that is all but bare begin to plate."""
        for tag in self._bare():
            shift = self._before_nucleation(tag) + _BEYOND
            if tag == "collector":
                self._state.voltage.value -= shift
                continue
            for potential in self._state.electrolyte.values():
                potential.x.array[:] += shift
            other = [r for face, r in self._reactions.items() if face.tag == "collector"]
            total = sum(self._domain.integral(r.overpotential * r.measure).value for r in other)
            # Lithium at the collector is put at rest, active material goes with the electrolyte.
            at_rest = -total / self._domain.boundary_area("collector")
            self._state.voltage.value += at_rest if other else shift

    def _bare(self) -> Iterator[str]:
        """Boundaries that are all but bare."""
        for tag in self._layers.tags:
            covered = sum(
                self._domain.integral(layer.covered * self._domain.nodal(boundary)).value
                for boundary, layer in self._layers.members.items()
                if boundary.tag == tag
            )
            if covered < _BARE * self._domain.boundary_area(tag):
                yield tag

    def _before_nucleation(self, tag: str) -> float:
        """How much overpotential is missing where plating on bare collector is easiest, V."""
        least = np.inf
        for lithium, reaction in self._reactions.items():
            layer = self._layers.on(lithium.face)
            if layer is None or lithium.tag != tag:
                continue
            missing = reaction.overpotential + layer.barrier
            term = missing, self._domain.nodal(lithium.face), None
            average = Average(self._domain, self._domain.skeleton, [term])
            there = average.owned_weight > 0.0
            if self._state.contact_map is not None:
                there &= self._state.contact_map.x.array[: len(there)] > 0.0
            least = min(least, average.owned()[there].min(initial=np.inf))
        return float(self._domain.comm.allreduce(least, op=MPI.MIN))
