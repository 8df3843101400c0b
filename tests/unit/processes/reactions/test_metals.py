"""Where lithium metal reacts, be it a boundary or meshed."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import SOLID, bench
from cells import LITHIUM, electrolyte, make_case
from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.reactions.metals import check, lithium_faces
from meshes import grid, layers

REACTING = {"exchange_current_density": "10 A/m^2"}


def between(anode: dict, collector: dict) -> Case:
    """An electrolyte and lithium, without mechanics."""
    return make_case(
        {"lithium": {"material": "Li"}, "separator": electrolyte(**SOLID)},
        interfaces={"lithium|separator": REACTING},
        boundaries={"anode": anode, "collector": collector},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )


def stripes(axis: int, *ends: float) -> MeshData:
    """Lithium between two places along an axis, electrolyte beside it."""
    x = np.linspace(0.0, 6.0, 7)

    def region(at: np.ndarray) -> np.ndarray:
        return ((at[:, axis] > ends[0]) & (at[:, axis] < ends[1])).astype(np.int64)

    return grid([x, x], {0: "separator", 1: "lithium"}, region)


@pytest.mark.mpi
@pytest.mark.domain
def test_a_foil_and_a_boundary(comm: MPI.Comm) -> None:
    """The foil belongs to the end that it lies at; the other end is a boundary."""
    case = between({}, LITHIUM)
    found = bench(case, layers(2, {"lithium": 2.0, "separator": 4.0}, [2, 4]), comm)
    check(case, found.domain)
    boundary, foil = lithium_faces(case, found.domain, found.state)
    assert (boundary.tag, boundary.name, boundary.side) == ("collector", "collector", None)
    assert foil.tag == "anode"
    assert set(foil.name.split("|")) == {"lithium", "separator"}
    assert foil.side in ("+", "-")
    for face in (boundary, foil):
        assert face.electrolyte.phase == "separator"
        assert face.here(lambda side: side) == face.side if face.side else True


@pytest.mark.parametrize(
    ("mesh", "given"),
    [
        (stripes(0, 2.0, 4.0), "touches no anode or collector"),
        (stripes(1, 2.0, 4.0), "reaches from anode to collector"),
    ],
)
def test_metal_belongs_to_one_end(mesh: MeshData, given: str) -> None:
    case = between(LITHIUM, LITHIUM)
    found = bench(case, mesh, MPI.COMM_SELF)
    with pytest.raises(InputError, match=given):
        check(case, found.domain)
