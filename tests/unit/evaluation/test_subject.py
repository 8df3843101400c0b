"""The contract of subjects: a new one is a class and a line in the list."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Self

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, electrolyte, make_case, make_cell
from ecmcell.columns import fields, run
from ecmcell.domain.faces import ExteriorBoundary
from ecmcell.evaluation import observables
from ecmcell.evaluation.cracks.filled_cracks import CrackFilling
from ecmcell.evaluation.lithium.electrode_current import binned, quantile
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.evaluation.placement import Cells, Facets, Fields, OnDemand, Points
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.registry import SUBJECTS
from ecmcell.evaluation.subject import Subject
from ecmcell.processes.filled_cracks.filled_cracks import Short
from ecmcell.simulation.cell import Cell
from meshes import layers


class Width(Subject):
    """Knows the width of a cell, and shows its anode."""

    def __init__(self, cell: Cell):
        self._cell = cell

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        return cls(cell) if cell.domain.dim == 2 else None

    def row(self) -> dict[str, float]:
        return {"Width [um]": self._cell.area}

    def histogram(self) -> list[dict[str, float | str]]:
        return [{"Electrode": "none"}]

    def summary(self) -> dict[str, object]:
        return {"width [um]": self._cell.area}

    def boundaries(self) -> Sequence[ExteriorBoundary]:
        return [boundary for boundary in self._cell.domain.boundaries if boundary.tag == "anode"]

    def point_fields(self, points: Points) -> Fields:
        return {fields.DAMAGE.header: points.coordinates[:, 0]}

    def cell_fields(self, cells: Cells) -> Fields:
        (body,) = self._cell.domain.bodies
        count = len(self._cell.domain.bodies[body].parents)
        return {fields.AXIS.header: cells.put({body: np.full(count, 7.0)})}

    def interface_fields(self, facets: Facets) -> Fields:
        return {fields.OPENING.header: facets.put({})}


class Undeclared(Width):
    """Has a field that no column module declares."""

    def point_fields(self, points: Points) -> Fields:
        return {"Colour": points.coordinates[:, 0]}


class Costly(Width):
    """Has a field that is not to be evaluated unless somebody asks for it."""

    def point_fields(self, points: Points) -> Fields:
        def fail() -> np.ndarray:
            raise AssertionError("nobody has asked for it")

        return OnDemand({fields.STRESS.header: fail, fields.DAMAGE.header: lambda: np.zeros(3)})


def membrane(dim: int = 2, names: Sequence[str] = ("default",)) -> Cell:
    case = make_case(
        {"separator": electrolyte()},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
        output={"fields": names},
    )
    return make_cell(case, layers(dim, {"separator": 6.0}, [3]), MPI.COMM_SELF)


def test_a_new_subject_is_one_line_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its column, its rows, its part of the summary, its faces and fields are written."""
    monkeypatch.setattr(observables, "SUBJECTS", (Width, *SUBJECTS))
    cell = membrane()
    found = Observables(cell)
    assert list(found.row())[:2] == ["Width [um]", run.TIME.header]
    assert found.histograms() == [{"Electrode": "none"}]
    assert found.summary() == {"width [um]": cell.area}
    maps = Maps(cell, found)
    mesh, points = maps.mesh(), maps.point_fields()
    assert mesh is not None
    assert mesh.pair_names == ("separator|anode",)
    on_facets = mesh.points[mesh.interface_facets]
    assert on_facets.shape == (2, 2, 3) and np.abs(on_facets[..., 0]).max() < 1e-9
    assert list(points) == [fields.ELECTROLYTE.header, fields.DAMAGE.header]
    assert np.array_equal(points[fields.DAMAGE.header], mesh.points[:, 0])
    assert np.array_equal(maps.cell_fields()[fields.AXIS.header], np.full(len(mesh.cells), 7.0))
    assert np.isnan(maps.interface_fields()[fields.OPENING.header]).all()


def test_a_subject_that_does_not_apply_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observables, "SUBJECTS", (Width, *SUBJECTS))
    assert "Width [um]" not in Observables(membrane(3)).row()


def test_a_field_that_is_not_declared_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observables, "SUBJECTS", (Undeclared,))
    cell = membrane()
    with pytest.raises(KeyError, match="no column is declared for 'Colour"):
        Maps(cell, Observables(cell)).point_fields()


