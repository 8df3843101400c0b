"""Electrons that lithium and electrolytes exchange."""

from types import SimpleNamespace

import pytest
import ufl
from mpi4py import MPI

from bench import Bench, bench
from cells import LITHIUM, electrolyte, make_case
from ecmcell.processes.carriers.grain_boundaries import LEAST_CONTACT
from ecmcell.processes.process import ELECTROLYTE_ELECTRONS, IONS
from ecmcell.processes.reactions.leakage import Leakage
from ecmcell.processes.reactions.metals import lithium_faces
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

# 10 ohm cm2 in V um2/pA, um, V
RESISTANCE, WIDTH, DROP = 1e-3, 2.0, 0.01


def membrane(comm: MPI.Comm, leaks: bool) -> tuple[Bench, Leakage]:
    """An electrolyte between two lithium electrodes, which touch it all over."""
    electrode = LITHIUM | ({"electronic_resistance": "10 ohm*cm^2"} if leaks else {})
    case = make_case(
        {"separator": electrolyte("0.1 S/m", electronic_conductivity="1e-3 S/m")},
        boundaries={"anode": electrode, "collector": electrode},
        physics={"mechanics": False, "leakage": leaks},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    found = bench(case, layers(2, {"separator": 4.0}, [4]), comm)
    domain = found.domain
    reactions = {
        lithium: SimpleNamespace(touching=domain.constant(1.0), measure=domain.ds(lithium.face))
        for lithium in lithium_faces(case, domain, found.state)
    }
    found.state.accumulators["leaked"] = 0.0
    return found, Leakage(case, domain, found.state, reactions, [])


def test_electrons_cross_to_either_electrode(comm: MPI.Comm) -> None:
    """Drop over resistance; what the anode takes is what leaks, and adds up over time."""
    found, leakage = membrane(comm, True)
    assert {leak.tag for leak in leakage.members} == {"anode", "collector"}
    ((body, potential),) = found.state.electronic_potential.items()
    potential.x.array[:] = DROP
    leaving = DROP / RESISTANCE * WIDTH * (1.0 + LEAST_CONTACT)
    assert leakage.leaking() == pytest.approx(leaving, rel=1e-12)
    test = ufl.TestFunction(potential.function_space)
    both = found.total(leakage.outflow(ELECTROLYTE_ELECTRONS, body, test))
    assert both == pytest.approx(2.0 * leaving, rel=1e-12)
    assert leakage.outflow(IONS, body, test) == 0
    leakage.begin_iterations(3.0)
    leakage.end_step()
    assert found.state.accumulators["leaked"] == pytest.approx(3.0 * leaving, rel=1e-12)


def test_nothing_leaks_where_it_is_switched_off(comm: MPI.Comm) -> None:
    found, leakage = membrane(comm, False)
    assert leakage.members == ()
    leakage.begin_iterations(3.0)
    leakage.end_step()
    assert (leakage.leaking(), found.state.accumulators["leaked"]) == (0.0, 0.0)
    assert list(leakage.losses()) == []
