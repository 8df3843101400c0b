"""Cracks that are there from the start: where a case puts them, and those put by chance."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from ecmcell.case.cracking import RandomFlaws
from ecmcell.case.faults import dotted
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain import compat, intersections
from ecmcell.domain.domain import Domain
from ecmcell.domain.intersections import Touch
from ecmcell.domain.region import Region
from ecmcell.errors import InputError
from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.processes.state import State

Floats = npt.NDArray[np.float64]


def break_flaws(case: Case, domain: Domain, state: State) -> None:
    """Set the damage to 1 along all flaws; collective.

    Raises:
        InputError: A flaw passes no cell of its phase.
    """
    for phase in case.cracking_phases:
        own = {
            body: _cells_of(domain, region, phase)
            for body, region in state.crack_regions.items()
            if any(subdomain.phase == phase for subdomain in region.subdomains)
        }
        for key, touches in _shapes(case, domain, phase):
            met = False
            for body, cells in own.items():
                nodes = intersections.nodes_of(state.crack_regions[body], touches, cells)
                state.crack[body].x.array[nodes] = 1.0
                met |= bool(nodes.any())
            if not domain.comm.allreduce(met, op=MPI.LOR):
                remedy = "Give points within the phase; `ecmcell mesh CASE --picture` shows it."
                raise InputError(case.path, dotted(key), f"no part of it lies in {phase}", remedy)


def _cells_of(domain: Domain, region: Region, phase: str) -> npt.NDArray[np.bool_]:
    """Which local cells of a region belong to a phase."""
    of_phase = np.array([subdomain.phase == phase for subdomain in domain.subdomains])
    return np.asarray(of_phase[domain.cell_subdomain[region.parents]], dtype=np.bool_)


def _shapes(
    case: Case, domain: Domain, phase: str
) -> Iterator[tuple[tuple[str | int, ...], Touch]]:
    """Key of each flaw of a phase, and what it touches."""
    law = needed(case.phases[phase].cracking)
    at = ("phases", phase, "cracking")
    for index, flaw in enumerate(law.flaws):
        yield (*at, "flaws", index), intersections.line(np.array(flaw.begin), np.array(flaw.end))
    for index, disc in enumerate(law.penny_cracks):
        normal = np.array(disc.normal) / np.linalg.norm(disc.normal)
        yield (
            (*at, "penny_cracks", index),
            intersections.disc(np.array(disc.centre), normal, disc.radius),
        )
    if law.random_flaws is not None:
        middles, halves = _drawn(domain, phase, law.random_flaws)
        for middle, half in zip(middles, halves, strict=True):
            yield (*at, "random_flaws"), intersections.line(middle - half, middle + half)


def _drawn(domain: Domain, phase: str, asked: RandomFlaws) -> tuple[Floats, Floats]:
    """Middles of random flaws and half of their lengths, the same on any ranks; collective.

    Every place of the phase and every direction is as likely as any other.
    """
    rng = np.random.default_rng(asked.seed)
    topology, dim = domain.mesh.topology, domain.dim
    count = topology.index_map(dim).size_local
    nodes = compat.cell_nodes(domain.mesh)[:count]
    points = domain.mesh.geometry.x[:, :dim]
    volume = sizes(points, nodes.astype(np.int64))
    volume[[domain.subdomains[k].phase != phase for k in domain.cell_subdomain[:count]]] = 0.0
    numbers = topology.original_cell_index[:count]
    by_number = np.zeros((topology.index_map(dim).size_global, 1 + dim))
    by_number[numbers] = np.column_stack([volume, points[nodes].mean(axis=1)])
    by_number = domain.comm.allreduce(by_number)
    fraction = by_number[:, 0] / by_number[:, 0].sum()
    middles = by_number[rng.choice(len(fraction), asked.number, p=fraction), 1:]
    directions = rng.normal(size=(asked.number, dim))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    return middles, 0.5 * asked.length * directions
