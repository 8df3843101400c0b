"""Lithium on meshed metal, as a thickness of its interface."""

from types import SimpleNamespace

import numpy as np
import pytest
from mpi4py import MPI

from bench import SOLID, bench
from cells import LITHIUM, electrolyte, make_case
from ecmcell.case.units import FARADAY
from ecmcell.processes.reactions.metals import lithium_faces
from ecmcell.processes.reactions.plating import Plating
from ecmcell.processes.state import THICKNESS
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

MOLAR_VOLUME = 13.0e-6  # um3/amol, of lithium
STRIPPING = 3.0  # pA/um2


def test_the_thickness_is_what_the_current_strips(comm: MPI.Comm) -> None:
    """Volume of the charge: from that at the start of the time step, however often it is tried."""
    law = {"exchange_current_density": "10 A/m^2", "penalty_stiffness": "1e5 MPa/um"}
    case = make_case(
        {"lithium": {"material": "Li"}, "separator": electrolyte(**SOLID)},
        interfaces={"lithium|separator": law},
        boundaries={"anode": {}, "collector": LITHIUM},
        physics={"mechanics": True},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    found = bench(case, layers(2, {"lithium": 2.0, "separator": 4.0}, [2, 4]), comm)
    domain = found.domain
    (contact,) = domain.interfaces
    reaction = SimpleNamespace(current=domain.constant(STRIPPING), measure=domain.dS(contact))
    faces = lithium_faces(case, domain, found.state)
    plating = Plating(domain, found.state, {face: reaction for face in faces})
    places = domain.skeleton.dofmap.list[domain.skeleton_cells(contact)].ravel()
    thickness = found.state.plated[THICKNESS].x.array
    rate = STRIPPING * MOLAR_VOLUME / FARADAY  # um/s
    for step in (10.0, 5.0):
        plating.respond(step)
        assert thickness[places] == pytest.approx(np.full(len(places), -rate * step), rel=1e-9)
    plating.begin_step()
    plating.respond(20.0)
    assert thickness[places] == pytest.approx(np.full(len(places), -rate * 25.0), rel=1e-9)
