"""State of charge: what is 0 and 1, and that every case begins and stays between its cut-offs."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.cells import active, make_case
from tests.unit.test_docs import DOCS, ROOT, blocks

from ecmcell.api.overview import overview
from ecmcell.case.load import load_case
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.case.state_of_charge import charge_ends
from ecmcell.case.validity import asked_beyond
from ecmcell.study import read_plan

SHIPPED = sorted(ROOT.glob("cases/**/case.toml"))


def variations(path: Path) -> list[Case]:
    """A case, and what its study makes of it."""
    study = path.with_name("study.toml")
    return [
        load_case(path),
        *(v.case for v in (read_plan(study).variations if study.exists() else ())),
    ]


def holds(case: Case) -> None:
    """At rest a case starts, and ends at each of its cut-offs, between 0 and 100 % charged."""
    assert not [told for told in asked_beyond(case) if told[1] == "initial_stoichiometry"]
    voltages = [voltage for step in case.protocol for voltage in step.voltages]
    for name in case.active_phases:
        phase = case.phases[name]
        curve, start = needed(phase.material.open_circuit_voltage), phase.initial_stoichiometry
        full, empty = charge_ends(case, name)
        for x in (needed(start), *map(curve.where, voltages)):
            assert 0.0 <= (empty - x) / (empty - full) <= 1.0, (name, x)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_shipped_case_starts_and_ends_between_0_and_100_percent(path: Path) -> None:
    for case in variations(path):
        holds(case)


def test_first_case_starts_discharged_to_its_cut_off(tmp_path: Path) -> None:
    recipe, text, study, *_ = blocks(DOCS / "getting_started.md", "toml")
    for name, content in (("recipe", recipe), ("case", text), ("study", study)):
        (tmp_path / f"{name}.toml").write_text(content)
    for case in variations(tmp_path / "case.toml"):
        holds(case)
    case = load_case(tmp_path)
    curve = needed(case.phases["active"].material.open_circuit_voltage)
    last = needed(case.protocol[-1].stop_voltage)
    assert curve.at(needed(case.phases["active"].initial_stoichiometry)) == pytest.approx(
        last, abs=1e-2
    )


def test_ends_are_those_of_the_window_or_of_the_cut_offs_further_out() -> None:
    """From 4.5 V at x = 0 straight to 3.5 V at x = 1, with a window from 0.1 to 0.9."""
    for protocol, ends in (
        (["Charge at C/5 until 4.3 V", "Discharge at C/5 until 3.7 V"], (0.1, 0.9)),
        (["Charge at C/5 until 4.3 V", "Hold at 4.45 V until C/50"], (0.05, 0.9)),
        (["Discharge at C/5 until 3.52 V"], (0.1, 0.98)),
        (["Discharge at C/5 until 3.2 V"], (0.1, 1.0)),
    ):
        case = make_case({"active": active()}, protocol=protocol)
        assert charge_ends(case, "active") == pytest.approx(ends)


def test_start_beyond_a_cut_off_is_told() -> None:
    case = make_case({"active": active(0.9)}, protocol=["Discharge at C/5 until 3.5 V"])
    assert "0 and 100 %" in shown(case) and "cut-off of" not in shown(case)
    case = make_case(
        {"active": active(0.9)},
        protocol=["Charge at C/5 until 4.2 V", "Discharge at C/5 until 3.8 V"],
    )
    assert "3.6 V at rest, 0.2 V below the cut-off of discharge" in shown(case)
    case = make_case({"active": active(0.2)}, protocol=["Charge at C/5 for 1 s or until 4.4 V"])
    assert "cut-off of" not in shown(case)


def shown(case: Case) -> str:
    """The overview as one wide text."""
    page = io.StringIO()
    Console(file=page, width=300).print(overview(case))
    return page.getvalue()
