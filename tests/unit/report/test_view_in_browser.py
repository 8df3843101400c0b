"""The interactive view in a browser: it is drawn, and does what a person asks of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from browser import Browser
from ecmcell.output import StoredRun
from ecmcell.report import write_report
from ecmcell.report.interactive.view import view_text
from ecmcell.report.page import TEMPLATES
from synthetic_run import write_cube_run, write_synthetic_run

pytestmark = pytest.mark.browser

VIEW = "document.getElementById('view').view"
PLAIN = "{% extends 'base.html.j2' %}{% block body %}{{ view }}{% endblock %}"


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run in space."""
    path = tmp_path_factory.mktemp("block") / "run"
    write_cube_run(path, 12)
    return write_report(path, interactive=True)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the view of a run in the plane alone."""
    path = tmp_path_factory.mktemp("plane")
    write_synthetic_run(path / "run")
    page = path / "view.html"
    view = view_text(StoredRun(path / "run"))
    page.write_text(TEMPLATES.from_string(PLAIN).render(title="", view=view), encoding="utf-8")
    return page


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path / "profile") as opened:
        yield opened


def show(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.wait("document.getElementById('view')?.view !== undefined")


def drawn(browser: Browser) -> np.ndarray:
    return browser.picture("#view-canvas").astype(int)


def changed(before: np.ndarray, after: np.ndarray) -> float:
    """Fraction of the pixels that are others."""
    return float((np.abs(before - after).max(axis=2) > 8).mean())


def click(browser: Browser, selector: str, at: float = 0.5) -> None:
    """Click on an element, at a fraction of its width."""
    box = browser.box(selector)
    browser.press(box["x"] + at * box["width"], box["y"] + box["height"] / 2)


def choose(browser: Browser, selector: str, down: int) -> None:
    """Click on a list and go down in it by the keyboard."""
    click(browser, selector)
    for _ in range(down):
        browser.key("ArrowDown")
    browser.key("Enter")


@pytest.mark.parametrize("kind", ["block", "plane"])
def test_the_page_loads_without_a_fault_and_draws(
    browser: Browser, kind: str, request: pytest.FixtureRequest
) -> None:
    show(browser, request.getfixturevalue(kind))
    picture = drawn(browser)
    assert changed(np.full_like(picture, 255), picture) > 0.3
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100
    assert browser.messages == []
    assert {address.partition(":")[0] for address in browser.requests} <= {"file", "data"}


def test_a_click_changes_the_field(browser: Browser, block: Path) -> None:
    show(browser, block)
    before, label = drawn(browser), browser.run("document.getElementById('view-label').innerText")
    choose(browser, "#view-field", 2)
    assert label == "Lithium stoichiometry"
    assert browser.run("document.getElementById('view-label').innerText") == (
        "Hydrostatic stress (MPa)"
    )
    assert browser.run("document.getElementById('view-range').innerText").startswith(
        "In this state from −"
    )
    assert changed(before, drawn(browser)) > 0.2
    assert browser.messages == []


def test_the_state_is_chosen_and_its_range_told(browser: Browser, block: Path) -> None:
    show(browser, block)
    before = drawn(browser)
    click(browser, "#view-state", 0.02)
    assert browser.run("document.getElementById('view-state-name').innerText") == "0 s, start"
    assert browser.run("document.getElementById('view-range').innerText") == (
        "In this state from 0.8333 to 0.8667"
    )
    assert changed(before, drawn(browser)) > 0.05


def test_the_cut_shows_the_field_inside(browser: Browser, block: Path) -> None:
    show(browser, block)
    choose(browser, "#view-field", 4)  # the potential of the electrolyte, -x mV
    before = drawn(browser)
    click(browser, "#view-place", 0.8)
    place = browser.run(f"{VIEW}.cut.place")
    assert 14 < place < 18
    assert changed(before, drawn(browser)) > 0.05
    points = np.reshape(browser.run(f"Array.from({VIEW}.section.points)"), (-1, 3))
    values = np.array(browser.run(f"Array.from({VIEW}.section.values)"), dtype=float)
    np.testing.assert_allclose(points[:, 1], place, atol=1e-4)
    assert np.ptp(points, axis=0) == pytest.approx([40, 0, 20], abs=1e-3)
    known = np.isfinite(values) & (points[:, 0] > 4) & (points[:, 0] < 36)  # not at a limit
    assert known.mean() > 0.7
    np.testing.assert_allclose(values[known], -points[known, 0], atol=40 / 254)


def test_dragging_turns_and_a_button_turns_back(browser: Browser, block: Path) -> None:
    show(browser, block)
    before = drawn(browser)
    box = browser.box("#view-canvas")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    browser.press(x, y, (x + 40, y + 10), (x + 120, y + 30))
    assert changed(before, drawn(browser)) > 0.1
    click(browser, "#view-reset")
    assert changed(before, drawn(browser)) < 1e-3


def test_a_phase_can_be_taken_away(browser: Browser, block: Path) -> None:
    show(browser, block)
    before = drawn(browser)
    click(browser, "#view-phases label:nth-child(2) input")
    assert browser.run(f"[...{VIEW}.hidden]") == [1]
    assert changed(before, drawn(browser)) > 0.2


def test_interfaces_are_coloured_in_the_plane(browser: Browser, plane: Path) -> None:
    show(browser, plane)
    before = drawn(browser)
    last = browser.run("document.getElementById('view-field').length")
    choose(browser, "#view-field", last - 2)  # the last before the phases
    assert browser.run(f"{VIEW}.field.on_facets") is True
    assert changed(before, drawn(browser)) > 0.2
    assert browser.messages == []
