"""`ecmcell ccd`: brackets the critical current of a small cell, and goes on where it stopped."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from workplace import Workplace, on_ranks, stop_before

from ecmcell.output import StoredRun

LANE = {
    "recipe": "layered",
    "dimension": 2,
    "width": "16 um",
    "size": "4 um",
    "layers": [
        {"phase": "electrolyte", "thickness": "7 um", "size": "0.5 um"},
        {"phase": "electrolyte", "thickness": "9 um", "size": "3 um"},
    ],
    "lane": {
        "phase": "lane",
        "middle": "8 um",
        "width": "2 um",
        "size": "0.5 um",
        "depth": "7 um",
        "growth": 0.8,
    },
}
GLASS = {"material": "Li3PS4-glass"}
FLAW = {"begin": ["0 um", "8 um"], "end": ["2.9 um", "8 um"]}
LITHIUM = {"metal": "Li", "exchange_current_density": "10 A/m^2"}
CASE: dict[str, Any] = {
    "title": "Li|SE|Li with a flaw",
    "protocol": ["Charge at 1 mA/cm2 for 4 minutes"],
    "mesh": {"recipe": "../meshes/layers.toml"},
    "phases": {
        "electrolyte": GLASS,
        "lane": GLASS
        | {
            "cracking": {
                "fracture_toughness": "0.23 MPa*m^0.5",
                "regularisation_length": "1 um",
                "flaws": [FLAW],
            }
        },
    },
    "interfaces": {"electrolyte|lane": {"bonded": True}},
    "boundaries": {
        "anode": LITHIUM | {"filled_cracks": {"max_count": 1}},
        "collector": LITHIUM,
    },
    "cell": {"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"},
}


@pytest.fixture
def workplace(workplace: Workplace) -> Workplace:
    """A small symmetric cell with a flaw."""
    workplace.write("meshes/layers.toml", LANE)
    workplace.write("case/case.toml", CASE)
    return workplace


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_bracketed_told_and_not_run_again(workplace: Workplace) -> None:
    words = ("ccd", "case", "--tolerance", "1.0")
    code, out, err = workplace.call(*words)
    assert (code, err) == (0, "")
    place = workplace.path / "runs/case-ccd"
    assert out.splitlines()[-4:-1] == [f"runs/case-ccd/ccd.{end}" for end in ("csv", "json", "png")]
    rows = table(place / "ccd.csv")
    currents = [float(row["Current density [mA.cm-2]"]) for row in rows]
    assert currents == sorted(currents)
    assert [row["Penetration"] for row in rows] == ["no"] * (len(rows) - 1) + ["yes"]
    found = json.loads((place / "ccd.json").read_text())
    assert found["Maximum without penetration [mA.cm-2]"] == currents[-2]
    assert found["Minimum with penetration [mA.cm-2]"] == currents[-1]
    # A flaw of two lengths of the phase field in a small cell: no more than the right size.
    assert found["Critical current density [mA.cm-2]"] == pytest.approx(
        found["Closed form [mA.cm-2]"], rel=0.6
    )
    assert f"between {currents[-2]:g} and {currents[-1]:g} mA/cm2" in out

    safe, critical = (StoredRun(place / f"{current:g}-mA-cm-2") for current in currents[-2:])
    assert safe.summary["protocol"][-1]["ended by"] == "duration"
    assert critical.summary["protocol"][-1]["ended by"] in ("penetration", "short circuit")
    depth = critical.series["Filled crack 1 depth [um]"]
    assert depth[-1] - depth[0] > 2.0 and np.all(depth[:-1] - depth[0] <= 2.0)
    assert float(rows[-1]["Onset [s]"]) == pytest.approx(critical.series["Time [s]"][-1])
    charge = currents[-1] * float(rows[-1]["Onset [s]"]) / 3600.0
    assert float(rows[-1]["Charge [mA.h.cm-2]"]) == pytest.approx(charge)
    # Lithium in the flaw is at rest at the end, and all current at the anode again.
    ratio = safe.series["Flaw K_I over K_Ic"]
    expected = currents[-2] / found["Closed form [mA.cm-2]"]
    assert ratio[-1] == pytest.approx(expected, rel=0.02)
    assert critical.summary["flaws"][0]["depth [um]"] == pytest.approx(2.9)

    before = critical.summary["wall time [s]"]
    (place / "ccd.csv").unlink()
    assert workplace.call(*words)[0] == 0
    assert table(place / "ccd.csv") == rows
    again = StoredRun(place / f"{currents[-1]:g}-mA-cm-2")
    assert again.summary["wall time [s]"] == before


def test_it_goes_on_inside_the_run_that_was_interrupted(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bracket, and one run with two legs."""
    words = ("ccd", "case", "--tolerance", "1.0")
    stop_before(3, monkeypatch)
    assert workplace.call(*words)[0] == 75
    assert workplace.call(*words)[0] == 0
    place = workplace.path / "runs/case-ccd"
    runs = [StoredRun(path.parent) for path in place.rglob("series.csv")]
    legs = [len(run.provenance.get("legs", ())) for run in runs]
    assert sorted(legs) == [0] * (len(runs) - 1) + [1]
    goes_on = runs[legs.index(1)].directory
    assert workplace.call(*words, "--output", "whole")[0] == 0
    whole = json.loads((workplace.path / "whole/ccd.json").read_text())
    assert json.loads((place / "ccd.json").read_text()) == pytest.approx(whole)
    expected = StoredRun(workplace.path / "whole" / goes_on.name).series
    found = StoredRun(goes_on).series
    assert found["Voltage [V]"] == pytest.approx(expected["Voltage [V]"], rel=1e-9)


