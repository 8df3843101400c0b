"""Interfaces given by strength and energy alone: what they hold by, and whether cells follow."""

from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from cells import begin_deformation, make_cell
from ecmcell.case.interfaces import CohesiveInterface
from ecmcell.case.load import load_case
from ecmcell.case.schema import Case
from ecmcell.microstructure.mesh.cell_sizes import meetings
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.deformation.penalty_stiffness import scattered, unresolved, with_stiffness
from meshes import concentric, layers
from pulling import ENERGY, STRENGTH, THICKNESS, follow, pulling_case
from record import Verify

CHARGE = ["Charge at 1C for 7 minutes"]
ACROSS = 100e3 / (1 - 0.25**2), 20e3 / (1 - 0.3**2)  # MPa, of active material and electrolyte


def stiffness(case: Case) -> float:
    """Of the interface of a case."""
    law = case.interfaces["active|electrolyte"]
    assert isinstance(law, CohesiveInterface)
    assert law.penalty_stiffness is not None
    return law.penalty_stiffness


def test_cells_along_a_plane() -> None:
    """Heights are those of the layers of cells, edges those of the facets."""
    mesh = layers(2, {"electrolyte": 4.0, "active": 6.0}, [4, 3])
    (meeting,) = meetings(mesh).phases.values()
    assert meeting.heights == pytest.approx({"electrolyte": 1.0, "active": 2.0})
    assert meeting.edge == pytest.approx(1.0)
    faces = meetings(mesh).tags
    assert faces["anode"].heights == pytest.approx({"electrolyte": 1.0})
    assert faces["collector"].heights == pytest.approx({"active": 2.0})
    space = layers(3, {"electrolyte": 4.0, "active": 6.0}, [4, 3])
    (meeting,) = meetings(space).phases.values()
    assert meeting.heights == pytest.approx({"electrolyte": 1.0, "active": 2.0})
    assert meeting.edge == pytest.approx(sqrt(4 / sqrt(3) * 0.5))


def test_a_contact_gives_a_tenth_of_its_cells() -> None:
    case = pulling_case(CHARGE, stiffness=None, strength=20.0)
    mesh = layers(2, {"electrolyte": THICKNESS, "active": THICKNESS}, [5, 10])
    gives = 1.0 / ACROSS[0] + 2.0 / ACROSS[1]
    assert stiffness(with_stiffness(case, mesh)) == pytest.approx(10.0 / gives, rel=5e-3)


def test_it_stores_a_tenth_of_what_parts_it() -> None:
    case = pulling_case(CHARGE, stiffness=None, energy=1e-3)
    mesh = layers(2, {"electrolyte": THICKNESS, "active": THICKNESS}, [5, 10])
    stored = STRENGTH**2 / (2.0 * stiffness(with_stiffness(case, mesh)))
    assert stored == pytest.approx(0.1 * 1e-3, rel=5e-3)


@pytest.mark.mpi
@pytest.mark.reference("Cohesion", "elastic layers in series")
@pytest.mark.parametrize("dim", [2, pytest.param(3, marks=pytest.mark.long)])
def test_layers_are_as_stiff_as_if_glued(comm: MPI.Comm, verify: Verify, dim: int) -> None:
    """What the contact gives goes with the size of cells."""
    sizes, errors = [2.5, 1.25, 0.625], []
    mesh = "2.5, 1.25, 0.625 µm"
    shrinks = THICKNESS * (6e-7 * 50e3 / 3.0) * 1.25 / 0.75
    moduli = 100e3 * 0.75 / (1.25 * 0.5), 20e3 * 0.7 / (1.3 * 0.4)
    exact = shrinks * -0.1 / sum(THICKNESS / modulus for modulus in moduli)
    for size in sizes:
        count = round(THICKNESS / size)
        made = layers(dim, {"electrolyte": THICKNESS, "active": THICKNESS}, [count, count], 1)
        case = pulling_case(CHARGE, stiffness=None)
        cell = make_cell(case, made, comm)
        cell.initialise()
        for body in cell.active.values():
            body.x.x.array[:] -= 0.1
        begin_deformation(cell)
        cell.the(Mechanics).solve()
        errors.append(abs(cell.state.pressure.value / exact - 1.0))
    verify(f"Layers joined by default: pressure off, {dim}D", errors, 0.0, 0.03, mesh, order=0.9)


def test_it_parts_at_its_strength_and_costs_its_energy(comm: MPI.Comm) -> None:
    """On a mesh of two cells a layer, given strength and energy only."""
    case = pulling_case(["Charge at 1C for 15 minutes"], stiffness=None)
    mesh = layers(2, {"electrolyte": THICKNESS, "active": THICKNESS}, [2, 2])
    rows = follow(case, mesh, comm).rows
    pressure = np.array([row["Stack pressure [MPa]"] for row in rows])
    assert -STRENGTH - 1e-3 < pressure.min() < -0.95 * STRENGTH
    assert pressure[-1] == pytest.approx(0.0, abs=1e-3)
    spent = rows[-1]["Interface fracture energy [J.m-2]"]
    assert spent == pytest.approx(ENERGY, rel=1e-6)


def test_the_file_of_a_run_has_what_was_taken(tmp_path: Path) -> None:
    """With its reason, and it loads to the same."""
    case = pulling_case(CHARGE, stiffness=None)
    mesh = layers(2, {"electrolyte": THICKNESS, "active": THICKNESS}, [2, 2])
    taken = with_stiffness(case, mesh)
    (tmp_path / "case.toml").write_text(taken.to_toml())
    text = (tmp_path / "case.toml").read_text()
    assert "gives a tenth" in text
    again = load_case(tmp_path)
    assert stiffness(again) == pytest.approx(stiffness(taken), rel=1e-12)
    assert with_stiffness(again, mesh) is again


def test_cells_that_cannot_follow_are_told(comm: MPI.Comm) -> None:
    """Obeying either remedy silences it."""
    phases = ["active", "electrolyte"]

    def told(cells: int, strength: float) -> list[tuple[str, str]]:
        case = pulling_case(CHARGE, stiffness=None, strength=strength, energy=0.05)
        return list(unresolved(case, concentric(2, [3.0, 5.0], [cells, cells, cells], phases)))

    ((name, text),) = told(4, 60.0)
    assert name == "active|electrolyte"
    modulus = 2.0 / (1.0 / ACROSS[0] + 1.0 / ACROSS[1])
    zone = modulus * 0.05 / 60.0**2
    assert f"within {zone:.2g} um" in text
    size = float(text.split("cells of ")[1].split()[0])
    assert 0.9 * zone / 3.0 < size <= zone / 3.0
    weak = float(text.split("strength of ")[1].split()[0])
    assert told(4, weak) == []
    assert told(4, 1.06 * weak)
    edge = float(text.split("along it are ")[1].split()[0])
    assert told(int(4 * edge / size) + 2, 60.0) == []


def test_early_damage_on_curved_faces_is_told() -> None:
    """In space, as long as displacements are linear."""
    phases = ["active", "electrolyte"]

    def told(dim: int) -> list[str]:
        return [name for name, _ in scattered(case, concentric(dim, [3.0, 5.0], [3, 3, 3], phases))]

    case = pulling_case(CHARGE, stiffness=None)
    assert told(3) == ["active|electrolyte"]
    assert told(2) == []
    solver = case.solver.model_copy(update={"displacements": "quadratic"})
    case = case.model_copy(update={"solver": solver})
    assert told(3) == []
