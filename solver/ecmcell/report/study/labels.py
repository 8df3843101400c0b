"""What columns of a study are called in figures."""

import re
from collections.abc import Sequence

from ecmcell.report.drawing.labels import axis_label, capital

_KINDS = {"end: ": " at the end", "extremes: ": ""}


def response_label(column: str) -> str:
    """A column of results, with its unit in brackets."""
    for kind, words in _KINDS.items():
        if column.startswith(kind):
            name, bracket, unit = column.removeprefix(kind).partition(" [")
            return axis_label(f"{name}{words}{bracket}{unit}")
    return axis_label(column)


def factor_labels(columns: Sequence[str]) -> dict[str, str]:
    """Keys with units as people say them: as few of their last parts as tell them apart."""
    for count in range(1, 10):
        labels = {column: _last(column, count) for column in columns}
        if len(set(labels.values())) == len(columns):
            break
    return labels


def _last(column: str, count: int) -> str:
    """The last parts of a dotted key, with the unit."""
    key, bracket, unit = column.partition(" [")
    parts = re.findall(r'"[^"]*"|[^."]+', key)[-count:]
    words = " ".join(part.strip('"').replace("_", " ") for part in parts)
    return axis_label(capital(words) + bracket + unit)
