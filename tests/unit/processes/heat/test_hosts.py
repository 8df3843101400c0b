"""What lithium has brought into active material."""

import pytest
from mpi4py import MPI

from bench import Bench, bench
from cells import active, electrolyte, kinetics, make_case
from ecmcell.case.units import FARADAY
from ecmcell.processes.heat.hosts import Hosts
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

SITES = FARADAY * 5e4 * 1e-6 * 1e6 * 4.0 * 2.0  # pC, 50000 mol/m3 of 8 um2


def filled(comm: MPI.Comm) -> tuple[Bench, Hosts]:
    """Active material whose voltage falls from 4.5 V to 3.5 V."""
    case = make_case(
        {"separator": electrolyte(), "active": active(0.2)},
        interfaces={"active|separator": kinetics()},
    )
    found = bench(case, layers(2, {"separator": 4.0, "active": 4.0}, [4, 4]), comm)
    return found, Hosts(found.domain, found.active.values())


def test_free_energy_is_the_area_below_the_voltage(comm: MPI.Comm) -> None:
    """4.5 x - x^2/2 times the charge of all sites; the same wherever x has been before."""
    found, hosts = filled(comm)
    (x,) = found.state.stoichiometry.values()
    for filling in (0.2, 0.7, 0.2):
        x.x.array[:] = filling
        area = 4.5 * filling - 0.5 * filling**2
        assert hosts.free_energy == pytest.approx(SITES * area, rel=1e-12)


def test_no_entropy_without_its_table(comm: MPI.Comm) -> None:
    _, hosts = filled(comm)
    assert hosts.entropy == 0.0
