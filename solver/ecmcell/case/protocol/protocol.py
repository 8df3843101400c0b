"""A protocol: its steps, and loops of steps."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.case.protocol.parser import EXAMPLES, parse_step
from ecmcell.case.protocol.step import Step

_DEEPEST_LOOP = 2
_LONGEST_PROTOCOL = 10_000


class Steps(tuple[Step, ...]):
    """All steps of a protocol, its loops unrolled.

    Attributes:
        written: The protocol as a file gives it, with its loops.
    """

    written: list[Any]


def read_protocol(given: object, directory: Path) -> Steps:
    """The steps of a protocol as a file gives them.

    Args:
        given: A list of sentences, of loops `{repeat = 10, steps = [...]}`, and of drive cycles
            with their values, `{step = "Run name (mA/cm2)", time = [...], value = [...]}`.
        directory: What the files of drive cycles are relative to.

    Raises:
        Fault: If something in it cannot be understood.
    """
    unrolled = []
    for step in _steps(given, (), directory, 0):
        unrolled.append(step)
        if len(unrolled) > _LONGEST_PROTOCOL:
            what = f"a protocol of more than {_LONGEST_PROTOCOL} steps"
            raise Fault(what, "Repeat less.", step.key)
    steps = Steps(unrolled)
    steps.written = _written(given, (), {step.key: step for step in steps})
    return steps


def _written(given: Any, key: tuple[str | int, ...], steps: dict[tuple, Step]) -> list[Any]:
    """A protocol with the values of its drive cycles instead of their files."""
    return [
        step.written()
        if (step := steps.get((*key, k)))
        else entry | {"steps": _written(entry["steps"], (*key, k, "steps"), steps)}
        for k, entry in enumerate(given)
    ]


def _steps(
    given: object, key: tuple[str | int, ...], directory: Path, depth: int
) -> Iterator[Step]:
    if not isinstance(given, list | tuple):
        remedy = f"Give a list, e.g. [{EXAMPLES['charge']}]."
        raise Fault(f"{toml(given)} is not valid", remedy, key)
    if not given:
        raise Fault("[] is not valid", f"Give at least 1 step, e.g. {EXAMPLES['charge']}.", key)
    for index, entry in enumerate(given):
        here = (*key, index)
        if isinstance(entry, dict) and "step" not in entry:
            yield from _loop(entry, here, directory, depth)
            continue
        try:
            step = parse_step(entry, directory)
        except Fault as fault:
            raise Fault(fault.given, fault.remedy, (*here, *fault.key)) from None
        yield replace(step, key=here)


def _loop(
    entry: dict[str, Any], key: tuple[str | int, ...], directory: Path, depth: int
) -> Iterator[Step]:
    example = 'e.g. {repeat = 10, steps = ["Charge at 1C until 4.2 V", "Rest for 1 hour"]}'
    for name in entry:
        if name not in ("repeat", "steps"):
            remedy = suggest(name, ["repeat", "steps", "step", "time", "value"], "keys")
            raise Fault("unknown key", remedy, (*key, name))
    if depth == _DEEPEST_LOOP:
        raise Fault("a loop in a loop in a loop", "Nest loops once at most.", key)
    count = entry.get("repeat")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= 10_000:
        given = "missing" if count is None else f"{toml(count)} is not valid"
        raise Fault(given, f"Give a whole number from 1, {example}.", (*key, "repeat"))
    if "steps" not in entry:
        raise Fault("missing", f"Give the steps to repeat, {example}.", (*key, "steps"))
    once = list(_steps(entry["steps"], (*key, "steps"), directory, depth + 1))
    for _ in range(count):
        yield from once


def protocol_schema() -> dict[str, Any]:
    """The JSON schema of a protocol."""
    examples = [example.strip('"') for example in EXAMPLES.values()]
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 2}
    sentence = {"type": "string", "description": "A step.", "examples": examples}
    cycle = {
        "type": "object",
        "description": "A drive cycle with its values over time in s.",
        "properties": {"step": {"type": "string"}, "time": numbers, "value": numbers},
        "required": ["step", "time", "value"],
        "additionalProperties": False,
    }
    steps: dict[str, Any] = {"type": "array", "minItems": 1, "items": {"anyOf": [sentence, cycle]}}
    for _ in range(_DEEPEST_LOOP):
        loop = {
            "type": "object",
            "description": "Steps to repeat.",
            "properties": {"repeat": {"type": "integer", "minimum": 1}, "steps": steps},
            "required": ["repeat", "steps"],
            "additionalProperties": False,
        }
        steps = {"type": "array", "minItems": 1, "items": {"anyOf": [sentence, cycle, loop]}}
    return steps
