"""Bodies that flow, point by point."""

import numpy as np
import pytest
from mpi4py import MPI

from bench import SOLID, Bench, bench, solid_case
from cells import electrolyte
from ecmcell.processes.deformation.flow import Flow
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

YIELD, YOUNG, POISSON = 50.0, 20e3, 0.25  # MPa, MPa
SHEAR = YOUNG / (2.0 * (1.0 + POISSON))
MESH = layers(2, {"solid": 6.0}, [6])
VOLUME = 6.0 * 2.0  # um2


def yielding(comm: MPI.Comm) -> tuple[Bench, Flow]:
    """A body that yields without hardening, at rest."""
    phase = electrolyte(**SOLID, yield_strength=f"{YIELD} MPa") | {"plasticity": "yield"}
    found = bench(solid_case(phase), MESH, comm)
    flow = found.the(Flow)
    found.state.accumulators["plastic_energy"] = 0.0
    return found, flow


def stretch(found: Bench, flow: Flow, by: float) -> None:
    """A time step that stretches it along x and holds it in all other directions."""
    flow.begin_step()
    flow.begin_iterations(1.0)
    found.state.axial_strain.value = by
    flow.refresh()
    flow.update()
    flow.end_step()


def test_below_its_strength_it_stays_elastic(comm: MPI.Comm) -> None:
    """The equivalent stress of uniaxial strain is 2 G e."""
    found, flow = yielding(comm)
    stretch(found, flow, 1e-3)
    assert found.domain.max(flow.max_stress) == pytest.approx(2.0 * SHEAR * 1e-3, rel=1e-9)
    (hardening,) = found.state.equivalent_plastic_strain.values()
    assert np.abs(hardening.x.array).max(initial=0.0) < 1e-12
    assert found.state.accumulators["plastic_energy"] == pytest.approx(0.0, abs=1e-12)


def test_beyond_it_the_stress_is_the_strength(comm: MPI.Comm) -> None:
    """What of 2 G e is above flows, over 3 G, along x and back from the other two directions."""
    found, flow = yielding(comm)
    stretch(found, flow, 0.01)
    flown = (2.0 * SHEAR * 0.01 - YIELD) / (3.0 * SHEAR)
    assert found.domain.max(flow.max_stress) == pytest.approx(YIELD, rel=1e-9)
    ((hardening,), (plastic,)) = (
        values.values()
        for values in (found.state.equivalent_plastic_strain, found.state.plastic_strain)
    )
    assert hardening.x.array == pytest.approx(np.full(hardening.x.array.shape, flown), rel=1e-9)
    xx, yy, zz, xy = plastic.x.array.reshape(-1, 4).T
    assert xx == pytest.approx(np.full(xx.shape, flown), rel=1e-9)
    for other in (yy, zz):
        assert other == pytest.approx(np.full(xx.shape, -flown / 2.0), rel=1e-9)
    assert xy == pytest.approx(np.zeros(xx.shape), abs=1e-12)


def test_work_on_plastic_strain(comm: MPI.Comm) -> None:
    """Mean of the stresses at both ends: half the strength at first, all of it from then on."""
    found, flow = yielding(comm)
    stretch(found, flow, 0.01)
    first = (2.0 * SHEAR * 0.01 - YIELD) / (3.0 * SHEAR)
    expected = 0.5 * YIELD * first * VOLUME
    assert found.state.accumulators["plastic_energy"] == pytest.approx(expected, rel=1e-9)
    stretch(found, flow, 0.012)
    second = 2.0 * SHEAR * 0.002 / (3.0 * SHEAR)
    expected += YIELD * second * VOLUME
    assert found.state.accumulators["plastic_energy"] == pytest.approx(expected, rel=1e-9)


def test_only_what_a_case_lets_flow_does() -> None:
    found = bench(solid_case(), MESH, MPI.COMM_SELF)
    assert found.all(Flow) == []
