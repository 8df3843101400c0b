"""What verification tests show, written down by the call that asserts it.

`pytest tests/verification --verification FILE` writes it to FILE if all tests pass; without the
option nothing is written.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from _pytest.terminal import TerminalReporter

from ecmcell.output.provenance import versions

SECTIONS = (
    "Conduction",
    "Constriction",
    "Kinetics",
    "Salt",
    "Diffusion",
    "Diffusion-induced stress",
    "Eigenstrain",
    "Elasticity",
    "Plasticity",
    "Voids",
    "Cohesion",
    "Phase field",
    "Lithium",
    "Grain boundaries",
    "Leakage",
    "Heat",
    "Cell",
    "Balances",
    "Ranks",
)
"""Sections of the page, in order."""

_HEAD = """\
# Verification

Made by `make verification` with {versions}; not to be edited.

Every row was asserted by the test that its first column leads to, in the call that wrote the row:
the error is below the tolerance, and the order of convergence at least the one asked for. Errors
are relative to the exact value, absolute where that is zero. Where several meshes are named, the
cells of each are half as large as those of the one before; the value is that on the finest, the
order the lowest between any two that follow each other. Meshes are named by cells across the
length that matters (a radius, a layer) or by the size of cells.
"""
_COLUMNS = ("Quantity", "Mesh", "Value", "Exact", "Error", "Tolerance", "Order")
_rows = pytest.StashKey[list["Row"]]()


@dataclass(frozen=True)
class Row:
    """One line of the page.

    Attributes:
        section: Section that it belongs to.
        reference: Where the exact value comes from.
        test: File of the test.
        quantity: What was compared.
        mesh: On which mesh or meshes.
        value: What was found, on the finest mesh.
        exact: What it should be.
        errors: On each mesh; relative unless `exact` is zero.
        tolerance: Largest error allowed.
        min_order: Lowest order of convergence allowed, None on a single mesh.
    """

    section: str
    reference: str
    test: Path
    quantity: str
    mesh: str
    value: float
    exact: float
    errors: tuple[float, ...]
    tolerance: float
    min_order: float | None

    @property
    def order(self) -> float:
        """Lowest observed order of convergence."""
        errors = np.array(self.errors)
        return float(np.log2(errors[:-1] / errors[1:]).min())

    def cells(self, directory: Path) -> tuple[str, ...]:
        """Text of its columns on a page in a directory."""
        number = _number if self.exact == 0.0 else _fraction
        return (
            f"[{self.quantity}]({os.path.relpath(self.test, directory)})",
            self.mesh,
            f"{self.value:.6g}",
            f"{self.exact:.6g}",
            number(self.errors[-1]),
            number(self.tolerance),
            "" if self.min_order is None else f"{self.order:.2f} (≥ {self.min_order:g})",
        )


class Verify:
    """Asserts, and keeps what it has asserted.

    Args:
        section: Section of the page.
        reference: Where the exact values come from.
        test: File of the test.
        rows: Where rows are kept.
    """

    def __init__(self, section: str, reference: str, test: Path, rows: list[Row]):
        assert section in SECTIONS, section
        self._section, self._reference, self._test, self._rows = section, reference, test, rows

    def __call__(
        self,
        quantity: str,
        found: npt.ArrayLike,
        exact: float,
        tolerance: float,
        mesh: str = "",
        order: float | None = None,
        finest: int = 1,
    ) -> None:
        """Assert that what was found is right within a tolerance, and converges.

        Args:
            quantity: What is compared, with its unit.
            found: The value, or several that should be the same; the row shows the worst. With an
                order one such entry for each mesh, with cells half as large as the one before.
            exact: What it should be.
            tolerance: Largest error allowed, relative unless `exact` is zero.
            mesh: On which mesh or meshes.
            order: Lowest order of convergence allowed between two meshes that follow each other.
            finest: On how many of the finest meshes the error must be below the tolerance.
        """
        values = np.asarray(found, dtype=float)
        values = values.reshape(1 if order is None else len(values), -1)
        errors = np.abs(values - exact) / (abs(exact) or 1.0)
        rows = [
            Row(
                self._section,
                self._reference,
                self._test,
                quantity,
                mesh,
                float(value[-1]),
                float(exact),
                tuple(error.tolist()),
                tolerance,
                order,
            )
            for value, error in zip(values.T, errors.T, strict=True)
        ]
        what = f"{quantity}: {found} instead of {exact:g}"
        assert errors[-finest:].max() <= tolerance, f"{what}, errors {errors} above {tolerance:g}"
        if order is not None:
            lowest = min(row.order for row in rows)
            assert lowest >= order, f"{what}, order {lowest:.2f} below {order:g}"
        self._rows.append(max(rows, key=lambda row: row.errors[-1]))


def page(rows: Sequence[Row], directory: Path) -> str:
    """The page, as Markdown, that will lie in a directory."""
    known = versions()
    named = {"ecmcell": "ecmcell", "dolfinx": "DOLFINx", "petsc": "PETSc"}
    told = [f"{name} {known[key]}" for key, name in named.items() if key in known]
    text = [_HEAD.format(versions=", ".join(told))]
    for section in SECTIONS:
        of_section = [row for row in rows if row.section == section]
        if of_section:
            text.append(f"## {section}\n")
        for reference in dict.fromkeys(row.reference for row in of_section):
            lines = [row.cells(directory) for row in of_section if row.reference == reference]
            linked = re.sub(r"doi:(\S*\w)", r"[doi:\1](https://doi.org/\1)", reference)
            text.append(f"{linked[0].upper()}{linked[1:]}:\n")
            rule = tuple("---" for _ in _COLUMNS)
            text.extend(f"| {' | '.join(cells)} |" for cells in (_COLUMNS, rule, *lines))
            text.append("")
    return "\n".join(text)


def _fraction(value: float) -> str:
    """A relative number as people read it."""
    return f"{100.0 * value:.2g} %" if value >= 1e-5 else _number(value)


def _number(value: float) -> str:
    """Two digits, with an exponent only where that is shorter."""
    return re.sub(r"e([+-])0*", lambda sign: f"e{sign[1].strip('+')}", f"{value:.2g}")


# Of pytest, by way of conftest.py


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes the page."""
    parser.addoption(
        "--verification", type=Path, metavar="FILE", help="write what the tests show to FILE"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin without rows."""
    config.stash[_rows] = []


@pytest.fixture
def verify(request: pytest.FixtureRequest) -> Verify:
    """Asserts for the page; the marker `reference` names the section and the source."""
    section, reference = request.node.get_closest_marker("reference").args
    return Verify(section, reference, request.path, request.config.stash[_rows])


def pytest_terminal_summary(
    terminalreporter: TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Write the page if it was asked for and all is well."""
    path = config.getoption("--verification")
    if path is None:
        return
    if exitstatus != 0:
        terminalreporter.write_line(f"{path} is left as it was: not all tests passed")
        return
    rows = config.stash[_rows]
    path.write_text(page(rows, path.resolve().parent))
    terminalreporter.write_line(f"{path}: {len(rows)} rows")
