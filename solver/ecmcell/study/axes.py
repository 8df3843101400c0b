"""Axes of a study: points that are named and change a case; a study is the product of its axes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from ecmcell.case.faults import Fault, dotted, toml
from ecmcell.case.files.merge import merged, nested
from ecmcell.study.ranges import Range
from ecmcell.study.sampling import unit_points
from ecmcell.study.schema import Study

_VARY = "vary"


@dataclass(frozen=True)
class Point:
    """A place on an axis.

    Attributes:
        name: Its part of the name of a run directory.
        choices: What is chosen, as text, by what is varied.
        changes: What it lays over the case file.
    """

    name: str
    choices: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


Axis = tuple[Point, ...]


def axes_of(study: Study) -> list[Axis]:
    """The axes of a study: what is listed, what is drawn, and its replicas.

    Raises:
        Fault: If they cannot be had as asked.
    """
    listed = {key: _listed(key, given) for key, given in study.vary.items() if _is_listed(given)}
    group_of = {name: group for group in study.zip for name in group}
    axes = [
        _zipped(group, listed) if key in group_of else listed[key]
        for key in listed
        if key == (group := group_of.get(key, (key,)))[0]
    ]
    axes += [drawn] if (drawn := _drawn(study)) else []
    axes += [replicas] if (replicas := _replicas(study)) else []
    _check_apart(axes)
    return axes


def slug(name: str) -> str:
    """A name as part of the name of a directory."""
    return "-".join(piece for piece in re.split(r"[^\w.+-]+", name) if piece)


def shown(value: Any) -> str:
    """What a value is called: itself, or the text of a value with its origin."""
    if isinstance(value, Mapping) and "value" in value:
        return shown(value["value"])
    return str(value) if isinstance(value, str | int | float) else toml(value)


def _is_listed(given: Any) -> bool:
    return isinstance(given, list | dict) or getattr(given, "count", None) is not None


def _listed(key: str, given: Any) -> Axis:
    """An axis of a list, of an evenly divided range or of named choices."""
    if isinstance(given, dict):
        return tuple(Point(slug(name), {key: name}, entry) for name, entry in given.items())
    values = given.values() if isinstance(given, Range) else given
    try:
        found = {shown(value): nested(key, value) for value in values}
    except Fault as fault:
        raise Fault(fault.given, fault.remedy, [_VARY, key]) from None
    if len(found) < len(values):
        raise Fault("a value is given twice", "Give each once.", [_VARY, key])
    return tuple(Point(slug(name), {key: name}, changes) for name, changes in found.items())


def _zipped(names: Sequence[str], listed: Mapping[str, Axis]) -> Axis:
    """Axes of the same length as one: first with first, second with second."""
    lengths = {name: len(listed[name]) for name in names}
    if len(set(lengths.values())) > 1:
        given = ", ".join(f"{dotted([name])} has {count}" for name, count in lengths.items())
        raise Fault(f"{given} choices", "Give all of them as many.", ["zip"])
    together = zip(*(listed[name] for name in names), strict=True)
    _check_apart([listed[name] for name in names])
    return tuple(joined(points) for points in together)


def joined(points: Sequence[Point]) -> Point:
    """Points of several axes as one; later changes are laid over earlier ones."""
    return Point(
        "_".join(filter(None, (point.name for point in points))),
        {key: text for point in points for key, text in point.choices.items()},
        merged({}, *(point.changes for point in points)),
    )


def _drawn(study: Study) -> Axis:
    """An axis of the points that are drawn from the ranges; empty if there are none."""
    if study.sample is None:
        return ()
    points = []
    for number, fractions in enumerate(unit_points(study.sample, len(study.ranges)), 1):
        values = {
            key: given.at(float(fraction))
            for (key, given), fraction in zip(study.ranges.items(), fractions, strict=True)
        }
        changes = merged({}, *(_nested(key, value) for key, value in values.items()))
        texts = {key: shown(value) for key, value in values.items()}
        points.append(Point(f"{number:04d}", texts, changes))
    return tuple(points)


def _replicas(study: Study) -> Axis:
    """An axis of seeds; empty if there is none."""
    if study.replicas is None:
        return ()
    keys = study.replicas.keys
    return tuple(
        Point(
            f"seed-{seed}",
            dict.fromkeys(keys, str(seed)),
            merged({}, *(_nested(key, seed, "replicas") for key in keys)),
        )
        for seed in study.replicas.seeds
    )


def _nested(key: str, value: Any, table: str = _VARY) -> dict[str, Any]:
    try:
        return nested(key, value)
    except Fault as fault:
        raise Fault(fault.given, fault.remedy, [table, key]) from None


def _check_apart(axes: Sequence[Axis]) -> None:
    """Refuse two axes that set the same key: the earlier of them would do nothing."""
    set_by = [{key for point in axis for key in _leaves(point.changes)} for axis in axes]
    for (one, first), (other, second) in combinations(zip(axes, set_by, strict=True), 2):
        for key in sorted(first & second):
            names = " and ".join(dotted([next(iter(axis[0].choices))]) for axis in (one, other))
            given = f"{names} both set {dotted(key)}"
            raise Fault(given, "Let one of them set it: what comes later would win.", [_VARY])


def _leaves(changes: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Keys of all values; a value with its origin is one."""
    for key, value in changes.items():
        if isinstance(value, Mapping) and value and "value" not in value:
            yield from ((key, *below) for below in _leaves(value))
        else:
            yield (key,)
