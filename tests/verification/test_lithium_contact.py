"""An electrolyte that parts from its lithium electrode."""

import numpy as np
import pytest
import ufl
from mpi4py import MPI

from cells import (
    LITHIUM,
    THERMAL_VOLTAGE,
    active,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.evaluation.observables import Observables
from meshes import grid
from record import Verify

pytestmark = pytest.mark.mpi

STIFFNESS, STRENGTH, ENERGY = 1e4, 10.0, 0.1  # MPa/um, MPa, pJ/um2
SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.0}


STRIPS, KAPPA = {"map": "patches", "coverage": 0.25, "size": "1 um"}, 1e5


def shrinking_stack() -> Case:
    """An electrode that shrinks under 1 MPa and pulls its electrolyte off the lithium."""
    debonding = {
        "penalty_stiffness": f"{STIFFNESS} MPa/um",
        "strength": f"{STRENGTH} MPa",
        "cohesion": {
            "mode_i_fracture_energy": f"{ENERGY} J/m^2",
            "viscosity": "1 s",
            "contact_gap": "1 um",
            "recontact_fraction": 0.0,
        },
    }
    return make_case(
        {
            "matrix": electrolyte(**SOLID),
            "host": active(0.8, partial_molar_volume="3e-6 m^3/mol", **SOLID),
        },
        interfaces={"host|matrix": kinetics(penalty_stiffness="1e6 MPa/um")},
        boundaries={"anode": LITHIUM | debonding, "collector": {}},
        physics={"mechanics": True, "stress_in_flux": False, "stress_in_kinetics": False},
        cell={
            "temperature": "25 degC",
            "stack_pressure": "1 MPa",
            "platen": "gap",
            "sides": "free",
        },
    )


def stack_mesh():
    return grid(
        [np.linspace(0.0, 6.0, 13), np.linspace(0.0, 1.0, 3)],
        {0: "matrix", 1: "host"},
        lambda at: (at[:, 0] > 3.0).astype(int),
    )


@pytest.mark.reference("Cohesion", "stack in series between fixed platens, exact")
def test_traction_of_a_stack_that_parts(comm: MPI.Comm, verify: Verify) -> None:
    """The mean strain of the electrode pulls at the bilinear law, behind which the solids give.

    Without lateral contraction the stack is a series of springs; current is what still touches.
    """
    cell = make_cell(shrinking_stack(), stack_mesh(), comm)
    cell.initialise()
    observables = Observables(cell)
    (host,) = cell.active.values()
    strain = cell.domain.integral(host.swellings[0].nodes * cell.domain.dx(host.subdomain))
    current = -cell.capacity / 7200.0
    pressures, exact = [], []
    first, last = STRENGTH / STIFFNESS, 2.0 * ENERGY / STRENGTH
    row: dict[str, float] = {}
    while row.get("Anode contact", 1.0) > 0.3:
        drive(cell, current, 10.0)
        row = observables.row()
        pressures.append(-row["Stack pressure [MPa]"])
        # Opening u and traction t: u + t L/E = shrinkage less what the pressure had closed.
        compliance = 6.0 / 20e3 + 1.0 / 1e6
        shrinkage = -strain.value / cell.area - (compliance + 1.0 / STIFFNESS)
        stiff = shrinkage / (compliance + 1.0 / STIFFNESS)
        slope = STRENGTH / (last - first)
        softened = (STRENGTH * last / (last - first) - slope * shrinkage) / (
            1.0 - slope * compliance
        )
        exact.append(stiff if stiff < STRENGTH else softened)
        assert row["Charge balance error"] <= 1e-8
    pressures, exact = np.array(pressures), np.array(exact)
    intact = exact[: int(np.argmax(exact)) - 1]
    worst = np.abs(pressures[: len(intact)] - intact).max()
    verify("traction while whole, MPa", worst, 0.0, 1e-3)
    verify("largest traction, MPa", pressures.max(), STRENGTH, 0.03)
    softening = slice(int(np.argmax(exact)) + 2, None)
    verify(
        "traction while parting, over the law's",
        (pressures[softening] / exact[softening]),
        1.0,
        0.03,
    )


@pytest.mark.reference("Cohesion", "Butler and Volmer on what still touches, exact")
def test_lithium_reacts_where_it_touches(comm: MPI.Comm, verify: Verify) -> None:
    """What is lost at the lithium is that of an exchange current that falls with the contact."""
    cell = make_cell(shrinking_stack(), stack_mesh(), comm)
    cell.initialise()
    observables = Observables(cell)
    row = observables.row()
    assert row["Anode contact"] == pytest.approx(1.0, abs=1e-9)
    density = cell.capacity / 7200.0 / cell.area
    while row["Anode contact"] > 0.3:
        drive(cell, -density * cell.area, 10.0)
        row = observables.row()
    exchange = 10.0 * row["Anode contact"]
    overpotential = 2.0 * THERMAL_VOLTAGE * np.arcsinh(density / (2.0 * exchange))
    found = abs(row["Lithium electrode loss [V]"])
    verify("loss at the lithium, 30 % in contact, V", found, overpotential, 1e-6)


