"""What crosses a contact of two bodies of a kind: as much as leaves one enters the other."""

import pytest
import ufl
from mpi4py import MPI

from bench import bench
from cells import LITHIUM, electrolyte, make_case
from ecmcell.columns import losses
from ecmcell.processes.carriers.grain_boundaries import LEAST_CONTACT, GrainBoundaryCurrents
from ecmcell.processes.process import ELECTRONS, IONS
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

# 10 ohm cm2 in V um2/pA
RESISTANCE, WIDTH, DROP = 1e-3, 2.0, 0.02


def test_ions_cross_against_the_resistance(comm: MPI.Comm) -> None:
    """Drop over resistance times area leaves one body and enters the other; power is lost."""
    case = make_case(
        {"near": electrolyte(), "far": electrolyte()},
        interfaces={"near|far": {"ionic_resistance": "10 ohm*cm^2"}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    found = bench(case, layers(2, {"near": 3.0, "far": 3.0}, [3, 3]), comm)
    crossings = GrainBoundaryCurrents(case, found.domain, found.state, {})
    (crossing,) = crossings.members
    assert crossing.carrier == IONS
    potential, bodies = found.state.electrolyte, found.bodies
    potential[bodies["near"]].x.array[:] = DROP
    current = DROP / RESISTANCE * WIDTH * (1.0 + LEAST_CONTACT)
    for phase, expected in (("near", current), ("far", -current)):
        test = ufl.TestFunction(potential[bodies[phase]].function_space)
        left = found.total(crossings.outflow(IONS, bodies[phase], test))
        assert left == pytest.approx(expected, rel=1e-12)
        assert crossings.outflow(ELECTRONS, bodies[phase], test) == 0
    ((loss, power, measure),) = crossings.losses()
    assert loss is losses.BOUNDARY
    lost = found.domain.integral(power * measure).value
    assert lost == pytest.approx(current * DROP, rel=1e-12)


def test_nothing_crosses_where_two_are_one_body(comm: MPI.Comm) -> None:
    case = make_case(
        {"near": electrolyte(), "far": electrolyte()},
        interfaces={"near|far": {"bonded": True}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    found = bench(case, layers(2, {"near": 3.0, "far": 3.0}, [3, 3]), comm)
    assert len(found.domain.bodies) == 1
    assert GrainBoundaryCurrents(case, found.domain, found.state, {}).members == ()
