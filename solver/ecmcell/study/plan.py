"""What a study asks: `study.toml` beside a case, read into one case a variation."""

import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ecmcell.case.faults import Fault, dotted, toml
from ecmcell.case.files.merge import merged, nested
from ecmcell.case.files.provenance import Frozen
from ecmcell.case.files.toml_reader import read_toml, validate
from ecmcell.case.load import load_case
from ecmcell.case.schema import Case
from ecmcell.errors import InputError

FILE = "study.toml"
_LARGEST_COUNT = 1000
_LONGEST_NAME = 200


def _choices(given: object) -> object:
    """The values of a key as they stand, or named tables of values."""
    if not isinstance(given, list | dict) or not given:
        remedy = 'Give a list of values, e.g. ["2 MPa", "20 MPa"], or a table of named tables.'
        raise Fault(f"{toml(given)} is not valid", remedy)
    for name, entry in given.items() if isinstance(given, dict) else ():
        if not isinstance(entry, dict):
            remedy = "Give the keys of the case that it changes, as in case.toml."
            raise Fault(f"{toml(entry)} is not valid", remedy, [name])
    return given


Choices = Annotated[list[Any] | dict[str, dict[str, Any]], BeforeValidator(_choices)]


class Study(Frozen):
    """Variations of a case: every combination of what is varied.

    Attributes:
        always: Keys of the case that all runs of the study change, as in case.toml.
        vary: Keys of the case in quotes with a list of their values, `"cell.stack_pressure" = ["2
            MPa", "20 MPa"]`; or any name with a table of named choices, each with the keys of the
            case that the choice changes, as in case.toml.
    """

    always: dict[str, Any] = Field(default={})
    vary: Annotated[dict[str, Choices], Field(min_length=1)]


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
    """

    path: Path
    variations: tuple[Variation, ...]

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
                remedy = f"Its variations: {', '.join(known)}."
                raise InputError(self.path, "", f"no variation {toml(name)}", remedy)
        return Plan(self.path, tuple(known[name] for name in names)) if names else self


def read_plan(directory: Path) -> Plan:
    """The study of a case.

    Args:
        directory: Directory with a `case.toml` and a `study.toml`, or the path of the latter.

    Raises:
        InputError: If anything in one of the cases cannot be done as asked.
    """
    path = directory / FILE if directory.is_dir() else directory
    study = validate(Study, read_toml(path), path, path.parent)
    factors = {key: _overlays(key, choices, path) for key, choices in study.vary.items()}
    count = math.prod(map(len, factors.values()))
    if count > _LARGEST_COUNT:
        given = f"{count} combinations"
        raise InputError(path, "vary", given, f"Ask for at most {_LARGEST_COUNT}.")
    variations: dict[str, Variation] = {}
    for combination in itertools.product(*(overlays.items() for overlays in factors.values())):
        choices = dict(zip(factors, (name for name, _ in combination), strict=True))
        name = "_".join(map(_slug, choices.values()))
        if name in variations or not 0 < len(name) <= _LONGEST_NAME or name.startswith("."):
            given = f'"{name[:80]}" would not do as the name of one directory'
            raise InputError(path, "vary", given, "Give its choices other names, in tables.")
        changes = merged(study.always, *(overlay for _, overlay in combination))
        case = load_case(path.parent, changes, f"{path} ({name})")
        variations[name] = Variation(name, choices, case, changes)
    return Plan(path, tuple(variations.values()))


def _overlays(key: str, choices: list[Any] | dict[str, Any], path: Path) -> dict[str, Any]:
    """What each choice changes, by its name."""
    if isinstance(choices, dict):
        return choices
    try:
        found = {_name(value): nested(key, value) for value in choices}
    except Fault as fault:
        raise InputError(path, dotted(["vary", key]), fault.given, fault.remedy) from None
    if len(found) < len(choices):
        raise InputError(path, dotted(["vary", key]), "a value is given twice", "Give each once.")
    return found


def _name(value: Any) -> str:
    """What a value is called: itself, or the text of a value with its origin."""
    if isinstance(value, Mapping) and "value" in value:
        return _name(value["value"])
    return str(value) if isinstance(value, str | int | float) else toml(value)


def _slug(name: str) -> str:
    """A name as part of the name of a directory."""
    return "-".join(piece for piece in re.split(r"[^\w.+-]+", name) if piece)
