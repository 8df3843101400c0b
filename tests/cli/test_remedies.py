"""What a message advises is tried: it mends what was complained of and leads in no circle."""

import re
import tomllib
from pathlib import Path
from typing import Any

from tests.cli.test_every_key import altered
from workplace import CASE, Workplace

from ecmcell.case.load import load_case
from ecmcell.errors import InputError

ADVICE = re.compile(r"([\w.]+ = (?:\"[^\"]*\"|\[[^\]]*\]|[\w+-]+(?:\.\d+)?))")


def complaint(workplace: Workplace, case: dict[str, Any]) -> InputError | None:
    """What is refused in a case; None if it is accepted."""
    workplace.write("case/case.toml", case)
    try:
        load_case(Path("case"))
    except InputError as error:
        return error
    return None


def followed(case: dict[str, Any], error: InputError) -> bool:
    """Write what the message says to write, where it says so; whether it says so."""
    advice = ADVICE.findall(error.remedy.split("Between two electrolytes")[-1])
    if not advice:
        return False
    ((name, value),) = tomllib.loads(advice[0]).items()
    place, above = [], tomllib.loads(f"{error.key} = 0")
    while isinstance(above, dict):
        ((key, above),) = above.items()
        place.append(key)
    table = case
    for key in place[:-1] if error.given.startswith("missing") or place[-1] == name else place:
        table = table.setdefault(key, {})
    table[name] = value
    return True


def test_values_that_are_advised_mend_what_is_missing(workplace: Workplace) -> None:
    """Files and materials are examples and may be others; every other value does."""
    mended = []
    for what, case in altered(CASE):
        first = complaint(workplace, case) if what.endswith("gone") else None
        if first is None or not ADVICE.search(first.remedy):
            continue
        if first.key.split(".")[-1] in ("recipe", "material"):
            continue
        said: list[str] = []
        while (error := complaint(workplace, case)) is not None:
            assert str(error) not in said, what
            said.append(str(error))
            assert followed(case, error), said
        mended.append(what)
    assert len(mended) > 8
