"""What other installed packages add to ecmcell, by their entry points.

A package names what it adds in its `pyproject.toml`:

    [project.entry-points."ecmcell.recipes"]
    checkerboard = "my_package.checkerboard:Checkerboard"
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ecmcell.errors import InputError

KEYS = "ecmcell.keys"
"""Models of tables `[extensions.NAME]` of a case: subclasses of `Frozen` or `Given`."""
COLUMNS = "ecmcell.columns"
"""Sequences of the `Column`s that processes tell in `series.csv`."""
PROCESSES = "ecmcell.processes"
"""Subclasses of `Process`."""
RECIPES = "ecmcell.recipes"
"""Subclasses of `Recipe`, by the name that a recipe file gives."""


def extensions(group: str, taken: Iterable[str] = ()) -> dict[str, Any]:
    """What packages add of one kind, by name.

    Args:
        group: One of the kinds above.
        taken: Names that ecmcell itself has given.

    Raises:
        InputError: If one of them cannot be loaded, or its name is taken.
    """
    found: dict[str, Any] = {}
    for entry in entry_points(group=group):
        if entry.name in found or entry.name in taken:
            raise _error(entry, "the name is taken")
        try:
            found[entry.name] = entry.load()
        except Exception as error:  # whatever a package does when it is imported
            raise _error(entry, f"it cannot be loaded: {error}") from error
    return found


def packages() -> dict[str, str]:
    """Versions of the packages that add anything, by name."""
    groups = (entry_points(group=group) for group in (KEYS, COLUMNS, PROCESSES, RECIPES))
    found = (entry.dist for entries in groups for entry in entries)
    return {package.name: package.version for package in found if package is not None}


def _error(entry: EntryPoint, given: str) -> InputError:
    package = entry.dist.name if entry.dist is not None else "a package"
    remedy = f"Mend or uninstall {package}."
    return InputError(package, f"{entry.group}.{entry.name}", given, remedy)
