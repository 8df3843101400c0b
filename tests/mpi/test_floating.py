"""Parts that no network reaches are left out, and what remains is solved without them."""

import numpy as np
import pytest
from mpi4py import MPI

from cells import active, drive, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.evaluation.inactive import active_mass, inactive_fractions, stock
from ecmcell.evaluation.observables import Observables
from meshes import grid, image

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def region(at: np.ndarray) -> np.ndarray:
    """1: a particle at the collector; 2: a ring without contact; 3: what is in it; 0: the rest."""
    x, y = at[:, 0], at[:, 1]
    ring = (abs(x - 3.0) < 1.0) & (abs(y - 2.0) < 1.0)
    pocket = (abs(x - 3.0) < 0.5) & (abs(y - 2.0) < 0.5)
    return np.select([(x > 7.0) & (y < 1.0), pocket, ring], [1, 3, 2], 0)


def pressed(solver: str, **cell: str) -> Case:
    """Active material that swells, and electrolyte, under the pressure of a stack."""
    solid = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.3}
    return make_case(
        {
            "active": active(0.5, partial_molar_volume="3e-6 m^3/mol", **solid),
            "electrolyte": electrolyte(**solid),
        },
        interfaces={"active|electrolyte": kinetics()},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "5 MPa"} | cell,
        solver={"linear": solver},
        protocol=["Discharge at 1C until 3.6 V"],
    )


@pytest.mark.parametrize("solver", ["iterative", "direct"])
def test_floating_parts_take_no_part(comm: MPI.Comm, solver: str) -> None:
    """A ring of active material without electrons and the electrolyte in it: no singular matrix.

    The one particle that takes part is in a corner: with more than one rank, some rank has none of
    it. Mechanics holds all bodies, reached or not.
    """
    mesh = grid(
        [np.linspace(0.0, 8.0, 17), np.linspace(0.0, 4.0, 9)],
        {0: "electrolyte", 1: "active", 2: "active", 3: "electrolyte"},
        region,
    )
    case = pressed(solver)
    cell = make_cell(case, mesh, comm)
    assert inactive_fractions(cell) == pytest.approx({"active": 3 / 4, "electrolyte": 1 / 28})
    # 4 um2 at 4 g/cm3 over a footprint of 4 um: 4 pg/um2 are 0.4 mg/cm2, as an experiment weighs.
    assert active_mass(cell) == pytest.approx({"all": 0.4, "cut off": 0.3})
    told = stock(case, mesh)
    assert told["active that no electrons reach"] == "75 %"
    assert (
        told["Active material"] == "0.4 mg/cm2" and told["Cut off, takes no part"] == "0.3 mg/cm2"
    )
    assert told["Nominal capacity, of all of it"] == f"{cell.capacity / 4 / 36000:.4g} mA h/cm2"
    ((name, body),) = cell.active.items()
    assert cell.domain.subdomain_volume(body.subdomain) == pytest.approx(1.0)
    owned = cell.domain.bodies[name].mesh.topology.index_map(2).size_local
    if comm.size > 1:
        assert comm.allreduce(owned, op=MPI.MIN) == 0
    assert len(cell.state.displacement) == len(cell.domain.bodies) == 4

    cell.initialise()
    observables = Observables(cell)
    before = observables.probes.inventory.charge
    current = cell.capacity / 3600.0
    for _ in range(2):
        drive(cell, current, 60.0)
    assert observables.probes.inventory.charge - before == pytest.approx(120.0 * current, rel=1e-8)
    cell.state.accumulators["charge"] = 120.0 * current
    row = observables.row()
    # A thirtieth of 0.8 x 50000 mol/m3 over 4 g/cm3, of all that is weighed.
    assert row["Discharge capacity [mA.h.g-1]"] == pytest.approx(268.015 / 30.0, rel=1e-5)
    assert all(np.isfinite(value) for value in row.values())
    assert 3.6 < row["Voltage [V]"] < 4.0
    assert row["Mean stoichiometry"] == pytest.approx(0.5 + 120.0 * current / (4824.26661 * 1.0))


@pytest.mark.parametrize("solver", ["iterative", "direct"])
def test_parts_at_one_end_only_are_held_there(comm: MPI.Comm, solver: str) -> None:
    """Stubs in voids slide along no platen, and change neither current nor stress of a channel."""
    labels = np.zeros((12, 11), dtype=int)
    labels[:6, 4:7], labels[6:, 4:7] = 1, 2
    alone = labels.copy()
    labels[:3, 0:2] = 1  # electrolyte at the anode
    labels[9:, 0:2] = 2  # active material at the collector
    labels[9:, 9:] = 1  # electrolyte there, which no ions reach
    # Across a section of free thickness they would hold the channel.
    case = pressed(solver, section="plane strain")
    found = []
    for picture in (alone, labels):
        cell = make_cell(case, image(picture, {"electrolyte": 1, "active": 2}), comm)
        cell.initialise()
        drive(cell, 50.0, 60.0)
        state = cell.state
        moved = [np.abs(u.x.array).max(initial=0.0) for u in state.displacement.values()]
        assert cell.domain.max(max(moved)) < 0.1
        found.append((state.voltage.value, state.axial_strain.value, state.pressure.value))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-6)
