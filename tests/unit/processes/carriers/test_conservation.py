"""What is conserved: whatever moves in a body, only what is stored changes its sum."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from bench import Bench, bench
from cells import active, electrolyte, kinetics, make_case
from ecmcell.case.units import FARADAY
from ecmcell.columns import losses
from ecmcell.processes.carriers.conservation import Electrons, Ions, Lithium
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

VOLUME = 5.0 * 2.0  # um2, of either layer


def pair(comm: MPI.Comm) -> Bench:
    """An electrolyte and active material with 50 mol/l of sites."""
    case = make_case(
        {"separator": electrolyte("0.1 S/m"), "active": active(0.5)},
        interfaces={"active|separator": kinetics()},
    )
    return bench(case, layers(2, {"separator": 5.0, "active": 5.0}, [5, 5]), comm)


def test_lithium_is_stored_or_stays(comm: MPI.Comm) -> None:
    """Summed over a body diffusion is nothing, storage is its sites times the change over time."""
    found = pair(comm)
    found.step.value = 2.0
    lithium = found.the(Lithium)
    lithium.begin_step()
    ((body, x),) = lithium.fields.items()
    x.x.array[:] += 0.1
    test = ufl.TestFunction(x.function_space)
    sites = FARADAY * 50e-3 * 1e6 * VOLUME  # pC; 50000 mol/m3 are 5e4 amol/um3
    assert found.total(lithium.inside(body, test)) == pytest.approx(0.1 * sites / 2.0, rel=1e-12)
    at = x.function_space.tabulate_dof_coordinates()
    x.x.array[:] = 0.5 + 0.03 * np.sin(at[:, 0]) * np.cos(at[:, 1])
    lithium.begin_step()
    assert found.total(lithium.inside(body, test)) == pytest.approx(0.0, abs=1e-9 * sites)
    (controlled,) = lithium.controlled()
    assert np.array_equal(controlled, x.x.array)


def test_a_straight_potential_drives_current_through_its_ends_only(comm: MPI.Comm) -> None:
    """Ohm's law: 1e5 pA/(V um) times 0.01 V/um over 2 um go in at one end and out at the other."""
    found = pair(comm)
    ions = found.the(Ions)
    ((body, potential),) = ions.fields.items()
    at = potential.function_space.tabulate_dof_coordinates()
    potential.x.array[:] = 0.01 * at[:, 0]
    values = found.vector(ions.inside(body, ufl.TestFunction(potential.function_space)))
    x = at[: len(values), 0]
    ends = [found.domain.total(float(values[np.isclose(x, end)].sum())) for end in (0.0, 5.0)]
    assert ends == pytest.approx([-2000.0, 2000.0], rel=1e-12)
    inner = values[(x > 0.01) & (x < 4.99)]
    assert found.domain.max(np.abs(inner).max(initial=0.0)) < 1e-9


def test_ohmic_losses_are_the_current_times_the_drop(comm: MPI.Comm) -> None:
    """2000 pA that fall by 0.05 V in an electrolyte, 2 um wide: 100 pW; nothing without salt."""
    found = pair(comm)
    ions = found.the(Ions)
    for potential in ions.fields.values():
        at = potential.function_space.tabulate_dof_coordinates()
        potential.x.array[:] = 0.01 * at[:, 0]
    ((loss, power, measure),) = ions.losses()
    assert loss is losses.IONIC
    assert found.domain.integral(power * measure).value == pytest.approx(100.0, rel=1e-12)


def test_electrons_keep_the_potential_of_the_collector(comm: MPI.Comm) -> None:
    """At the nodes of the collector, 5 um behind the contact with the electrolyte."""
    found = pair(comm)
    electrons = found.the(Electrons)
    ((body, potential),) = electrons.fields.items()
    marked = fem.Function(potential.function_space)
    marked.x.array[electrons.fixed(body)] = 1.0
    at = potential.function_space.tabulate_dof_coordinates()
    assert np.array_equal(marked.x.array == 1.0, np.isclose(at[:, 0], 10.0))
    potential.x.array[:] = 0.2
    form = electrons.inside(body, ufl.TestFunction(potential.function_space))
    assert np.abs(found.vector(form)).max(initial=0.0) < 1e-9
