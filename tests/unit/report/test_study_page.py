"""The page of a study: its figures, its failures, and 300 runs that open at once."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.unit.report.test_report import Page

from browser import Browser
from ecmcell.api.studies import Study, StudyResult
from ecmcell.case.units import quantity
from ecmcell.report.study.content import StudyContent
from ecmcell.report.study.indices import index_plate
from ecmcell.report.study.labels import factor_labels, response_label
from ecmcell.report.study.responses import response_plate
from ecmcell.study import Plan, Variation
from ecmcell.study.presentation import content_of
from fake_study import ANODE, COLLECTOR, GAVE_UP, ask, fake_runs

TEMPERATURE = "cell.temperature"
LOSS = "Ionic ohmic loss [V]"
RESPONSES = 'responses = ["end: Voltage [V]", "end: Ionic ohmic loss [V]"]\n'
CURRENT = '{ from = "1 A/m^2", to = "100 A/m^2", scale = "log" }'
CURVES = f"""[vary]
"{ANODE}" = {CURRENT.replace(" }", ", count = 5 }")}
[vary.rate.slow]
[vary.rate.fast]
protocol = ["Discharge at 1 mA/cm2 for 1 minute"]
"""
GRID = f"""[vary]
"{ANODE}" = {CURRENT.replace(" }", ", count = 3 }")}
"{TEMPERATURE}" = ["25 degC", "40 degC"]
"""
DRAWN = f"""sample = {{ method = "METHOD", count = COUNT }}
[vary]
"{ANODE}" = {CURRENT}
"{TEMPERATURE}" = {{ from = "10 degC", to = "60 degC" }}
"""
THREE = DRAWN + f'"{COLLECTOR}" = {CURRENT}\n'
PATIENCE = 2.0  # s in which a page must stand


def outcome(variation: Variation) -> dict[str, float]:
    current = quantity(variation.choices[ANODE], "A/m^2")
    kelvin = quantity(variation.choices.get(TEMPERATURE, "25 degC"), "K")
    rate = 2.0 if variation.choices.get("rate") == "fast" else 1.0
    return {"Voltage [V]": rate / current, LOSS: rate * np.exp(1000.0 / kelvin)}


def made(
    place: Path,
    study: str,
    failed: tuple[int, ...] = (),
    response: Callable[[Variation], Mapping[str, float]] = outcome,
) -> tuple[Plan, StudyResult]:
    plan = ask(place, RESPONSES + study)
    names = tuple(plan.variations[number].name for number in failed)
    fake_runs(plan, place / "out", response, names)
    return plan, StudyResult(Study(plan), place / "out")


def content(place: Path, study: str, failed: tuple[int, ...] = ()) -> StudyContent:
    plan, result = made(place, study, failed)
    return content_of(plan, result.table)


def drawn(method: str, count: int, text: str = DRAWN) -> str:
    return text.replace("METHOD", method).replace("COUNT", str(count))


def test_one_factor_is_a_curve_for_each_choice(tmp_path: Path) -> None:
    plate = response_plate(content(tmp_path, CURVES, failed=(2,)))
    assert plate is not None
    voltage, loss = plate.figure.axes
    slow, fast = (container[0] for container in voltage.containers)
    assert fast.get_xdata() == pytest.approx([1.0, 10**0.5, 10.0, 10**1.5, 100.0], rel=1e-5)
    assert list(fast.get_ydata()) == pytest.approx(list(2.0 / fast.get_xdata()))
    assert len(slow.get_xdata()) == 4  # one failed
    (crosses,) = [line for line in voltage.lines if line.get_marker() == "x"]
    assert crosses.get_xdata() == pytest.approx([10**0.5], rel=1e-5)
    assert voltage.get_xscale() == "log"
    assert voltage.get_ylabel() == "Voltage at the end (V)"
    assert voltage.get_xlabel().startswith("Exchange current density")
    assert "Ionic ohmic loss" in loss.get_ylabel()
    (legend,) = plate.figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["slow", "fast"]


def test_two_factors_of_a_grid_are_a_field_with_gaps(tmp_path: Path) -> None:
    plate = response_plate(content(tmp_path, GRID, failed=(3,)))
    assert plate is not None
    voltage = plate.figure.axes[0]
    (field,) = voltage.collections
    values = np.ma.filled(np.ma.masked_invalid(field.get_array()), np.nan)
    expected = [[1.0, 0.1, 0.01], [1.0, np.nan, 0.01]]
    assert values.reshape(2, 3) == pytest.approx(np.array(expected), nan_ok=True)
    assert [text.get_text() for text in voltage.get_xticklabels()] == ["1", "10", "100"]
    assert [text.get_text() for text in voltage.get_yticklabels()] == ["25", "40"]


def test_two_factors_that_are_drawn_are_a_surface_and_its_points(tmp_path: Path) -> None:
    plate = response_plate(content(tmp_path, drawn("sobol", 32), failed=(0, 1)))
    assert plate is not None
    voltage = plate.figure.axes[0]
    contours, points = voltage.collections
    assert len(points.get_offsets()) == 30 and len(contours.get_paths()) > 3
    assert (voltage.get_xscale(), voltage.get_yscale()) == ("log", "linear")


def test_more_factors_are_scatter_over_each(tmp_path: Path) -> None:
    plate = response_plate(content(tmp_path, drawn("latin hypercube", 20, THREE)))
    assert plate is not None
    assert len(plate.figure.axes) == 6
    labels = [axes.get_xlabel().replace("\n", " ") for axes in plate.figure.axes[3:]]
    assert [label.partition(" (")[0] for label in labels] == [
        "Anode exchange current density",
        "Temperature",
        "Collector exchange current density",
    ]
    for axes in plate.figure.axes:
        (line,) = axes.lines
        assert len(line.get_xdata()) == 20


def test_indices_are_bars_with_confidence(tmp_path: Path) -> None:
    shown = content(tmp_path, drawn("saltelli", 16))
    plate = index_plate(shown.indices)
    assert plate is not None
    voltage, loss = plate.figure.axes
    assert len(voltage.patches) == 4 and len(voltage.containers) == 4
    first = [bar.get_width() for bar in voltage.patches[:2]]
    assert first == pytest.approx(list(shown.indices["First order"][:2]))
    total = [bar.get_width() for bar in loss.patches[2:]]
    assert total == pytest.approx([0.0, 1.0], abs=0.2)
    assert index_plate(shown.indices.iloc[:0]) is None


def test_the_page_lists_failures_and_all_runs(tmp_path: Path) -> None:
    _, result = made(tmp_path, CURVES, failed=(2,))
    result.write()
    text = (tmp_path / "out/study.html").read_text(encoding="utf-8")
    parsed = Page(text)
    assert parsed.sections == {"responses", "failures", "runs"}
    assert parsed.figures == ["responses"]
    assert "9 done, 1 failed" in text and GAVE_UP in text
    failures, _, runs = text.partition('id="runs"')
    assert failures.count("3.16228-A-m-2_slow") == 1
    assert runs.count('<th scope="row">') == 10
    assert "every combination of" in text


def test_before_the_first_run_the_page_says_so(tmp_path: Path) -> None:
    plan = ask(tmp_path, RESPONSES + GRID)
    (tmp_path / "out").mkdir()
    StudyResult(Study(plan), tmp_path / "out").write()
    text = (tmp_path / "out/study.html").read_text(encoding="utf-8")
    assert "6 missing" in text and "No run is done" in text


def test_labels_are_as_short_as_tells_them_apart() -> None:
    columns = [f"{ANODE} [A.m-2]", f"{COLLECTOR} [A.m-2]", 'interfaces."a|b.c".strength [MPa.m0.5]']
    assert list(factor_labels(columns).values()) == [
        "Anode exchange current density (A m$^{−2}$)",
        "Collector exchange current density (A m$^{−2}$)",
        "Strength (MPa m$^{0.5}$)",
    ]
    assert response_label("extremes: Contact fraction") == "Contact fraction"
    assert response_label("end: Voltage [V]") == "Voltage at the end (V)"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a study of 300 runs, some of which failed."""
    place = tmp_path_factory.mktemp("many")
    _, result = made(place, drawn("latin hypercube", 300, THREE), failed=(7, 100, 299))
    result.write()
    return place / "out/study.html"


def test_300_runs_are_one_small_page(many: Path) -> None:
    text = many.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_000_000
    assert Page(text).figures == ["responses"]
    assert text.partition('id="runs"')[2].count('<th scope="row">') == 300
    assert "297 done, 3 failed" in text
    assert not many.with_name("comparison.html").exists()


@pytest.mark.browser
def test_300_runs_open_at_once(many: Path, tmp_path: Path) -> None:
    with Browser(tmp_path / "profile") as browser:
        begun = time.perf_counter()
        browser.open(many)
        browser.wait("document.readyState === 'complete' && document.images[0].naturalWidth > 0")
        assert time.perf_counter() - begun < PATIENCE
        rows = browser.run("document.querySelectorAll('#runs tr').length")
        assert rows == 301
        assert browser.messages == []
        assert all(place.startswith(("file:", "data:")) for place in browser.requests)
