"""What became of the runs of a study so far."""

import json
import tomllib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.microstructure import source_files
from ecmcell.output import StoredRun
from ecmcell.output.lock import contents
from ecmcell.output.provenance import digest
from ecmcell.output.run import is_run
from ecmcell.study.plan import Plan, Variation

_SOURCES = ("recipe", "file")


class State(Enum):
    """What the directory of a variation holds."""

    EMPTY = "nothing"
    BROKEN = "a run that did not come to its end"
    DONE = "a run that did"
    OTHER = "a run that asks something else"
    FOREIGN = "something that is no run"


def due(plan: Plan, directory: Path, overwrite: bool) -> tuple[Variation, ...]:
    """The variations that are still to run; to be called on one rank, changes nothing.

    Args:
        plan: The study.
        directory: Where its run directories are.
        overwrite: Whether runs that ask something else may give way.

    Raises:
        InputError: If one is in the way.
    """
    return tuple(v for v in plan.variations if is_due(v, directory, overwrite))


def is_due(variation: Variation, directory: Path, overwrite: bool) -> bool:
    """Whether a variation is still to run; to be called on one rank, changes nothing.

    Args:
        variation: What is to run.
        directory: Where the run directories are.
        overwrite: Whether a run that asks something else may give way.

    Raises:
        InputError: If something is in the way.
    """
    place = directory / variation.name
    state = state_of(place, variation.case)
    if state is State.FOREIGN:
        raise InputError(place, "", f"it holds {state.value}", "Give another --output.")
    if state is State.OTHER and not overwrite:
        remedy = "Give another --output, or --overwrite to replace it."
        raise InputError(place, "", f"it holds {state.value} than the study", remedy)
    return state is not State.DONE


def state_of(directory: Path, case: Case) -> State:
    """What the directory of a variation holds.

    Args:
        directory: Where its run goes; need not exist.
        case: What it is to run.
    """
    if not directory.exists() or (directory.is_dir() and not contents(directory)):
        return State.EMPTY
    if not is_run(directory):
        return State.FOREIGN
    try:
        run = StoredRun(directory)
        if not _asks(run, case):
            return State.OTHER
        return State.DONE if run.summary.get("status") == "done" else State.BROKEN
    except InputError:  # it has hardly begun
        return State.BROKEN


def told(directory: Path, case: Case) -> str:
    """What there is of the run of a variation, in a few words; arguments as those of `state_of`."""
    match state_of(directory, case):
        case State.EMPTY:
            return "not run"
        case State.DONE:
            return "done"
        case State.BROKEN:
            return ending(directory)[0] or "not finished"
        case other:
            return other.value


def ending(directory: Path) -> tuple[str, str]:
    """How a run that is not done ended, and why: both empty where it did not come to say so."""
    try:
        summary = json.loads((directory / "summary.json").read_text(encoding="utf-8"))
        return str(summary["status"]), str(summary.get("reason", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def _asks(run: StoredRun, case: Case) -> bool:
    """Whether a run was made from the same values and the same files."""
    recorded = run.provenance.get("inputs")
    if not isinstance(recorded, Mapping) or not run.case_text:
        return False
    files = {file: digest(file) for file in (*source_files(case), *case.files[1:])}
    places = {content: Path(name) for name, content in recorded.items()}
    copies = {file: places[content] for file, content in files.items() if content in places}
    texts = run.case_text, case.to_toml(copies)
    kept, asked = (_without_source(tomllib.loads(text)) for text in texts)
    return set(files.values()) <= places.keys() and kept == asked


def _without_source(content: dict[str, Any]) -> dict[str, Any]:
    """A resolved case but for where the file of its mesh lies."""
    mesh = {key: value for key, value in content["mesh"].items() if key not in _SOURCES}
    return content | {"mesh": mesh}