def test_stripping_that_loses_contact_is_bracketed(workplace: Workplace) -> None:
    """Where voids grow and nothing fills cracks, it is the critical current of stripping."""
    layers = [{"phase": "glass", "thickness": "4 um", "size": "2 um"}]
    recipe = {"recipe": "layered", "dimension": 2, "width": "4 um", "size": "2 um"}
    workplace.write("meshes/plain.toml", recipe | {"layers": layers})
    anode = LITHIUM | {"void_growth": {"contact_gap": "1 um"}}
    case = {
        "title": "Li|SE|Li with voids",
        "protocol": ["Discharge at 1 mA/cm2 for 2 hours"],
        "mesh": {"recipe": "../meshes/plain.toml"},
        "phases": {"glass": GLASS},
        "boundaries": {"anode": anode, "collector": LITHIUM},
        "cell": {"temperature": "25 degC", "stack_pressure": "3 MPa"},
        "physics": {"mechanics": False},
        "time": {"max_step": "120 s"},
    }
    workplace.write("case/case.toml", case)
    code, out, err = workplace.call("ccd", "case", "--tolerance", "0.5")
    assert (code, err) == (0, "")
    place = workplace.path / "runs/case-ccd"
    found = json.loads((place / "ccd.json").read_text())
    safe, lost = (
        found[f"{end} contact loss [mA.cm-2]"] for end in ("Maximum without", "Minimum with")
    )
    assert safe <= found["Closed form [mA.cm-2]"] * 1.02 < lost * 1.04
    assert f"contact loss begins between {safe:g} and {lost:g} mA/cm2" in out
    rows = table(place / "ccd.csv")
    assert [row["Contact loss"] for row in rows].count("yes") >= 1
    assert rows[-1]["Ended by"] == "contact lost at the anode"


def test_no_bracket_has_an_exit_code_of_its_own(workplace: Workplace) -> None:
    words = ("ccd", "case", "--min-current", "0.01 mA/cm2", "--max-current", "0.02 mA/cm2")
    code, _, err = workplace.call(*words)
    assert code == 4
    assert err == "error: case: no penetration up to 0.02 mA/cm2: raise --max-current, or --runs\n"
    found = json.loads((workplace.path / "runs/case-ccd/ccd.json").read_text())
    assert found["Maximum without penetration [mA.cm-2]"] == 0.02
    assert found["Critical current density [mA.cm-2]"] is None
    assert (workplace.path / "runs/case-ccd/ccd.png").is_file()


@pytest.mark.parametrize(
    ("change", "words", "told"),
    [
        (
            lambda case: case["boundaries"]["anode"].pop("filled_cracks"),
            [],
            "case/case.toml: boundaries.anode.filled_cracks: no lithium in cracks. Add an empty",
        ),
        (
            lambda case: case.update(protocol=["Discharge at 1 mA/cm2 for 1 minute"]),
            [],
            "case/case.toml: protocol: no charge at a current density. Charge with one",
        ),
        (
            lambda case: case.update(protocol=["Hold at 0.1 V for 1 minute"]),
            [],
            "protocol: no charge at a current density",
        ),
        (
            lambda case: None,
            ["--max-current", "3 V"],
            '--max-current: "3 V" has the wrong dimension',
        ),
        (lambda case: None, ["--min-current", "1 A/cm2"], "--min-current: 1 A/cm2 is not below"),
        (lambda case: None, ["--growth", "0 um"], '--growth: "0 um" is not positive'),
        (lambda case: None, ["--study"], "study.toml"),
    ],
)
def test_what_cannot_be_asked(
    workplace: Workplace, change: Any, words: list[str], told: str
) -> None:
    workplace.spoil("case/case.toml", CASE, change)
    before = workplace.files()
    code, _, err = workplace.call("ccd", "case", *words)
    assert (code, err.count("\n")) == (2, 1)
    assert told in err
    assert workplace.files() == before


def test_two_ranks_search_together(workplace: Workplace) -> None:
    words = ["ccd", "case", "--max-current", "0.02 mA/cm2", "--runs", "2"]
    environment = os.environ | {"OMPI_MCA_mpi_yield_when_idle": "1"}
    done = subprocess.run(
        [*on_ranks(2), sys.executable, "-m", "ecmcell", *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=1800,
        check=False,
    )
    assert "no penetration up to 0.02 mA/cm2" in done.stderr
    assert done.returncode == 4
    (row,) = table(workplace.path / "runs/case-ccd/ccd.csv")
    assert (row["Penetration"], row["Ended by"]) == ("no", "duration")
