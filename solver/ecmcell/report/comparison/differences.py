"""What differs between the cases of several runs."""

import json
from collections.abc import Iterator, Mapping, Sequence

ABSENT = "–"
_ORIGIN = ("source", "assumed", "note", "set_by")  # says where a value is from, not what it is
_ELSEWHERE = ("title",)
_LONGEST = 8  # entries of a list that are shown


def differences(cases: Sequence[Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
    """The keys whose values are not the same in all cases.

    A value is compared without its source. Of two materials of different names only these count.

    Returns:
        Dotted key, as in `case.toml`, and the value of every case in short.
    """
    flat = [dict(_leaves(case)) for case in cases]
    tables = list(dict.fromkeys(key.split(".")[0] for leaves in flat for key in leaves))
    keys = sorted(
        dict.fromkeys(key for leaves in flat for key in leaves),
        key=lambda key: tables.index(key.split(".")[0]),
    )
    differing = [key for key in keys if len({json.dumps(leaves.get(key)) for leaves in flat}) > 1]
    renamed = tuple(f"{key.removesuffix('name')}" for key in differing if key.endswith(".name"))
    return {
        key.removesuffix(".name"): tuple(
            _short(leaves[key]) if key in leaves else ABSENT for leaves in flat
        )
        for key in differing
        if key not in _ELSEWHERE and (key.endswith(".name") or not key.startswith(renamed))
    }


def _leaves(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted keys and plain values; a value with a source is that value."""
    for key, value in table.items():
        if not isinstance(value, Mapping):
            yield prefix + key, value
            continue
        known = {name: entry for name, entry in value.items() if name not in _ORIGIN}
        if known.keys() == {"value"}:
            yield prefix + key, known["value"]
        else:
            yield from _leaves(known, f"{prefix}{key}.")


def _short(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case []:
            return "none"
        case list() if len(value) > _LONGEST:
            return f"{_short(value[0])} … {_short(value[-1])} ({len(value)})"
        case list():
            return "; ".join(_short(entry) for entry in value)
        case Mapping():
            return ", ".join(f"{key} {_short(entry)}" for key, entry in value.items())
    return str(value)
