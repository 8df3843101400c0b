"""What a search for the critical current runs, and how it reads what came of it."""

from math import nan
from pathlib import Path

import pytest
import tomli_w

from ecmcell.case.load import load_case
from ecmcell.errors import InputError
from ecmcell.output import RunDirectory, StoredRun
from ecmcell.study.critical import Question, outcome, question
from ecmcell.study.failures import ContactLoss, Penetration
from ecmcell.study.plan import Variation

LITHIUM = {"metal": "Li", "exchange_current_density": "10 A/m^2"}
FLAW = {"begin": ["0 um", "2 um"], "end": ["5 um", "2 um"]}
PROTOCOL = [
    "Charge at 0.5 mA/cm2 for 1 hour or until 0.5 V",
    {"repeat": 2, "steps": ["Discharge at 10 A/m2 for 1 hour", "Charge at 1 mA/cm2 for 1 hour"]},
    "Rest for 1 minute",
    "Hold at 0.1 V for 1 minute",
]
COUNTS = Penetration(1.0, False)


def asked(path: Path, protocol: list[object] = PROTOCOL, until_short: bool = False) -> Question:
    """A symmetric cell with a flaw of 5 um, cracks smeared over 0.5 um."""
    layers = [{"phase": "glass", "thickness": "9 um", "size": "1 um"}]
    recipe = {"recipe": "layered", "dimension": 2, "width": "4 um", "size": "1 um"}
    (path / "mesh.toml").write_text(tomli_w.dumps(recipe | {"layers": layers}))
    cracking = {
        "fracture_toughness": "0.23 MPa*m^0.5",
        "regularisation_length": "0.5 um",
        "flaws": [FLAW],
    }
    case = {
        "title": "flaw",
        "protocol": protocol,
        "mesh": {"recipe": "mesh.toml"},
        "phases": {"glass": {"material": "Li3PS4-glass", "cracking": cracking}},
        "boundaries": {"anode": LITHIUM | {"filled_cracks": {}}, "collector": LITHIUM},
        "cell": {"temperature": "25 degC", "stack_pressure": "0 MPa"},
    }
    (path / "case.toml").write_text(tomli_w.dumps(case))
    return question(Variation("flaw", {}, load_case(path)), None, until_short)


def stored(path: Path, depths: dict[int, list[float]], summary: dict[str, object]) -> StoredRun:
    """A run of 1 mA/cm2 with rows every 36 s."""
    run = RunDirectory(path)
    run.write_provenance({})
    for row in range(len(next(iter(depths.values())))):
        current = -1.0 if row else 0.0
        values = {"Time [s]": 36.0 * row, "Current density [mA.cm-2]": current}
        run.write_step(values | {f"Filled crack {n} depth [um]": d[row] for n, d in depths.items()})
    run.write_summary({"status": "done", "protocol": [{"ended by": "duration"}]} | summary)
    return StoredRun(path)


def test_all_current_densities_are_scaled_together(tmp_path: Path) -> None:
    trial = asked(tmp_path).variation(2.0)  # the largest that plates is 1
    assert trial.name == "2-mA-cm-2"
    assert trial.case.protocol.written == [
        "Charge at 1 mA/cm2 for 1 hour or until 0.5 V",
        {
            "repeat": 2,
            "steps": ["Discharge at 2 mA/cm2 for 1 hour", "Charge at 2 mA/cm2 for 1 hour"],
        },
        "Rest for 1 minute",
        "Hold at 0.1 V for 1 minute",
    ]


def test_runs_end_at_the_growth_that_counts(tmp_path: Path) -> None:
    trial = asked(tmp_path).variation(1.0).case.boundaries.anode.filled_cracks
    assert trial is not None and trial.max_growth == 1.0
    longer = asked(tmp_path, until_short=True).variation(1.0).case.boundaries.anode.filled_cracks
    assert longer is not None and longer.max_growth is None


def test_the_closed_form_is_what_is_tried_first(tmp_path: Path) -> None:
    # 58 MPa, 7.82 mV; see test_closed_form.
    assert asked(tmp_path).closed_form == pytest.approx(0.297, rel=5e-3)
    assert asked(tmp_path).own_current == pytest.approx(1.0)


def test_a_protocol_without_a_charging_current_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no charge at a current density"):
        asked(tmp_path, ["Discharge at 1 mA/cm2 for 1 hour"])


