"""What became of the runs of a study so far."""

import json
from pathlib import Path

from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.runs.existing import State, state_of
from ecmcell.study.plan import Plan, Variation


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


def told(directory: Path, case: Case) -> str:
    """What there is of the run of a variation, in a few words; arguments as those of `state_of`."""
    match state_of(directory, case):
        case State.EMPTY:
            return "not run"
        case State.DONE:
            return "done"
        case State.BROKEN | State.UNFINISHED:
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
