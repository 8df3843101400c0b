"""Grains of one phase that are joined by a resistance, and that may debond."""

from itertools import pairwise

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, active, drive, electrolyte, kinetics, make_case, make_cell
from ecmcell.case.schema import Case
from ecmcell.evaluation.electrochemistry.effective_conductivity import EffectiveConductivity
from ecmcell.evaluation.observables import Observables
from ecmcell.homogenisation.effective import effective
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes import process
from ecmcell.processes.carriers.grain_boundaries import GrainBoundaryCurrents
from meshes import grid
from record import Verify

pytestmark = pytest.mark.mpi

BOUNDARY, KAPPA = 1e-3, 1e5  # V um2/pA (10 ohm cm2), pA/(V um)


def bricks(phase: str, along: int, across: int, size: float = 2.0, cells: int = 2) -> MeshData:
    """Square grains of one phase in rows and columns."""
    x, y = (np.linspace(0.0, n * size, n * cells + 1) for n in (along, across))
    return grid(
        [x, y],
        dict.fromkeys(range(along * across), phase),
        lambda at: (at[:, 0] // size + along * (at[:, 1] // size)).astype(int),
    )


def lithium_cell(**tables: object) -> Case:
    return make_case(
        {"grain": electrolyte("0.1 S/m")},
        interfaces={"grain|grain": {"ionic_resistance": "10 ohm*cm^2"}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 minute"],
        **tables,
    )


@pytest.mark.reference("Grain boundaries", "brick layers in series, exact")
@pytest.mark.parametrize(("along", "across"), [(2, 1), (3, 4), (5, 2)])
def test_resistances_in_series(comm: MPI.Comm, verify: Verify, along: int, across: int) -> None:
    """Grain boundaries across the current add their resistance, those along it nothing."""
    mesh = bricks("grain", along, across)
    cell = make_cell(lithium_cell(), mesh, comm)
    cell.initialise()
    current = 10.0 * cell.area
    drive(cell, current, 60.0)
    row = Observables(cell).row()
    loss = row["Grain boundary loss [V]"]
    exact = (along - 1) * BOUNDARY * 10.0
    verify("loss in the boundaries, V", loss, exact, 1e-8)
    bulk = along * 2.0 / KAPPA * 10.0
    verify("loss in the grains, V", row["Ionic ohmic loss [V]"], bulk, 1e-8)
    assert row["Grain boundary hotspot factor"] >= 1.0
    assert row["Charge balance error"] <= 1e-8

    (ions,) = effective(lithium_cell(), mesh if comm.rank == 0 else None, comm, ["grain"])
    resistance = along * 2.0 / KAPPA + (along - 1) * BOUNDARY
    conductivity = ions.directions["x"].conductivity
    series = along * 2.0 / resistance
    verify("effective conductivity", conductivity, series, 1e-8)
    verify(
        "effective conductivity of a cell", EffectiveConductivity(cell).conductivity(), series, 1e-8
    )


def two_crystals(resistance: str, **tables: object) -> Case:
    """An electrolyte, and behind it two crystals of an active material one behind the other."""
    return make_case(
        {"matrix": electrolyte(), "crystal": active(0.5)},
        interfaces={
            "crystal|matrix": kinetics(),
            "crystal|crystal": {
                "ionic_resistance": resistance,
                "electronic_resistance": "1 ohm*cm^2",
            },
        },
        **tables,
    )


def behind_one_another() -> MeshData:
    ends = np.array([0.0, 1.0, 1.2, 1.4])
    x = np.unique(np.concatenate([np.linspace(a, b, 5) for a, b in pairwise(ends)]))
    phases = {0: "matrix", 1: "crystal", 2: "crystal"}
    return grid(
        [x, np.linspace(0.0, 0.5, 3)], phases, lambda at: np.searchsorted(ends, at[:, 0]) - 1
    )


@pytest.mark.reference("Grain boundaries", "jump of the potential of lithium over its flux, exact")
def test_lithium_between_crystals(comm: MPI.Comm, verify: Verify) -> None:
    """What fills the far crystal is the difference of open-circuit voltages over the resistance."""
    resistance = 0.1  # V um2/pA, 1000 ohm cm2
    cell = make_cell(two_crystals("1000 ohm*cm^2"), behind_one_another(), comm)
    cell.initialise()
    far = max(cell.active.values(), key=lambda body: _reach(comm, body.x))
    lithium = cell.domain.integral(far.x * cell.domain.dx(far.subdomain))
    current = -0.2 * cell.area
    for _ in range(20):
        before = lithium.value
        drive(cell, current, 200.0)
    sites = cell.capacity / 0.8 / 2.0 / cell.domain.subdomain_volume(far.subdomain)
    filled = (lithium.value - before) * sites / 200.0 / cell.area
    (crossing,) = (
        c for c in cell.the(GrainBoundaryCurrents).members if c.carrier == process.LITHIUM
    )
    drop = cell.domain.integral(crossing.drop * crossing.measure).value / cell.area
    verify("current to the far crystal", filled, -abs(drop) / resistance, 1e-9)
    # Both fill alike once the difference between them stays: half of the current goes across.
    verify("share of the far crystal", abs(filled) / 0.2, 0.5, 1e-3)
    rows = Observables(cell)
    assert rows.row()["Charge balance error"] <= 1e-8


def _reach(comm: MPI.Comm, x) -> float:
    points = x.function_space.tabulate_dof_coordinates()[:, 0]
    return comm.allreduce(points.max(initial=-np.inf), op=MPI.MAX)


def test_lithium_stays_without_a_resistance(comm: MPI.Comm) -> None:
    """Crystals between which only electrons pass keep their lithium."""
    case = two_crystals("1 ohm*cm^2")
    interface_law = case.interfaces["crystal|crystal"].model_copy(update={"ionic_resistance": None})
    case = case.model_copy(
        update={"interfaces": case.interfaces | {"crystal|crystal": interface_law}}
    )
    cell = make_cell(case, behind_one_another(), comm)
    cell.initialise()
    far = max(cell.active.values(), key=lambda body: _reach(comm, body.x))
    lithium = cell.domain.integral(far.x * cell.domain.dx(far.subdomain))
    before = lithium.value
    drive(cell, -0.2 * cell.area, 200.0)
    assert lithium.value == pytest.approx(before, rel=1e-12)


@pytest.mark.reference("Grain boundaries", "resistance of what still touches, exact")
def test_current_through_a_boundary_that_parts(comm: MPI.Comm, verify: Verify) -> None:
    """A stack between fixed platens whose electrode shrinks pulls a grain boundary apart.

    The voltage over the boundary is the current over what is left of the contact.
    """
    solid = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.25}
    law = {
        "mode_i_fracture_energy": "0.2 J/m^2",
        "viscosity": "1 s",
        "contact_gap": "1 um",
        "recontact_fraction": 0.0,
    }
    case = make_case(
        {
            "grain": electrolyte(**solid),
            "host": active(0.8, partial_molar_volume="3e-6 m^3/mol", **solid),
        },
        interfaces={
            "host|grain": kinetics(),
            "grain|grain": {
                "ionic_resistance": "10 ohm*cm^2",
                "penalty_stiffness": "1e5 MPa/um",
                "strength": "20 MPa",
                "cohesion": law,
            },
        },
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "1 MPa", "platen": "gap"},
        time={"max_step": "100 s"},
    )
    x = np.linspace(0.0, 6.0, 13)
    mesh = grid(
        [x, np.linspace(0.0, 1.0, 3)],
        {0: "grain", 1: "grain", 2: "host"},
        lambda at: (at[:, 0] // 2.0).astype(int),
    )
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    rows = Observables(cell)
    (crossing,) = cell.the(GrainBoundaryCurrents).members
    left = cell.domain.integral(cell.state.contact_factor(crossing.contact) * crossing.measure)
    current = -cell.capacity / 7200.0
    kept = []
    while not kept or kept[-1] > 0.3:
        drive(cell, current, 40.0)
        row = rows.row()
        kept.append(left.value / cell.area)
        through = abs(current) / cell.area * BOUNDARY / kept[-1]
        assert abs(row["Grain boundary loss [V]"]) == pytest.approx(through, rel=1e-6)
        assert row["Charge balance error"] <= 1e-8
    assert kept[0] > 0.9999
    verify("loss when most has parted, V", abs(row["Grain boundary loss [V]"]), through, 1e-6)
