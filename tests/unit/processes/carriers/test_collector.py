"""The collector: an equipotential, or a resistance before one."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from bench import Bench, bench
from cells import LITHIUM, active, electrolyte, kinetics, make_case
from ecmcell.processes.carriers.collector import Collector
from ecmcell.processes.process import ELECTRONS, IONS
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def half(comm: MPI.Comm, collector: dict) -> Bench:
    """A cell 2 um wide with a collector."""
    case = make_case(
        {"separator": electrolyte(), "active": active(0.5)},
        interfaces={"active|separator": kinetics()},
        boundaries={"anode": LITHIUM, "collector": collector},
    )
    return bench(case, layers(2, {"separator": 3.0, "active": 3.0}, [3, 3]), comm)


def test_without_a_resistance_it_is_an_equipotential(comm: MPI.Comm) -> None:
    found = half(comm, {})
    collector = Collector(found.case, found.domain, found.state)
    ((body, potential),) = found.state.electrode.items()
    region = found.domain.bodies[body]
    nodes = collector.nodes(ELECTRONS, region)
    at = potential.function_space.tabulate_dof_coordinates()
    assert sorted(nodes) == np.flatnonzero(np.isclose(at[:, 0], 6.0)).tolist()
    assert collector.outflow(ELECTRONS, body, ufl.TestFunction(region.scalars)) == 0
    assert list(collector.losses()) == []


def test_electrons_cross_a_resistance_and_lose_there(comm: MPI.Comm) -> None:
    """10 ohm cm2 are 1e-3 V um2/pA: 0.03 V drive 30 pA/um2 over 2 um and lose 1.8 pW."""
    found = half(comm, {"contact_resistance": "10 ohm*cm^2"})
    collector = Collector(found.case, found.domain, found.state)
    ((body, potential),) = found.state.electrode.items()
    region = found.domain.bodies[body]
    assert len(collector.nodes(ELECTRONS, region)) == 0
    potential.x.array[:] = 0.03
    test = ufl.TestFunction(region.scalars)
    assert found.total(collector.outflow(ELECTRONS, body, test)) == pytest.approx(60.0, rel=1e-12)
    assert collector.outflow(IONS, body, test) == 0
    lost = [found.domain.integral(power * where).value for _, power, where in collector.losses()]
    assert sum(lost) == pytest.approx(1.8, rel=1e-12)
