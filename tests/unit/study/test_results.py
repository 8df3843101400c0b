"""The table of a study: units, endings, means over replicas, indices, what does nothing."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ecmcell.api.studies import Study, StudyResult
from ecmcell.errors import InputError
from ecmcell.output import RunDirectory
from ecmcell.study import Plan, Variation
from fake_study import ANODE, COLLECTOR, GAVE_UP, VOLTAGE, ask, fake_run, fake_runs

TEMPERATURE = "cell.temperature"
CONTACT = '{ map = "random", coverage = 0.5, length = "1 um" }'
GRID = f"""
[vary]
"{TEMPERATURE}" = ["25 degC", "333.15 K"]
"{ANODE}" = ["1 A/m^2", "1 mA/cm^2"]
[vary.rate."C/2"]
[vary.rate."1C"]
protocol = ["Discharge at 1 mA/cm2 for 1 minute"]
"""
REPLICAS = f"""
always.boundaries.anode.contact = {CONTACT}
replicas = {{ count = 4, keys = ["boundaries.anode.contact.seed"] }}
[vary]
"{TEMPERATURE}" = ["25 degC", "60 degC"]
"""
SALTELLI = f"""
responses = ["{VOLTAGE}"]
sample = {{ method = "saltelli", count = 16 }}
[vary]
"{ANODE}" = {{ from = "1 A/m^2", to = "2 A/m^2" }}
"{COLLECTOR}" = {{ from = "1 A/m^2", to = "2 A/m^2" }}
"""


def number(variation: Variation, key: str) -> float:
    return float(variation.choices[key].split()[0])


def results(plan: Plan, directory: Path) -> StudyResult:
    return StudyResult(Study(plan), directory)


def test_factors_are_columns_of_numbers_with_units(tmp_path: Path) -> None:
    table = results(ask(tmp_path, GRID), tmp_path / "out").table
    names = [f"{TEMPERATURE} [degC]", f"{ANODE} [A.m-2]", "rate", "status", "reason"]
    assert list(table.columns) == names
    assert table.index.name == "Variation" and table.index[1] == "25-degC_1-A-m-2_1C"
    assert table[names[0]].to_numpy() == pytest.approx([25.0] * 4 + [60.0] * 4)
    assert table[names[1]].to_numpy() == pytest.approx([1.0, 1.0, 10.0, 10.0] * 2)
    assert list(table["rate"][:2]) == ["C/2", "1C"]
    assert set(table["status"]) == {"missing"}


def test_every_variation_is_told_with_its_end_and_why(tmp_path: Path) -> None:
    plan, out = ask(tmp_path, GRID), tmp_path / "out"
    row = {"Voltage [V]": 0.25}
    for variation, done in zip(plan.variations[:2], (True, False), strict=True):
        fake_run(variation, out, row, done)
    names = [variation.name for variation in plan.variations]
    fake_run(plan.variations[2], out, row)
    (out / names[2] / "summary.json").unlink()  # as where the machine was switched off
    fake_run(plan.variations[3], out, row)
    summary = out / names[3] / "summary.json"
    summary.write_text(summary.read_text().replace('"done"', '"stopped"'))
    RunDirectory(out / names[4]).write_summary({"status": "gave up", "reason": "no mesh"})
    (out / plan.variations[7].name).mkdir()
    (out / names[7] / "letter.txt").write_text("keep me")
    other = ask(tmp_path, GRID.replace("1 mA/cm2", "2 mA/cm2")).variations[5]
    fake_run(other, out, row)

    table = results(ask(tmp_path, GRID), out).table
    ended = ["done", "failed", "interrupted", "interrupted", "failed", *["missing"] * 3]
    assert list(table["status"]) == ended
    assert list(table["reason"][:2]) == ["", GAVE_UP]
    assert "did not come to its end" in table["reason"][names[2]]
    assert table["reason"][names[4]] == "no mesh"
    assert "asks something else" in table["reason"][names[5]]
    assert table["reason"][names[6]] == ""
    assert "no run" in table["reason"][names[7]]
    assert table[VOLTAGE][:2].to_numpy() == pytest.approx([0.25, 0.25])
    assert table["wall time [s]"][names[0]] == 1.5
    assert table[VOLTAGE][4:].isna().all()


def test_the_files_hold_the_table(tmp_path: Path) -> None:
    plan, out = ask(tmp_path, GRID), tmp_path / "out"
    fake_runs(plan, out, lambda v: {"Voltage [V]": number(v, ANODE)}, (plan.variations[0].name,))
    found = results(plan, out)
    written = [path.name for path in found.write()]
    assert written == ["study.csv", "study.parquet", "study.html", "comparison.html"]
    table = found.table
    stored = pd.read_parquet(out / "study.parquet")
    assert_frame_equal(stored, table, check_exact=True)
    text = pd.read_csv(out / "study.csv", index_col=0, keep_default_na=False)
    assert_frame_equal(text, table, check_dtype=False, check_exact=True)


def test_replicas_are_averaged_with_their_spread(tmp_path: Path) -> None:
    plan, out = ask(tmp_path, REPLICAS), tmp_path / "out"
    values = dict(zip((v.name for v in plan.variations), [1, 2, 3, 6, 5, 5, 5, 7], strict=True))
    last = plan.variations[-1].name
    fake_runs(plan, out, lambda v: {"Voltage [V]": values[v.name]}, (last,))
    found = results(plan, out)
    means = found.means
    assert list(means[f"{TEMPERATURE} [degC]"]) == [25.0, 60.0]
    assert list(means["Replicas"]) == [4, 3] and list(means["Failed"]) == [0, 1]
    assert list(means[VOLTAGE]) == pytest.approx([3.0, 5.0])
    spread = np.std([1, 2, 3, 6], ddof=1)
    assert list(means[f"{VOLTAGE} (standard deviation)"]) == pytest.approx([spread, 0.0])
    assert "boundaries.anode.contact.seed" in found.table
    assert "boundaries.anode.contact.seed" not in means
    assert {"study_means.csv", "study_means.parquet"} <= {path.name for path in found.write()}
    page = (out / "study.html").read_text(encoding="utf-8")
    assert "one standard deviation" in page and "changes nothing" not in page


def test_indices_come_from_the_runs_that_are_done(tmp_path: Path) -> None:
    plan, out = ask(tmp_path, SALTELLI), tmp_path / "out"
    failed = (plan.variations[2].name, plan.variations[3].name, plan.variations[40].name)
    fake_runs(
        plan, out, lambda v: {"Voltage [V]": 2.0 * number(v, ANODE) + number(v, COLLECTOR)}, failed
    )
    found = results(plan, out)
    indices = found.indices()
    assert list(indices["Factor"]) == [f"{ANODE} [A.m-2]", f"{COLLECTOR} [A.m-2]"]
    assert list(indices["Base points"]) == [14, 14]  # two of three failed in the same row
    assert list(indices["Total"]) == pytest.approx([0.8, 0.2], abs=0.1)
    assert (indices["Total low"] < indices["Total"]).all()
    assert (indices["Total"] < indices["Total high"]).all()
    assert found.indices("wall time [s]").empty  # the same in all runs
    assert "indices.csv" in [path.name for path in found.write()]
    assert "may be biased" in (out / "study.html").read_text(encoding="utf-8")


def test_indices_are_those_of_each_choice(tmp_path: Path) -> None:
    study = SALTELLI + f'"{TEMPERATURE}" = ["25 degC", "60 degC"]'
    plan, out = ask(tmp_path, study), tmp_path / "out"

    def response(variation: Variation) -> dict[str, float]:
        key = ANODE if variation.choices[TEMPERATURE] == "25 degC" else COLLECTOR
        return {"Voltage [V]": number(variation, key)}

    fake_runs(plan, out, response)
    indices = results(plan, out).indices()
    assert list(indices[f"{TEMPERATURE} [degC]"]) == [25.0, 25.0, 60.0, 60.0]
    assert list(indices["Total"]) == pytest.approx([1.0, 0.0, 0.0, 1.0], abs=0.15)


def test_other_designs_have_no_indices(tmp_path: Path) -> None:
    plan, out = ask(tmp_path, GRID), tmp_path / "out"
    fake_runs(plan, out, lambda v: {"Voltage [V]": number(v, ANODE)})
    assert results(plan, out).indices().empty


def test_what_does_nothing_is_told(tmp_path: Path) -> None:
    plan, out = ask(tmp_path, GRID), tmp_path / "out"
    names = (ANODE, "rate")
    fake_runs(plan, out, lambda v: {"Voltage [V]": float(sum(len(v.choices[n]) for n in names))})
    results(plan, out).write()
    page = (out / "study.html").read_text(encoding="utf-8")
    assert re.findall(r"([\w.]+) changes nothing", page) == [TEMPERATURE]


def test_a_response_that_is_no_column_is_told_when_the_tables_are_there(tmp_path: Path) -> None:
    plan = ask(tmp_path, 'responses = ["end: Voltage"]\n' + GRID)
    out = tmp_path / "out"
    results(plan, out.with_name("none")).indices()  # nothing is known before the first run
    fake_runs(plan, out, lambda v: {"Voltage [V]": number(v, ANODE)})
    with pytest.raises(InputError, match=r'responses: "end: Voltage" is no column.*Did you mean'):
        results(plan, out).write()
    assert (out / "study.csv").is_file() and not (out / "study.html").exists()


def test_seeds_that_nothing_depends_on_are_told(tmp_path: Path) -> None:
    study = REPLICAS.replace("boundaries.anode.contact.seed", "mesh.seed")
    plan, out = ask(tmp_path, study), tmp_path / "out"
    fake_runs(plan, out, lambda v: {"Voltage [V]": number(v, TEMPERATURE)})
    results(plan, out).write()
    page = (out / "study.html").read_text(encoding="utf-8")
    assert re.findall(r"([\w.]+) changes nothing", page) == ["mesh.seed"]


def test_more_runs_than_can_be_told_apart_are_not_compared(tmp_path: Path) -> None:
    plan, out = ask(tmp_path, SALTELLI), tmp_path / "out"
    fake_runs(plan, out, lambda v: {"Voltage [V]": number(v, ANODE)})
    (out / "comparison.html").write_text("of fewer runs, before")
    results(plan, out).write()
    assert not (out / "comparison.html").exists()