def test_only_what_a_case_asks_for_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observables, "SUBJECTS", (Costly, *SUBJECTS))
    cell = membrane()
    points = Maps(cell, Observables(cell)).point_fields()
    assert list(points) == [fields.ELECTROLYTE.header, fields.DAMAGE.header]
    cell = membrane(names=["stress"])
    maps = Maps(cell, Observables(cell))
    with pytest.raises(AssertionError, match="nobody"):
        maps.point_fields()


def test_fields_by_their_names() -> None:
    """One of a subject of many; what is not there is told; an empty list asks for none."""
    cell = membrane(names=["ionic current density", "electrode current density"])
    maps = Maps(cell, Observables(cell))
    written = {**maps.point_fields(), **maps.cell_fields(), **maps.interface_fields()}
    assert list(written) == [fields.IONIC_CURRENT.header]
    assert maps.lacking(written) == ["electrode current density"]
    cell = membrane(names=[])
    maps = Maps(cell, Observables(cell))
    assert not maps.point_fields() and not maps.cell_fields() and not maps.lacking(())


def test_every_subject_is_listed_once_and_no_two_have_a_column() -> None:
    assert len(set(SUBJECTS)) == len(SUBJECTS)
    rows = [list(subject.row()) for subject in Observables(membrane()).subjects]
    headers = [header for row in rows for header in row]
    assert len(set(headers)) == len(headers)


def test_quantile_of_weighted_values() -> None:
    """Of values 1 to 4 with weights 4 to 1, and as much weight of zeros."""
    values, weights = np.array([3.0, 1.0, 4.0, 2.0]), np.array([2.0, 4.0, 1.0, 3.0])
    assert quantile(values, weights, 0.0, 0.39) == 1.0
    assert quantile(values, weights, 0.0, 0.69) == 2.0
    assert quantile(values, weights, 0.0, 0.91) == 4.0
    assert quantile(values, weights, 10.0, 0.69) == 1.0
    assert quantile(values, weights, 10.0, 0.94) == 3.0


def test_shares_of_bins() -> None:
    """They add up to one; without weight there are none."""
    values, weights = np.array([0.5, 1.5, 1.6, 9.0]), np.array([1.0, 2.0, 3.0, 2.0])
    edges = np.array([0.0, 1.0, 2.0, np.inf])
    assert binned(values, weights, edges).tolist() == [0.125, 0.625, 0.25]
    assert binned(values, np.zeros(4), edges).tolist() == [0.0, 0.0, 0.0]


def test_lithium_in_cracks_in_numbers() -> None:
    """One that is full by 0.98 of its opening, one that is not there; then the short circuit."""

    def crack(name: str, is_there: bool) -> SimpleNamespace:
        pressure = SimpleNamespace(value=12.0)
        values = {"pressure": pressure, "volume": 0.5, "opening": 0.49, "current": -30.0}
        return SimpleNamespace(name=name, is_there=is_there, **values)

    members = [crack("filled crack 1", True), crack("filled crack 2", False)]
    filled_cracks = SimpleNamespace(members=members, depth={"filled crack 1": 3.0}, short=None)
    cell = SimpleNamespace(area=2.0, domain=SimpleNamespace(dim=2))
    subject = CrackFilling(cell, filled_cracks)
    row = subject.row()
    assert row["Filled crack 1 pressure [MPa]"] == 12.0
    assert row["Filled crack 1 depth [um]"] == 3.0
    assert row["Filled crack 1 lithium [um2]"] == 0.5
    assert row["Filled crack 1 plating current density [mA.cm-2]"] == pytest.approx(1.5)
    assert all(np.isnan(value) for name, value in row.items() if name.startswith("Filled crack 2"))
    assert row["Current density into cracks [mA.cm-2]"] == pytest.approx(1.5)
    assert row["Filled crack volume error"] == pytest.approx(0.02)
    assert subject.summary() == {"short circuit": None}
    filled_cracks.short = Short(60.0, -7200.0, np.array([[0.0, 1.0, 0.0], [5.0, 1.0, 0.0]]))
    (found,) = subject.summary().values()
    assert found == {
        "Time [s]": 60.0,
        "Charge [mA.h.cm-2]": pytest.approx(0.1),
        "Path [um]": [[0.0, 1.0], [5.0, 1.0]],
    }
