"""What a run directory holds, seen by who wants to run a case there; for one rank."""

import tomllib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.microstructure import source_files
from ecmcell.output import StoredRun
from ecmcell.output.checkpoints import has_checkpoint
from ecmcell.output.lock import contents
from ecmcell.output.provenance import digest
from ecmcell.output.run import is_run

_SOURCES = ("recipe", "file")


class State(Enum):
    """What a run directory holds."""

    EMPTY = "nothing"
    BROKEN = "a run that did not come to its end, without a checkpoint"
    UNFINISHED = "a run that can go on"
    DONE = "a run that did come to its end"
    OTHER = "a run that asks something else"
    FOREIGN = "something that is no run"


def state_of(directory: Path, case: Case) -> State:
    """What a directory holds.

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
        if run.summary.get("status") == "done":
            return State.DONE
        return State.UNFINISHED if has_checkpoint(directory) else State.BROKEN
    except InputError:  # it has hardly begun
        return State.BROKEN


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
