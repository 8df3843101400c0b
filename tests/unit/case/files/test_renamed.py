"""Keys and values of earlier versions: each is refused, with what to write instead."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from ecmcell.case.faults import dotted
from ecmcell.case.files.renamed import CASE, RENAMED
from ecmcell.case.load import load_case
from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.microstructure.library import read_recipe
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.study.plan import read_plan

NAMES = {"phases": "separator", "interfaces": "active|catholyte", "boundaries": "anode"}
OLD = [(file, old, new) for file, names in RENAMED.items() for old, new in names.items()]
IN_CASES = [(old, new) for file, old, new in OLD if file == CASE]


def nested(old: str) -> tuple[dict[str, Any], list[str]]:
    """A file with nothing but an old name, and the key of it."""
    path, _, value = old.partition(" = ")
    first, *rest = path.split(".")
    key = [first, *(NAMES[first] if k == 0 and n == "*" else n for k, n in enumerate(rest))]
    key = ["filled_cracks" if name == "*" else name for name in key]
    content: Any = tomllib.loads(f"value = {value}")["value"] if value else "1"
    for name in reversed(key):
        content = {name: content}
    return content, key


def refused(error: InputError, where: object, key: list[str], new: str) -> bool:
    """Whether an error names the file, the key and what to write."""
    named = (error.where, error.key) == (str(where), dotted(key))
    return named and error.remedy == f"Write {new}." and error.given == "renamed in version 0.2.0"


@pytest.mark.parametrize(("old", "new"), IN_CASES)
def test_in_a_case(tmp_path: Path, old: str, new: str) -> None:
    content, key = nested(old)
    file = tmp_path / "case.toml"
    file.write_text(tomli_w.dumps(content))
    with pytest.raises(InputError) as caught:
        load_case(tmp_path)
    assert refused(caught.value, file, key, new)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("file", "old", "new"), [one for one in OLD if one[0] != CASE])
def test_in_a_recipe(tmp_path: Path, file: str, old: str, new: str) -> None:
    content, key = nested(old)
    recipe, case = tmp_path / "mesh.toml", tmp_path / "case.toml"
    recipe.write_text(tomli_w.dumps({"recipe": file, **content}))
    with pytest.raises(InputError) as caught:
        read_recipe(recipe, {}, case)
    assert refused(caught.value, recipe, key, new)
    recipe.write_text(tomli_w.dumps({"recipe": file}))
    with pytest.raises(InputError) as caught:
        read_recipe(recipe, content, case)
    assert refused(caught.value, case, ["mesh", "overrides", *key], new)


@pytest.mark.parametrize(("old", "new"), IN_CASES)
def test_in_a_study(tmp_path: Path, old: str, new: str) -> None:
    content, key = nested(old)
    (tmp_path / "case.toml").write_text('title = "A case"')
    study = {"vary": {"choice": {"first": content}}}
    (tmp_path / "study.toml").write_text(tomli_w.dumps(study))
    with pytest.raises(InputError) as caught:
        read_plan(tmp_path)
    assert refused(caught.value, f"{tmp_path / 'study.toml'} (first)", key, new)


def test_all_that_is_renamed_is_named_at_once(tmp_path: Path) -> None:
    text = '[time]\nsmallest_step = "1 s"\nlargest_step = "9 s"\n[cell]\nsides = "symmetric"\n'
    (tmp_path / "case.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_case(tmp_path)
    others = "Also write min_step for time.smallest_step. Also write max_step for time.largest_step"
    assert caught.value.key == "cell.sides"
    assert f'Write "roller". {others}' in caught.value.remedy


@pytest.mark.parametrize(("file", "old", "new"), OLD)
def test_the_present_name_is_one_of_the_schema(file: str, old: str, new: str) -> None:
    model = Case if file == CASE else RECIPES[file]
    schema = json.dumps(model.model_json_schema())
    name = old.partition(" = ")[0].split(".")[-1]
    assert json.dumps(json.loads(new) if new.startswith('"') else new) in schema
    assert name != new
