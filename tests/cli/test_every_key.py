"""Every key of every shipped case and recipe, dropped or altered: read, or refused in one line."""

import copy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from workplace import CASE, RECIPE, Workplace, on_ranks

from ecmcell.api.overview import overview
from ecmcell.case.load import load_case
from ecmcell.errors import InputError
from ecmcell.microstructure import check_source

ROOT = Path(__file__).parents[2]
CASES = sorted(ROOT.glob("cases/**/case.toml"))
RECIPES = sorted(ROOT.glob("meshes/*.toml"))
GONE = object()
ALTERED: list[Any] = [GONE, "5 furlong", -1]
RUNS = """
import sys
from ecmcell import cli
from ecmcell.cli import running
from ecmcell.runs.run import ProtocolDriver
ProtocolDriver.steps = lambda self: iter(())  # it has started: that is enough
running._report = lambda *_: None
for name in sys.argv[1:]:
    sys.argv = ["ecmcell", "run", name, "--output", f"runs/{name}"]
    running.MPI.COMM_WORLD.rank or print("@", name, file=sys.stderr, flush=True)
    code = cli.main()
    running.MPI.COMM_WORLD.rank or print("code", code, file=sys.stderr, flush=True)
"""


def keys(node: Any, above: tuple = ()) -> Iterator[tuple]:
    """The place of everything in a tree."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries:
        yield (*above, key)
        if isinstance(value, dict | list):
            yield from keys(value, (*above, key))


def altered(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The content with one key dropped or of another value, and what was done."""
    for place in keys(content):
        for value in ALTERED:
            changed: Any = copy.deepcopy(content)
            *above, last = place
            table = changed
            for key in above:
                table = table[key]
            if value is GONE:
                del table[last]
            else:
                table[last] = value
            yield f"{place}: {'gone' if value is GONE else value}", changed


def read(path: Path, content: dict[str, Any]) -> None:
    """What `ecmcell check` does; it may refuse, in one line."""
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    try:
        case = load_case(path.parent / "case.toml")
        check_source(case)
        overview(case)
    except InputError as error:
        message = str(error)
        assert message.isprintable(), message
        assert message[-1] in ".?", message
        assert error.given and error.remedy, message


def name_of(path: Path) -> str:
    """How a file is called in the list of tests."""
    return str(path.relative_to(ROOT).with_suffix("")).removesuffix("/case")


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_case(tmp_path: Path, path: Path) -> None:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for name in ("recipe", "file"):
        if name in content["mesh"]:
            content["mesh"][name] = str((path.parent / content["mesh"][name]).resolve())
    for what, changed in altered(content):
        try:
            read(tmp_path / "case.toml", changed)
        except Exception as error:
            raise AssertionError(what) from error
    assert [p.name for p in tmp_path.iterdir()] == ["case.toml"]


@pytest.mark.parametrize("path", RECIPES, ids=name_of)
def test_recipe(tmp_path: Path, path: Path) -> None:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    (tmp_path / "case.toml").write_text(
        'title = "A membrane"\n'
        'protocol = ["Rest for 1 s"]\n'
        'mesh.recipe = "recipe.toml"\n'
        'phases.separator.material = "Li6PS5Cl"\n'
        'boundaries.anode = { metal = "Li", exchange_current_density = "1 A/m^2" }\n'
        'boundaries.collector = { metal = "Li", exchange_current_density = "1 A/m^2" }\n'
        'cell.temperature = "25 degC"\n'
        "physics.mechanics = false\n"
    )
    for what, changed in altered(content):
        try:
            read(tmp_path / "recipe.toml", changed)
        except Exception as error:
            raise AssertionError(what) from error
    assert {p.name for p in tmp_path.iterdir()} == {"case.toml", "recipe.toml"}


@pytest.mark.parametrize(
    ("ranks", "every"),
    [
        (2, 23),
        pytest.param(1, 1, marks=pytest.mark.long),
        pytest.param(2, 1, marks=pytest.mark.long),
    ],
)
def test_runs(workplace: Workplace, ranks: int, every: int) -> None:
    """Each starts, or ends with one message and leaves nothing behind."""
    made = [(what, case, RECIPE) for what, case in altered(CASE)]
    made += [(what, CASE, recipe) for what, recipe in altered(RECIPE)]
    chosen = made[::every]
    for number, (_, case, recipe) in enumerate(chosen):
        (workplace.path / f"{number}").mkdir()
        workplace.write(f"meshes/{number}.toml", recipe)
        mesh = case.get("mesh")
        if isinstance(mesh, dict) and mesh.get("recipe") == CASE["mesh"]["recipe"]:
            case = case | {"mesh": mesh | {"recipe": f"../meshes/{number}.toml"}}
        workplace.write(f"{number}/case.toml", case)
    command = [*on_ranks(ranks), sys.executable, "-c", RUNS, *map(str, range(len(chosen)))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False)
    told = ended.stderr.split("@ ")[1:]
    assert [int(text.split()[0]) for text in told] == list(range(len(chosen))), ended.stderr
    for number, text in enumerate(told):
        what, (_, *messages, code) = chosen[number][0], text.splitlines()
        started = (workplace.path / f"runs/{number}/series.csv").exists()
        if code == "code 0":
            assert started and not messages, (what, text)
        else:
            assert code == "code 2", (what, text)
            assert len(messages) == 1 and messages[0].startswith("error: "), (what, text)
            assert not (workplace.path / f"runs/{number}").exists(), what