def through_strips(comm: MPI.Comm, cells: int, fast: bool = True) -> dict[str, float]:
    """Two half strips of contact of 1 um, 4 um apart, under 8 um of electrolyte."""
    exchange = "1e7 A/m^2" if fast else "1 A/m^2"
    electrode = {"metal": "Li", "exchange_current_density": exchange}
    case = make_case(
        {"matrix": electrolyte("0.1 S/m")},
        boundaries={"anode": electrode | {"contact": STRIPS}, "collector": electrode},
        protocol=["Discharge at 1 mA/cm2 for 1 minute"],
    )
    y = np.linspace(0.0, 4.0, 4 * cells + 1)
    x = np.concatenate([y / 4.0, np.linspace(1.0, 8.0, 28)[1:]])
    cell = make_cell(case, grid([x, y], {0: "matrix"}), comm)
    cell.initialise()
    drive(cell, 10.0 * cell.area, 60.0)
    return Observables(cell).row()


@pytest.mark.reference("Constriction", "strips of contact on a slab, conformal map, exact")
def test_constriction_by_strips(comm: MPI.Comm, verify: Verify) -> None:
    """Where strips touch, the resistance rises by (2b/(pi kappa)) ln(1/sin(pi a/(2b)))."""
    meshes = (16, 32, 64)
    rows = [through_strips(comm, cells) for cells in meshes]
    found = [abs(row["Ionic ohmic loss [V]"]) / 10.0 - 8.0 / KAPPA for row in rows]
    exact = 4.0 / (np.pi * KAPPA) * np.log(1.0 / np.sin(np.pi / 8.0))
    verify("areal resistance, V um2/pA", found, exact, 0.01, "16, 32, 64 across a strip", 0.9)
    assert rows[-1]["Anode contact"] == pytest.approx(0.25, rel=1e-12)
    real = rows[-1]["Anode current density of real contact [mA.cm-2]"]
    verify("current density of what touches, mA/cm2", real, 4.0, 1e-6)
    assert rows[-1]["Anode hotspot factor"] > 8.0  # at the edges, where it is unbounded
    assert rows[-1]["Charge balance error"] <= 1e-8


def test_slow_kinetics_even_the_current_out(comm: MPI.Comm) -> None:
    """All of the contact then carries the same; the rest nothing."""
    row = through_strips(comm, 16, fast=False)
    assert row["Anode hotspot factor"] == pytest.approx(4.0, rel=0.01)
    distance = min(abs(row["Anode hotspot y [um]"] - centre) for centre in (0.0, 4.0))
    assert distance <= 0.5


@pytest.mark.parametrize("dim", [2, 3])
def test_random_contact(comm: MPI.Comm, dim: int) -> None:
    """It covers what is asked, whatever the ranks, and no other seed covers the same places."""
    faces = []
    for seed in (1, 1, 2):
        contact = {"map": "random", "coverage": 0.4, "length": "2 um", "seed": seed}
        case = make_case(
            {"matrix": electrolyte()},
            boundaries={"anode": LITHIUM | {"contact": contact}, "collector": LITHIUM},
        )
        axes = [np.linspace(0.0, 2.0, 3), *[np.linspace(0.0, 20.0, 31)] * (dim - 1)]
        cell = make_cell(case, grid(axes, {0: "matrix"}), comm)
        fraction = [
            cell.domain.integral(cell.state.contact_factor(o) * w * cell.domain.ds(o)).value
            for o in cell.domain.boundaries
            if o.tag == "anode"
            for w in (1.0, ufl.SpatialCoordinate(cell.domain.mesh)[1])
        ]
        faces.append(np.array(fraction) / cell.area)
    assert faces[0][0] == pytest.approx(0.4, abs=0.01)
    assert faces[0] == pytest.approx(faces[1], rel=1e-13)
    assert abs(faces[0][1] - faces[2][1]) > 0.01


def test_discs_that_would_overlap(comm: MPI.Comm) -> None:
    contact = {"map": "patches", "coverage": 0.9, "size": "1 um"}
    case = make_case(
        {"matrix": electrolyte()},
        boundaries={"anode": LITHIUM | {"contact": contact}, "collector": LITHIUM},
    )
    axis = np.linspace(0.0, 2.0, 3)
    with pytest.raises(InputError, match="overlap"):
        make_cell(case, grid([axis] * 3, {0: "matrix"}), comm)
