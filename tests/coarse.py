"""Figures as coarse as most tests can do with: a page of those for papers takes half a minute."""

from collections.abc import Iterator
from pkgutil import resolve_name
from typing import Any

import pytest

__all__ = ["coarse_figures", "fine_figures"]

_COARSE = {
    "ecmcell.report.drawing.style._DOTS": 100,
    "ecmcell.report.page._RESOLUTIONS": (100, 75, 50),
    "ecmcell.report.drawing.plane._FIELD_PIXELS": 300,
    "ecmcell.report.drawing.space._PIXELS": 400,
    "ecmcell.report.sections.critical_current._DOTS": 100,
}


@pytest.fixture(scope="module", autouse=True)
def coarse_figures() -> Iterator[dict[str, Any]]:
    """Figures of reports have a third of their pixels along each side; gives what is otherwise."""
    fine = {name: resolve_name(name) for name in _COARSE}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _COARSE.items():
            patch.setattr(name, value)
        yield fine


@pytest.fixture
def fine_figures(coarse_figures: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of reports have all their pixels."""
    for name, value in coarse_figures.items():
        monkeypatch.setattr(name, value)
