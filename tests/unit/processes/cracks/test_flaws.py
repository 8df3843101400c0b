"""Cracks that are there from the start."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import Bench, bench, solid_case
from ecmcell.domain.gather import gather_nodes
from ecmcell.errors import InputError
from ecmcell.processes.cracks.flaws import break_flaws
from meshes import grid

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

AXIS = np.linspace(0.0, 6.0, 7)


def broken(comm: MPI.Comm, **flaws: object) -> Bench:
    """Squares of 1 um, cut into two triangles each, with flaws broken."""
    cracking = {"fracture_energy": "2 J/m^2", "regularisation_length": "4 um"} | flaws
    found = bench(solid_case({"cracking": cracking}), grid([AXIS, AXIS], {0: "solid"}), comm)
    break_flaws(found.case, found.domain, found.state)
    return found


def test_a_flaw_breaks_the_cells_that_it_passes(comm: MPI.Comm) -> None:
    """The corners of the squares along it, and of none beside them."""
    flaw = {"begin": ["1.2 um", "3.4 um"], "end": ["3.8 um", "3.4 um"]}
    found = broken(comm, flaws=[flaw])
    ((body, damage),) = found.state.crack.items()
    at = found.state.crack_regions[body].scalars.tabulate_dof_coordinates()
    within = (at[:, 0] > 0.9) & (at[:, 0] < 4.1) & (at[:, 1] > 2.9) & (at[:, 1] < 4.1)
    assert np.array_equal(damage.x.array, within.astype(float))


def test_random_flaws_are_the_same_on_any_ranks(comm: MPI.Comm) -> None:
    drawn = {"number": 3, "length": "2 um", "seed": 5}
    damage = [
        gather_nodes(field)
        for on in (comm, MPI.COMM_SELF)
        for field in broken(on, random_flaws=drawn).state.crack.values()
    ]
    if comm.rank == 0:
        many, one = damage
        assert sorted(many) == sorted(one)
        assert 0.0 < one.sum() < len(one)


def test_a_flaw_outside_is_refused(comm: MPI.Comm) -> None:
    flaw = {"begin": ["7 um", "3 um"], "end": ["9 um", "3 um"]}
    with pytest.raises(InputError, match="no part of it lies in solid"):
        broken(comm, flaws=[flaw])
