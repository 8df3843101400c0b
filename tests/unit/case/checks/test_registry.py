"""Checks of a case register themselves and run in the order of their subjects."""

from pathlib import Path

import pytest

from ecmcell.case import checks
from ecmcell.case.checks import registry
from ecmcell.case.checks.registry import SUBJECTS, Checks


def test_every_module_of_checks_is_a_subject() -> None:
    folder = Path(checks.__file__).parent
    files = [path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py")]
    modules = {".".join(file.parts) for file in files if file.name != "__init__"}
    assert modules == {*SUBJECTS, "registry"}
    assert len(SUBJECTS) == len({*SUBJECTS})


def test_checks_run_by_subject_however_they_register() -> None:
    ran: list[str] = []
    some: Checks[[]] = Checks()
    for subject, name in (
        ("salt", "a"),
        ("phases", "b"),
        ("salt", "c"),
        ("mechanics.cohesion", "d"),
    ):

        def check(name: str = name) -> None:
            ran.append(name)

        check.__module__ = f"ecmcell.case.checks.{subject}"
        some(check)
    some.run()
    assert ran == ["b", "d", "a", "c"]


def test_a_subject_that_is_not_listed_is_refused() -> None:
    def check() -> None:
        """A check without a place."""

    with pytest.raises(ValueError, match="not in tuple"):
        registry.Checks[[]]()(check)
