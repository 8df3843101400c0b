"""Whatever is in a case file, it loads or is refused in one line."""

import copy
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from tests.unit.case.test_case import TEXT

from ecmcell.case.load import load_case
from ecmcell.errors import InputError

VALUES: list[Any] = [0, 1, -1, 10**400, 1.5, float("nan"), float("inf"), True]
VALUES += ["", "x", "\0", "a\nb", "5 MPa", "nan K", "-1 K", "1e400 m", "NMC811", "x" * 500]
VALUES += ["/dev/null", "x\0.toml", "x" * 400 + ".toml", "../" * 50 + "etc/passwd.toml"]
VALUES += [[], {}, [1], [[1]], ["x"], {"a": 1}, {"value": "x"}, {"material": "Li"}]
KEYS = ["x", "", "a b", "a|b", "active|separator", "\0", "overrides", "material", "bonded"]


def keys(node: object, above: tuple = ()) -> Iterator[tuple]:
    """The place of everything in a tree."""
    if above:
        yield above
    if isinstance(node, dict):
        for key, value in node.items():
            yield from keys(value, (*above, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from keys(value, (*above, index))


def mutate(case: dict, chance: random.Random) -> None:
    """Remove, replace or add something somewhere."""
    *above, last = chance.choice(list(keys(case)))
    node: Any = case
    for key in above:
        node = node[key]
    match chance.randrange(4):
        case 0:
            del node[last]
        case 1 if isinstance(node, dict):
            node[chance.choice(KEYS)] = copy.deepcopy(chance.choice(VALUES))
        case _:
            node[last] = copy.deepcopy(chance.choice(VALUES))


@pytest.mark.parametrize("seed", range(20))
def test_mutated_case(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    (tmp_path / "recipe.toml").write_text('recipe = "layered"')
    file = tmp_path / "case.toml"
    for _ in range(10):
        case = tomllib.loads(TEXT)
        for _ in range(chance.randint(1, 2)):
            mutate(case, chance)
        file.write_text(tomli_w.dumps(case))
        try:
            loaded = load_case(tmp_path)
        except InputError as error:
            assert str(error).isprintable()
            assert str(error)[-1] in ".?"
        else:
            (tmp_path / "again.toml").write_text(loaded.to_toml())
            assert load_case(tmp_path / "again.toml").model_dump() == loaded.model_dump()
