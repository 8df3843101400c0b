"""Laws given as functions from Python stand in the place of numbers of a case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
import ufl
from tests.cli.workplace import RECIPE
from tests.unit.api.test_python import HERE, values

from ecmcell import Case, InputError, Run, Simulation
from ecmcell.case.files.merge import nested
from ecmcell.columns.losses import TRANSFER
from ecmcell.output import StoredRun
from ecmcell.output.repeat import check_inputs

PAIR = "interfaces.'active|catholyte'.exchange_current_density"
OPEN_CIRCUIT = "phases.active.open_circuit_voltage"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with a recipe."""
    (tmp_path / "meshes").mkdir()
    (tmp_path / HERE).write_text(tomli_w.dumps(RECIPE))
    return tmp_path


def run(place: Path, functions: dict[str, Callable[..., Any]], **overrides: Any) -> Run:
    """A minute of charge and ten seconds of rest with these laws."""
    changes = nested("physics.mechanics", False) | overrides
    return Simulation(Case.load(values(), changes, place), functions=functions).run()


def usual_kinetics(stoichiometry: Any, reference: Any) -> Any:
    """As the program has it, with a transfer coefficient of a half."""
    return 2.0 * reference * ufl.sqrt(stoichiometry * (1.0 - stoichiometry))


def test_the_usual_kinetics_written_anew_is_the_same_run(place: Path) -> None:
    before, after = (run(place, given).series for given in ({}, {PAIR: usual_kinetics}))
    assert after["Voltage [V]"].to_numpy() == pytest.approx(before["Voltage [V]"], rel=1e-9)


def test_kinetics_of_ones_own_take_what_is_known_by_name(place: Path) -> None:
    """A constant exchange current density so large that charge transfer takes next to nothing."""

    def fast(temperature: Any) -> Any:
        return 1e4 * temperature / 298.15

    slow, quick = (run(place, given).series for given in ({}, {PAIR: fast}))
    name = TRANSFER.header
    assert abs(quick[name].iloc[1]) < 1e-3 * abs(slow[name].iloc[1])


def test_an_open_circuit_voltage_is_read_into_the_case(place: Path) -> None:
    """At rest the cell has it; the run keeps it as a table."""

    def straight(stoichiometry: np.ndarray) -> np.ndarray:
        return 4.6 - 1.1 * stoichiometry

    found = run(place, {OPEN_CIRCUIT: straight})
    assert found.series["Voltage [V]"].iloc[0] == pytest.approx(4.6 - 1.1 * 0.9, abs=1e-9)
    curve = found.case.data.phases["active"].material.open_circuit_voltage
    assert curve is not None
    assert curve.at(0.5) == pytest.approx(4.05)
    assert curve.assumed


@pytest.mark.parametrize(
    ("key", "law", "unit"),
    [
        ("phases.separator.ionic_conductivity", lambda temperature: 0.25, "0.25 S/m"),
        ("phases.catholyte.electronic_conductivity", lambda temperature: 2.5, "2.5 S/m"),
        ("phases.active.diffusivity", lambda temperature: 3e-15, "3e-15 m^2/s"),
    ],
)
def test_a_function_of_the_temperature_is_that_number(
    place: Path, key: str, law: Callable[..., float], unit: str
) -> None:
    _, phase, name = key.split(".")
    overrides = {f"phases.{phase}.overrides.{name}": {"value": unit, "assumed": "so"}}
    changes: dict[str, Any] = {"physics.mechanics": False}
    told = Case.load(values(), changes | overrides, place)
    given = Simulation(Case.load(values(), changes, place), functions={key: law}).run().series
    assert Simulation(told).run().series["Voltage [V]"].to_numpy() == pytest.approx(
        given["Voltage [V]"], rel=1e-10
    )


def test_functions_are_kept_with_the_run_which_cannot_be_repeated_without(place: Path) -> None:
    found = run(place, {PAIR: usual_kinetics})
    kept: Any = found.provenance["functions"]
    told = kept["interfaces.active|catholyte.exchange_current_density"]
    assert "ufl.sqrt" in told["source"]
    assert told["name"] == "usual_kinetics"
    with pytest.raises(InputError, match="functions from Python"):
        check_inputs(StoredRun(found.directory), ())


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ({"phases.active.difusivity": lambda temperature: 1.0}, "diffusivity"),
        ({"phases.active.diffusivity": lambda pressure: 1.0}, "may be temperature"),
        ({OPEN_CIRCUIT: lambda stoichiometry: stoichiometry * np.nan}, "finite"),
        ({OPEN_CIRCUIT: lambda stoichiometry: stoichiometry}, "voltage rises"),
        ({"cell.temperature": lambda: 300.0}, "no function can be given"),
    ],
)
def test_what_cannot_be_used_is_refused(
    place: Path, functions: dict[str, Callable[..., Any]], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        Simulation(Case.load(values(), directory=place), functions=functions)
