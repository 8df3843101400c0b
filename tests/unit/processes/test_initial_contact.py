"""Where lithium touches the electrolyte from the start."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from bench import Bench, bench
from cells import LITHIUM, Table, electrolyte, make_case
from ecmcell.domain.faces import ExteriorBoundary
from ecmcell.errors import InputError
from ecmcell.processes.initial_contact import contact_map, nucleation_barrier, void_depth
from meshes import grid

WIDTH = 4.0  # um; strips of 1 um around 0, 2 and 4 um
STRIPS = {"map": "patches", "coverage": 0.5, "size": "1 um"}


def membrane(comm: MPI.Comm, dim: int = 2, **anode: object) -> Bench:
    """An electrolyte between two electrodes, with facets of half a um."""
    case = make_case(
        {"separator": electrolyte()},
        boundaries={"anode": LITHIUM | anode, "collector": LITHIUM},
        protocol=["Charge at 1 mA/cm2 for 1 s"],
    )
    y = np.linspace(0.0, WIDTH, 9 if dim == 2 else 3)
    mesh = grid([np.linspace(0.0, 2.0, 3), *[y] * (dim - 1)], {0: "separator"})
    return bench(case, mesh, comm)


def mean(found: Bench, fraction: fem.Function, tag: str) -> float:
    """Of a function of the skeleton over an end."""
    faces: list[ExteriorBoundary] = [
        boundary for boundary in found.domain.boundaries if boundary.tag == tag
    ]
    whole = sum(found.domain.integral(fraction * found.domain.nodal(f)).value for f in faces)
    return whole / WIDTH


@pytest.mark.mpi
@pytest.mark.domain
def test_strips_touch_at_their_electrode_only(comm: MPI.Comm) -> None:
    found = membrane(comm, contact=STRIPS)
    fraction = contact_map(found.case, found.domain)
    assert fraction is not None
    assert mean(found, fraction, "anode") == pytest.approx(0.5, rel=1e-12)
    assert mean(found, fraction, "collector") == pytest.approx(1.0, rel=1e-12)


@pytest.mark.mpi
@pytest.mark.domain
def test_bare_collector_takes_more_beside_sites(comm: MPI.Comm) -> None:
    """Half of it has sites, where nothing is to be overcome."""
    inventory: Table = {
        "thickness": "0 um",
        "island_height": "0.1 um",
        "nucleation_overpotential": "20 mV",
    }
    for sites, expected in ({}, 0.02), ({"nucleation_sites": STRIPS}, 0.01):
        found = membrane(comm, inventory=inventory | sites)
        (anode,) = (boundary for boundary in found.domain.boundaries if boundary.tag == "anode")
        barrier = nucleation_barrier(found.case, found.domain, anode)
        assert mean(found, barrier, "anode") == pytest.approx(expected, rel=1e-12)


def test_without_a_map_all_touches() -> None:
    found = membrane(MPI.COMM_SELF)
    assert contact_map(found.case, found.domain) is None
    assert not void_depth(found.case, found.domain).x.array.any()


def test_a_map_that_no_face_can_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"boundaries\.anode\.contact\.coverage"):
        membrane(MPI.COMM_SELF, dim=3, contact=STRIPS | {"coverage": 0.8})
