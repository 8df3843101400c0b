"""The cracks of a cell in numbers: how long, how many, how deep, and what they have cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ecmcell.columns import cracks as columns
from ecmcell.columns import fields
from ecmcell.columns.units import CONDUCTIVITY
from ecmcell.domain.plan import Subdomain
from ecmcell.evaluation.electrochemistry.effective_conductivity import EffectiveConductivity
from ecmcell.evaluation.placement import Fields, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.microstructure import MeshData
from ecmcell.processes.cracks import laws
from ecmcell.processes.cracks.crack_graph import CrackGraph
from ecmcell.processes.cracks.cracks import Cracks
from ecmcell.processes.deformation.energies import Energies
from ecmcell.simulation.cell import Cell

_ENDS = ("anode", "collector")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CrackCluster:
    """One connected crack, through whatever phases and interfaces it runs.

    Attributes:
        low: Its smallest coordinates, um.
        high: Its largest coordinates, um.
        depth: How far it reaches along the stack from its mouths at an end, um, by the boundary
            tag of the end; 0 if it has none there.
    """

    low: Floats
    high: Floats
    depth: dict[str, float]

    @property
    def extent(self) -> float:
        """Diagonal of the box around it, um."""
        return float(np.linalg.norm(self.high - self.low))


class CrackClusters(Subject):
    """Evaluates the cracks of a cell in which some phase may crack.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell, domain, made = cell, cell.domain, cell.the(Cracks).laws
        self._energies, self._graph = cell.the(Energies), cell.the(CrackGraph)
        self._surface = {
            phase: domain.integral(laws.surface(domain, made, phase))
            for phase in dict.fromkeys(subdomain.phase for subdomain in made)
        }
        self._grains = _particles(cell, made)
        self._ends = {tag: self._graph.nodes_of(tag) for tag in _ENDS}
        # Where lithium is meshed, ions do not enter by the outer faces.
        self._effective_conductivity = (
            None if cell.case.metal_phases else EffectiveConductivity(cell)
        )

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where some phase may crack."""
        return cls(cell) if cell.all(Cracks) else None

    def warnings(self, made: MeshData | None) -> list[str]:
        """Phases whose grains are narrower than a crack."""
        return laws.too_small(self._cell.case, self._cell.domain)

    def row(self) -> dict[str, float]:
        """The present cracks."""
        cell = self._cell
        measure, unit = ("length", "um") if cell.domain.dim == 2 else ("area", "um2")
        row = {
            columns.SURFACE.of(measure=measure, phase=phase, unit=unit): surface.value
            for phase, surface in self._surface.items()
        }
        found = self.crack_clusters()
        row[columns.COUNT.header] = len(found)
        row[columns.MAX_LENGTH.header] = max((f.extent for f in found), default=0.0)
        for tag in _ENDS:
            deepest = max((f.depth[tag] for f in found), default=0.0)
            row[columns.DEPTH.of(end=tag)] = deepest
        if self._grains.size:
            row[columns.PARTICLES.header] = self._cracked_particles()
        if self._effective_conductivity is not None:
            conductivity = self._effective_conductivity.conductivity()
            row[columns.CONDUCTIVITY.header] = CONDUCTIVITY * conductivity
        row[columns.ENERGY.header] = self._energies.cracks / cell.area
        return row

    def point_fields(self, points: Points) -> Fields:
        """Damage, and whether it is that of a crack."""
        state = self._cell.state
        cracked = {body: self._graph.cracked(body).astype(float) for body in state.crack}
        return {
            fields.DAMAGE.header: points.spread(state.crack, state.crack_regions),
            fields.IN_CRACK.header: points.put(cracked, state.crack_regions),
        }

    def crack_clusters(self) -> list[CrackCluster]:
        """The connected cracks that the graph of the cell has seen, the same on all ranks."""
        comm, graph = self._cell.domain.comm, self._graph
        return list(comm.bcast([self._cluster_of(graph.points, nodes) for nodes in graph.cracks()]))

    def _cluster_of(self, points: Floats, nodes: npt.NDArray[np.intp]) -> CrackCluster:
        along, depth = points[nodes, 0], {}
        for tag, end in self._ends.items():
            mouths = points[np.intersect1d(nodes, end), 0]
            reach = along.max() - mouths if tag == "anode" else mouths - along.min()
            depth[tag] = float(reach.max(initial=0.0))
        return CrackCluster(points[nodes].min(axis=0), points[nodes].max(axis=0), depth)

    def _cracked_particles(self) -> float:
        """Fraction of the particles with a crack, by volume."""
        domain, graph = self._cell.domain, self._graph
        broken = domain.comm.bcast(graph.cracked_grains())
        volume = domain.plan.grain_volume[self._grains]
        return float(volume[np.isin(self._grains, broken)].sum() / volume.sum())


def _particles(cell: Cell, cracking: Iterable[Subdomain]) -> npt.NDArray[np.intp]:
    """Numbers of the grains of active material among the parts that may crack."""
    active = cell.case.active_phases
    grains = [
        cell.domain.grains_of(subdomain) for subdomain in cracking if subdomain.phase in active
    ]
    return np.concatenate([np.zeros(0, dtype=np.intp), *grains])
