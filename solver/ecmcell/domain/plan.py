"""Which grains form which body, and which of them a network reaches: graphs on the undivided mesh.

All of this runs on rank 0, on plain arrays, before the mesh is distributed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.mesh.facets import facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import sizes

Pair = frozenset[str]
"""Two phases that meet; one name alone for the grains of one phase among each other."""


@dataclass(frozen=True)
class Network:
    """Phases that conduct one carrier, the pairs it crosses, and the boundary tag it starts from.

    Attributes:
        phases: Phases that conduct the carrier.
        crossings: Pairs of different phases whose interface lets it pass.
        tag: Exterior facets that feed it (`collector` for electrons, `anode` for ions).
    """

    phases: frozenset[str]
    crossings: frozenset[Pair]
    tag: str


@dataclass(frozen=True)
class Subdomain:
    """Cells of one phase in one body that are reached by the same networks."""

    index: int
    body: str
    phase: str
    reach: frozenset[str]


@dataclass(frozen=True)
class BodyPlan:
    """What rank 0 found out about the grains.

    Attributes:
        subdomains: The distinct (body, phase, reach) combinations, in a fixed order.
        grain_subdomain: Index of the part of each grain.
        grain_volume: Volume of each grain in um3 (um2 in 2D).
        grain_centroid: Centroid of each grain in um, shape (grains, dim).
    """

    subdomains: tuple[Subdomain, ...]
    grain_subdomain: npt.NDArray[np.int32]
    grain_volume: npt.NDArray[np.float64]
    grain_centroid: npt.NDArray[np.float64]


def plan_bodies(
    mesh: MeshData,
    bonded: Iterable[Pair],
    debonding: Iterable[str],
    networks: Mapping[str, Network],
) -> BodyPlan:
    """Group grains into bodies whose fields are continuous.

    Grains that touch and cannot debond (bonded phases, or grains of a phase that is not in
    `debonding`) are one piece. Pieces of the same phases share a body if they touch nowhere: the
    graph of touching pieces is coloured, one body a colour. Pieces reached by different networks
    never share a body.
    """
    bonded, debonding = set(bonded), set(debonding)
    phase = mesh.grain_phase
    grains = range(len(phase))

    pieces = nx.Graph()
    pieces.add_nodes_from(grains)
    touching = _pairs_sharing_a_vertex(mesh)
    for a, b in touching:
        same_phase_glued = phase[a] == phase[b] and phase[a] not in debonding
        if same_phase_glued or frozenset((phase[a], phase[b])) in bonded:
            pieces.add_edge(a, b)
    piece_of = np.empty(len(phase), dtype=int)
    members = [sorted(c) for c in sorted(nx.connected_components(pieces), key=min)]
    for i, piece in enumerate(members):
        piece_of[piece] = i

    reached = reached_grains(mesh, networks) if networks else {}
    reach = [frozenset(n for n in networks if reached[n][g]) for g in grains]

    # Pieces may share a body only if they hold the same kind of phases and the same reach.
    family = [
        (
            tuple(sorted({phase[g] for g in piece})),
            frozenset().union(*(reach[g] for g in piece)),
        )
        for piece in members
    ]
    contact = nx.Graph()
    contact.add_nodes_from(range(len(members)))
    contact.add_edges_from(
        (piece_of[a], piece_of[b])
        for a, b in touching
        if piece_of[a] != piece_of[b] and family[piece_of[a]] == family[piece_of[b]]
    )
    colour = nx.greedy_color(contact, strategy="DSATUR")  # few bodies: every pair compiles forms
    bodies = [(family[i], colour[i]) for i in range(len(members))]
    names = _body_names(sorted(set(bodies), key=_sort_key))

    part_keys = [(names[bodies[piece_of[g]]], phase[g], reach[g]) for g in grains]
    ordered = sorted(set(part_keys), key=lambda k: (k[0], k[1], sorted(k[2])))
    subdomains = tuple(Subdomain(i, *key) for i, key in enumerate(ordered))
    index = {key: i for i, key in enumerate(ordered)}
    return BodyPlan(
        subdomains=subdomains,
        grain_subdomain=np.array([index[key] for key in part_keys], dtype=np.int32),
        grain_volume=grain_volumes(mesh),
        grain_centroid=grain_centroids(mesh),
    )


def _reached(
    mesh: MeshData, facing: set[tuple[int, int]], network: Network
) -> npt.NDArray[np.bool_]:
    """Grains that the carrier reaches from the exterior facets of the network's boundary tag.

    Args:
        mesh: The mesh.
        facing: Pairs of grains that share a facet.
        network: What conducts the carrier, and where it starts.

    Returns:
        One flag a grain; False for every grain that does not conduct.
    """
    phase = mesh.grain_phase
    graph = nx.Graph()
    graph.add_nodes_from(g for g in range(len(phase)) if phase[g] in network.phases)
    for a, b in facing:
        if a in graph and b in graph:
            if phase[a] == phase[b] or frozenset((phase[a], phase[b])) in network.crossings:
                graph.add_edge(a, b)
    reached = np.zeros(len(phase), dtype=bool)
    for grain in grains_on_boundary(mesh, network.tag):
        if grain in graph and not reached[grain]:
            reached[list(nx.node_connected_component(graph, grain))] = True
    return reached


def reached_grains(
    mesh: MeshData, networks: Mapping[str, Network]
) -> dict[str, npt.NDArray[np.bool_]]:
    """Which grains each network reaches, by its name."""
    facing = mesh.touching
    return {name: _reached(mesh, facing, network) for name, network in networks.items()}


def clusters(
    mesh: MeshData, phases: Collection[str], crossings: Collection[Pair]
) -> npt.NDArray[np.int64]:
    """Number of the cluster that each grain of some phases belongs to, -1 for the other grains.

    Grains that share a vertex are in one cluster if of one phase, or of a pair in `crossings`.
    """
    phase = mesh.grain_phase
    cluster = np.full(len(phase), -1, dtype=np.int64)
    if not phases:
        return cluster
    graph = nx.Graph()
    graph.add_nodes_from(g for g in range(len(phase)) if phase[g] in phases)
    graph.add_edges_from(
        (a, b)
        for a, b in _pairs_sharing_a_vertex(mesh)
        if a in graph
        and b in graph
        and (phase[a] == phase[b] or frozenset((phase[a], phase[b])) in crossings)
    )
    for number, members in enumerate(sorted(nx.connected_components(graph), key=min)):
        cluster[list(members)] = number
    return cluster


def touching_phases(mesh: MeshData) -> set[tuple[str, str]]:
    """Pairs of phases whose grains share facets, each pair in alphabetical order.

    A phase is paired with itself where two grains of it do.
    """
    phase = mesh.grain_phase
    pairs = (sorted((phase[a], phase[b])) for a, b in mesh.touching)
    return {(first, second) for first, second in pairs}


def grain_volumes(mesh: MeshData) -> npt.NDArray[np.float64]:
    """Volume of each grain in um3 (um2 in 2D), shape (grains,)."""
    count = len(mesh.grain_phase)
    volume = np.bincount(mesh.cell_grain, sizes(mesh.points, mesh.cells), minlength=count)
    return volume.astype(np.float64)


def grain_centroids(mesh: MeshData) -> npt.NDArray[np.float64]:
    """Centroid of each grain in um, shape (grains, dim)."""
    size, middle = sizes(mesh.points, mesh.cells), mesh.points[mesh.cells].mean(axis=1)
    moments = [np.bincount(mesh.cell_grain, size * coordinate) for coordinate in middle.T]
    return np.column_stack(moments) / grain_volumes(mesh)[:, None]


def _pairs_sharing_a_vertex(mesh: MeshData) -> set[tuple[int, int]]:
    incidence = np.unique(
        np.column_stack(
            (
                mesh.cells.ravel(),
                np.repeat(mesh.cell_grain, mesh.cells.shape[1]).astype(np.int64),
            )
        ),
        axis=0,
    )
    starts = np.flatnonzero(np.diff(incidence[:, 0], prepend=-1))
    pairs: set[tuple[int, int]] = set()
    for grains in np.split(incidence[:, 1], starts[1:]):
        if len(grains) > 1:
            pairs.update((int(a), int(b)) for i, a in enumerate(grains) for b in grains[i + 1 :])
    return pairs


def grains_on_boundary(mesh: MeshData, tag: str) -> set[int]:
    """Grains with a facet of a boundary tag."""
    if tag not in mesh.tags:
        return set()
    facets = facets_of(mesh.cells)
    rows = facets.rows_of(mesh.facets[mesh.facet_tag == mesh.tags.index(tag)])
    return set(mesh.cell_grain[facets.cells[rows, 0]].tolist())


def _sort_key(body: tuple[tuple[tuple[str, ...], frozenset[str]], int]) -> tuple:
    (phases, reach), colour = body
    return phases, -len(reach), sorted(reach), colour


def _body_names(bodies: list) -> dict:
    """`active`, `active 2`, ... in order; several phases of one body are joined by `+`."""
    names: dict[tuple, str] = {}
    count: dict[str, int] = {}
    for body in bodies:
        base = "+".join(body[0][0])
        count[base] = count.get(base, 0) + 1
        names[body] = base if count[base] == 1 else f"{base} {count[base]}"
    return names