def test_growth_counts_from_where_a_filament_was_first_seen(tmp_path: Path) -> None:
    deep = {1: [5.0, 5.0, 5.5, 5.9], 2: [nan, nan, 8.0, 9.1]}
    run = stored(tmp_path / "run", deep, {"short circuit": None})
    found = outcome(run, 1.0, COUNTS)
    assert (found.onset, found.short, found.fails) == (108.0, None, True)
    assert found.charge == pytest.approx(0.03)
    assert not outcome(run, 1.0, Penetration(1.2, False)).fails
    assert outcome(run, 1.0, Penetration(1.2, False)).charge == pytest.approx(0.03)


def test_a_short_circuit_counts_without_growth(tmp_path: Path) -> None:
    short = {"Time [s]": 36.0, "Charge [mA.h.cm-2]": 0.01, "Path [um]": []}
    run = stored(tmp_path / "run", {1: [5.0, 5.0]}, {"short circuit": short})
    found = outcome(run, 1.0, COUNTS)
    assert (found.onset, found.short) == (36.0, 36.0)


def test_a_run_that_gave_up_tells_why(tmp_path: Path) -> None:
    given_up = {"status": "gave up", "protocol": [], "reason": "too hard"}
    found = outcome(stored(tmp_path / "run", {1: [5.0, 5.0]}, given_up), 1.0, COUNTS)
    assert (found.fails, found.ended_by) == (False, "too hard")


def stripped(path: Path, protocol: str) -> Question:
    """A symmetric cell whose anode has voids."""
    layers = [{"phase": "glass", "thickness": "4 um", "size": "1 um"}]
    recipe = {"recipe": "layered", "dimension": 2, "width": "4 um", "size": "1 um"}
    (path / "mesh.toml").write_text(tomli_w.dumps(recipe | {"layers": layers}))
    voids = {"contact_gap": "1 um", "min_contact": 0.05}
    case = {
        "title": "voids",
        "protocol": [protocol],
        "mesh": {"recipe": "mesh.toml"},
        "phases": {"glass": {"material": "Li3PS4-glass"}},
        "boundaries": {"anode": LITHIUM | {"void_growth": voids}, "collector": LITHIUM},
        "cell": {"temperature": "25 degC", "stack_pressure": "3 MPa"},
        "physics": {"mechanics": False},
    }
    (path / "case.toml").write_text(tomli_w.dumps(case))
    return question(Variation("voids", {}, load_case(path)), None, False)


def test_the_current_that_strips_is_scaled_where_voids_grow(tmp_path: Path) -> None:
    found = stripped(tmp_path, "Discharge at 0.5 mA/cm2 for 100 hours")
    assert (found.failure.name, found.own_current) == ("contact loss", pytest.approx(0.5))
    # r = 1.5 5e-4 (4.5/(6.6 0.8))^6.6 a s, F g0 r/Omega times what may be lost.
    rate = 7.5e-4 * (4.5 / 5.28) ** 6.6
    exact = 0.95 * 0.1 * 0.0964853321 / 13e-6 * rate
    assert found.closed_form == pytest.approx(exact, rel=1e-6)
    assert found.variation(2.0).case.protocol.written == ["Discharge at 2 mA/cm2 for 100 hours"]


def test_a_short_time_takes_more_current_to_lose_contact(tmp_path: Path) -> None:
    found = stripped(tmp_path, "Discharge at 0.5 mA/cm2 for 1 s")
    assert found.closed_form == pytest.approx(0.95 * 0.1 * 0.0964853321 / 13e-6, rel=1e-3)


def test_voids_that_are_only_plated_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no discharge at a current density"):
        stripped(tmp_path, "Charge at 1 mA/cm2 for 1 hour")


def test_contact_that_is_lost_is_found_in_a_run(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    run.write_provenance({})
    for row, contact in enumerate((1.0, 0.5, 0.05)):
        column = {"Anode contact beside voids": contact, "Current density [mA.cm-2]": 1.0}
        run.write_step({"Time [s]": 36.0 * row} | column)
    ended = [{"ended by": "contact lost at the anode"}]
    run.write_summary({"status": "done", "protocol": ended})
    found = outcome(StoredRun(tmp_path / "run"), 1.0, ContactLoss(0.05))
    assert (found.fails, found.onset, found.short) == (True, 72.0, None)
    assert found.row()["Contact loss"] == "yes"
    assert not outcome(StoredRun(tmp_path / "run"), 1.0, ContactLoss(0.01)).fails
