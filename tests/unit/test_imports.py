"""The structure of the package: imports run downwards, and simulation knows no process by name."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import ecmcell
from ecmcell import processes
from ecmcell.processes.process import Process
from ecmcell.processes.registry import PROCESSES

ROOT = Path(ecmcell.__file__).parent
# Each package imports only those in the lines above it.
LEVELS = (
    {"columns"},
    {"case"},
    {"microstructure"},
    {"domain"},
    {"output"},
    {"physics", "numerics", "report"},
    {"processes"},
    {"simulation"},
    {"evaluation"},
    {"runs"},
    {"study", "homogenisation"},
    {"api"},
    {"cli"},
)
LEVEL = {name: number for number, names in enumerate(LEVELS) for name in names}


def imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, by their full names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ecmcell."):
            for alias in node.names:
                yield f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("ecmcell."))


@pytest.mark.parametrize("package", sorted(LEVEL))
def test_imports_run_downwards(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        for name in imported(path):
            other = name.split(".")[1]
            if other in LEVEL and other != package:
                assert LEVEL[other] < LEVEL[package], f"{path.relative_to(ROOT)} imports {name}"


def test_every_package_has_a_level() -> None:
    found = {path.parent.name for path in ROOT.glob("*/*.py")}
    assert found == {*LEVEL}


def test_every_folder_of_modules_is_a_package() -> None:
    """Else tools that look for packages pass it over."""
    folders = {path.parent for path in ROOT.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_simulation_imports_no_process() -> None:
    folders = {path.parent.name for path in (ROOT / "processes").glob("*/__init__.py")}
    assert len(folders) > 5
    for path in (ROOT / "simulation").glob("*.py"):
        for name in imported(path):
            parts = name.split(".")
            known = parts[1] == "processes" and parts[2] in folders
            assert not known, f"{path.name} imports {name}"


def test_every_process_is_listed_once() -> None:
    for module in pkgutil.walk_packages(processes.__path__, "ecmcell.processes."):
        importlib.import_module(module.name)
    assert len({*PROCESSES}) == len(PROCESSES)
    assert {*kinds(Process)} == {*PROCESSES}


def kinds(kind: type[Process]) -> Iterator[type[Process]]:
    """What can be made of a kind and those below it, of all that the package defines."""
    if not inspect.isabstract(kind):
        yield kind
    for child in kind.__subclasses__():
        if child.__module__.startswith("ecmcell."):
            yield from kinds(child)
