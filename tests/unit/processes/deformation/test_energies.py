"""What is stored, and the work of what presses and swells."""

import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from bench import Bench, bench, solid_case
from ecmcell.processes.deformation.energies import Energies
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

VOLUME = 6.0 * 2.0  # um2


def square_of_the_stretch(comm: MPI.Comm) -> tuple[Bench, Energies, fem.Function]:
    """A body of 12 um3 whose energy density is stretch^2, and whose swelling pulls at 5 MPa."""
    found = bench(solid_case(), layers(2, {"solid": 6.0}, [6]), comm)
    (subdomain,), stretch = found.domain.subdomains, found.state.axial_strain.symbol
    swelling = fem.Function(found.domain.bodies[subdomain.body].scalars)
    test = ufl.TestFunction(swelling.function_space)
    pull = found.domain.constant(5.0) * test * found.domain.dx(subdomain)
    dx = found.domain.dx(subdomain)
    energies = Energies(
        found.domain,
        found.state,
        stretch**2 * dx,
        found.domain.constant(3.0) * dx,
        None,
        [(swelling, pull)],
        displaced=VOLUME,
        lateral=0.5,
    )
    return found, energies, swelling


def test_what_is_stored_is_summed(comm: MPI.Comm) -> None:
    found, energies, _ = square_of_the_stretch(comm)
    found.state.axial_strain.value = 0.1
    assert energies.elastic == pytest.approx(0.01 * VOLUME, rel=1e-12)
    assert energies.cracks == pytest.approx(3.0 * VOLUME, rel=1e-12)
    assert energies.interfaces == 0.0
    assert energies.stored() == pytest.approx(3.01 * VOLUME, rel=1e-12)


def test_work_of_the_platens_and_of_the_sides(comm: MPI.Comm) -> None:
    """The mean pressure, 4 MPa, on what the stretch displaces, and 0.5 MPa on the sides."""
    found, energies, _ = square_of_the_stretch(comm)
    state = found.state
    state.pressure.value = 3.0
    energies.begin_step()
    assert energies.work() == 0.0
    state.pressure.value, state.axial_strain.value, state.thickness_strain.value = 5.0, -0.02, 0.03
    expected = (4.0 * 0.02 - 0.5 * 0.03) * VOLUME
    assert energies.work() == pytest.approx(expected, rel=1e-12)
    state.accumulators["work"] = 1.0
    energies.end_step()
    assert state.accumulators["work"] == pytest.approx(1.0 + expected, rel=1e-12)


def test_work_of_swelling(comm: MPI.Comm) -> None:
    """Taken from what pulls: a strain of 0.01 against 5 MPa all over the body."""
    _, energies, swelling = square_of_the_stretch(comm)
    energies.begin_step()
    swelling.x.array[:] += 0.01
    assert energies.work() == pytest.approx(-0.01 * 5.0 * VOLUME, rel=1e-12)
