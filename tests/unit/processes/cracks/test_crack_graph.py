"""Which cracked places hang together, and the ways through them."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import bench, solid_case
from ecmcell.processes.cracks.crack_graph import CrackGraph, localised
from ecmcell.processes.cracks.flaws import break_flaws
from meshes import grid

LENGTH = 1.0  # um, of cracks


def square(edge: float, size: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Points of a square lattice, shape (n, 3), and how deep each is below its rim."""
    x = np.arange(0.0, edge + size / 2.0, size)
    points = np.stack(np.meshgrid(x, x, [0.0], indexing="ij"), axis=-1).reshape(-1, 3)
    inner = np.minimum(points[:, :2], edge - points[:, :2]).min(axis=1)
    return points, inner


def test_a_row_of_damaged_nodes_is_a_crack() -> None:
    points, depth = square(10.0)
    damaged = np.isclose(points[:, 1], 5.0) & (points[:, 0] < 4.1)
    assert np.array_equal(localised(points, damaged, LENGTH, depth), damaged)


def test_damage_all_over_a_body_is_no_crack() -> None:
    points, depth = square(10.0)
    everywhere = np.ones(len(points), dtype=bool)
    assert not localised(points, everywhere, LENGTH, depth).any()


def test_all_damage_of_a_narrow_body_is_a_crack() -> None:
    """Nothing of it is further from its surface than the length."""
    points, depth = square(2.0 * LENGTH)
    everywhere = np.ones(len(points), dtype=bool)
    assert localised(points, everywhere, LENGTH, depth).all()


@pytest.mark.mpi
@pytest.mark.domain
def test_two_cracks_and_the_way_along_one(comm: MPI.Comm) -> None:
    """Rows of cells around two lines, far apart; the shortest way leads along the first."""
    axis = np.linspace(0.0, 10.0, 21)
    flaws = [
        {"begin": ["0 um", "2.25 um"], "end": ["10 um", "2.25 um"]},
        {"begin": ["3.1 um", "7.25 um"], "end": ["5.9 um", "7.25 um"]},
    ]
    cracking = {"fracture_energy": "2 J/m^2", "regularisation_length": "1 um", "flaws": flaws}
    found = bench(solid_case({"cracking": cracking}), grid([axis, axis], {0: "solid"}), comm)
    break_flaws(found.case, found.domain, found.state)
    graph = CrackGraph(found.case, found.domain, found.state)
    assert graph.cracks() == []
    graph.look()
    cracks, (anode, collector) = graph.cracks(), map(graph.nodes_of, ("anode", "collector"))
    if comm.rank > 0:
        assert cracks == [] and len(graph.points) == 0
        return
    through, short = sorted((graph.points[nodes] for nodes in cracks), key=len, reverse=True)
    assert np.ptp(through, axis=0) == pytest.approx([10.0, 0.5, 0.0])
    assert np.ptp(short, axis=0) == pytest.approx([3.0, 0.5, 0.0])
    assert through[:, 1].min() == pytest.approx(2.0)
    assert short[:, 1].min() == pytest.approx(7.0)
    assert len(graph.cracked_grains()) == 1
    (way,) = (nodes for nodes in cracks if len(np.intersect1d(nodes, collector)))
    path = graph.path(way, anode, collector)
    assert path[[0, -1], 0] == pytest.approx([0.0, 10.0])
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps.sum() == pytest.approx(10.0, rel=1e-12)
