"""What a study asks: `study.toml` beside a case, read into one case a variation."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecmcell.case.faults import Fault, dotted, toml
from ecmcell.case.files.merge import merged
from ecmcell.case.files.toml_reader import read_toml, validate
from ecmcell.case.load import load_case
from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.study.axes import Axis, Point, axes_of, joined
from ecmcell.study.schema import Study

FILE = "study.toml"
_LARGEST_COUNT = 4096
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Variation:
    """One run of a study.

    Attributes:
        name: Name of its run directory.
        choices: What was chosen, by what is varied.
        case: The case that it runs.
        changes: What it lays over the case file.
    """

    name: str
    choices: dict[str, str]
    case: Case
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """All runs of a study, in order; the last that is varied changes fastest.

    Attributes:
        path: The file it came from.
        variations: Its runs.
        study: What the file asks.
    """

    path: Path
    variations: tuple[Variation, ...]
    study: Study

    @property
    def name(self) -> str:
        """Name of the case."""
        return self.variations[0].case.name

    def only(self, names: list[str]) -> "Plan":
        """The same with some of its runs; all of them if none is named.

        Raises:
            InputError: If one is not among them.
        """
        known = {variation.name: variation for variation in self.variations}
        for name in names:
            if name not in known:
                remedy = f"Its variations: {_some(list(known))}."
                raise InputError(self.path, "", f"no variation {toml(name)}", remedy)
        if not names:
            return self
        return Plan(self.path, tuple(known[name] for name in names), self.study)


def read_plan(directory: Path) -> Plan:
    """The study of a case.

    Args:
        directory: Directory with a `case.toml` and a `study.toml`, or the path of the latter.

    Raises:
        InputError: If anything in one of the cases cannot be done as asked.
    """
    path = directory / FILE if directory.is_dir() else directory
    study = validate(Study, read_toml(path), path, path.parent)
    variations: dict[str, Variation] = {}
    for point in _points(study, path):
        if point.name in variations or not _is_file_name(point.name):
            given = f'"{point.name[:80]}" would not do as the name of one directory'
            raise InputError(path, "vary", given, "Give its choices other names, in tables.")
        changes = merged(study.always, point.changes)
        case = load_case(path.parent, changes, f"{path} ({point.name})")
        variations[point.name] = Variation(point.name, dict(point.choices), case, changes)
    plan = Plan(path, tuple(variations.values()), study)
    _check_different(plan)
    return plan


def _points(study: Study, path: Path) -> list[Point]:
    """The product of all axes."""
    try:
        axes: list[Axis] = axes_of(study)
    except Fault as fault:
        raise InputError(path, dotted(fault.key), fault.given, fault.remedy) from None
    count = math.prod(map(len, axes))
    if count > _LARGEST_COUNT:
        given = f"{count} combinations"
        raise InputError(path, "vary", given, f"Ask for at most {_LARGEST_COUNT}.")
    return [joined(points) for points in itertools.product(*axes)]


def _is_file_name(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_NAME and not name.startswith(".")


def _check_different(plan: Plan) -> None:
    """Refuse two variations that ask the same: what tells them apart does nothing."""
    asked: dict[str, str] = {}
    for variation in plan.variations:
        same = asked.setdefault(variation.case.to_toml(), variation.name)
        if same != variation.name:
            given = f"{variation.name} asks the same as {same}"
            remedy = "Take one of them out, or let them differ in a key of the case."
            raise InputError(plan.path, "vary", given, remedy)


def _some(names: list[str]) -> str:
    """All names, or the first and the last of many."""
    return ", ".join(names if len(names) <= 20 else [*names[:10], "...", names[-1]])
