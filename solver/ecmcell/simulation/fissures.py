"""The cracks of a cell in numbers: how long, how many, how deep, and what they have cost."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ecmcell.domain import gather
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.passage import Passage

# Nodes with at least this damage lie in a crack.
_CRACKED = 0.9
# 1 pA/(V um) = 1e-5 mS/cm.
_CONDUCTIVITY = 1e-5
# Points closer than this part of the size of the cell are the same.
_SAME = 1e-9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fissure:
    """One connected crack, through whatever phases and interfaces it runs.

    Attributes:
        low: Its smallest coordinates, um.
        high: Its largest coordinates, um.
    """

    low: Floats
    high: Floats

    @property
    def extent(self) -> float:
        """Diagonal of the box around it, um."""
        return float(np.linalg.norm(self.high - self.low))


class Fissures:
    """Evaluates the cracks of a cell in which some phase may crack.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        assert cell.mechanics is not None and cell.mechanics.cracks is not None
        self._cell, domain = cell, cell.domain
        self._surface = {
            phase: domain.integral(
                sum(
                    law.surface() * domain.dx(part)
                    for part, law in cell.mechanics.cracks.laws.items()
                    if part.phase == phase
                )
            )
            for phase in dict.fromkeys(part.phase for part in cell.mechanics.cracks.laws)
        }
        regions = cell.state.crack_regions
        # Nodes of all bodies, and the cells that join them, on rank 0.
        self._points = {body: gather.gather_points(region) for body, region in regions.items()}
        self._cells = {body: gather.gather_cells(region) for body, region in regions.items()}
        self._grains = self._particles()
        # Where lithium is meshed, ions do not enter by the outer faces.
        self._passage = None if cell.case.metal_phases else Passage(cell)

    def row(self) -> dict[str, float]:
        """The present cracks, by name with unit."""
        cell, position = self._cell, self._cell.state.position
        assert cell.mechanics is not None and cell.mechanics.energies is not None
        kind, unit = ("length", "um") if cell.domain.dim == 2 else ("area", "um2")
        row = {f"Crack {kind} {p} [{unit}]": s.value for p, s in self._surface.items()}
        found = self.fissures()
        low, high = cell.domain.bounds
        row["Cracks"] = len(found)
        row["Longest crack [um]"] = max((f.extent for f in found), default=0.0)
        row["Crack depth from anode [um]"] = _depth(found, low, high, 1.0)
        row["Crack depth from collector [um]"] = _depth(found, low, high, -1.0)
        if self._grains.size:
            row["Cracked particle fraction"] = self._cracked_particles()
        if self._passage is not None:
            conductivity = self._passage.conductivity()
            row["Effective ionic conductivity [mS.cm-1]"] = _CONDUCTIVITY * conductivity
        energies = cell.mechanics.energies
        return row | {
            "Elastic energy [J.m-2]": energies.elastic / cell.area,
            "Crack energy [J.m-2]": energies.cracks / cell.area,
            "Interface elastic energy [J.m-2]": energies.interfaces / cell.area,
            "Mechanical work [J.m-2]": position["work"] / cell.area,
            "Released energy [J.m-2]": (position["work"] - cell.energy()) / cell.area,
        }

    def fissures(self) -> list[Fissure]:
        """The connected cracks, the same on all ranks."""
        domain, state = self._cell.domain, self._cell.state
        values = {body: gather.gather_nodes(d) for body, d in state.crack.items()}
        if domain.comm.rank > 0:
            return list(domain.comm.bcast(None))
        starts = np.cumsum([0, *(len(points) for points in self._points.values())])
        points = np.concatenate(list(self._points.values()))
        cells = [c + s for c, s in zip(self._cells.values(), starts, strict=False)]
        cracked = np.concatenate(list(values.values())) >= _CRACKED
        return list(domain.comm.bcast(_connected(points, np.concatenate(cells), cracked)))

    def _particles(self) -> npt.NDArray[np.intp]:
        """Numbers of the grains of active material that may crack."""
        domain, active = self._cell.domain, self._cell.case.active_phases
        laws = self._cell.mechanics.cracks.laws  # type: ignore[union-attr]
        grains = [domain.grains_of(part) for part in laws if part.phase in active]
        return np.concatenate([np.zeros(0, dtype=np.intp), *grains])

    def _cracked_particles(self) -> float:
        """Share of the particles with a crack, by volume."""
        domain, state = self._cell.domain, self._cell.state
        broken = np.zeros(len(domain.plan.grain_volume))
        for body, region in state.crack_regions.items():
            nodes = region.scalars.dofmap.list
            through = (state.crack[body].x.array[nodes] >= _CRACKED).any(axis=1)
            broken[domain.cell_grain[region.parents[through]]] = 1.0
        broken = domain.comm.allreduce(broken) > 0.0
        volume = domain.plan.grain_volume[self._grains]
        return float(volume[broken[self._grains]].sum() / volume.sum())


def _connected(
    points: Floats, cells: npt.NDArray[np.int64], cracked: npt.NDArray[np.bool_]
) -> list[Fissure]:
    """Cracked nodes that cells join; points of two bodies at one place are one."""
    scale = np.ptp(points, axis=0).max() * _SAME
    _, place = np.unique(np.round(points / scale), axis=0, return_inverse=True)
    place = place.ravel()
    pairs = [cells[:, [i, j]] for i in range(cells.shape[1]) for j in range(i)]
    edges = np.concatenate(pairs)
    edges = place[edges[cracked[edges].all(axis=1)]]
    links = coo_array((np.ones(len(edges), dtype=bool), edges.T), shape=(place.max() + 1,) * 2)
    _, label = connected_components(links, directed=False)
    found = []
    for number in np.unique(label[edges]):
        own = points[cracked & (label[place] == number)]
        found.append(Fissure(own.min(axis=0), own.max(axis=0)))
    return found


def _depth(found: list[Fissure], low: Floats, high: Floats, sign: float) -> float:
    """How far the cracks that begin at one end of the stack reach from it, um."""
    near = _SAME * (high - low).max()
    if sign > 0:
        return max((f.high[0] - low[0] for f in found if f.low[0] < low[0] + near), default=0.0)
    return max((high[0] - f.low[0] for f in found if f.high[0] > high[0] - near), default=0.0)
