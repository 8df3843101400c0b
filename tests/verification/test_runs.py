"""Whole runs from the command line: alike on all ranks, exact at cut-offs, honest in the end.

They start `mpirun` themselves and belong to the serial suite.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from cells import composite_interfaces, composite_phases
from ecmcell import Case, Simulation
from ecmcell.columns.run import MEMORY
from ecmcell.errors import SolverError
from ecmcell.numerics.linear import NotConverged
from ecmcell.simulation.protocol import ProtocolDriver
from ecmcell.simulation.time_stepper import AcceptedStep
from meshes import COMPOSITE
from record import Verify

EFFORT = {
    "Newton iterations",
    "Krylov iterations",
    "Fixed-point iterations",
    "Maximum linear iterations of electrochemistry",
    "Maximum linear iterations of mechanics",
    MEMORY.header,
}
HANDED_DOWN = ("OMPI_", "PMIX_", "PRTE_")  # by MPI to processes it started; not to new launchers
KEPT = ("OMPI_MCA_", "OMPI_ALLOW_", "PRTE_MCA_")


def write_case(directory: Path, **tables: Any) -> Path:
    """A small composite whose steps are long; returns the case directory."""
    (directory / "meshes").mkdir()
    (directory / "case").mkdir()
    (directory / "meshes" / "recipe.toml").write_text(tomli_w.dumps(COMPOSITE))
    case = {
        "title": "test",
        "mesh": {"recipe": "../meshes/recipe.toml", "seed": 1},
        "phases": composite_phases(),
        "interfaces": composite_interfaces(),
        "boundaries": {
            "anode": {"metal": "Li", "exchange_current_density": "10 A/m^2"},
            "collector": {},
        },
        "cell": {"temperature": "25 degC", "stack_pressure": "5 MPa"},
        "time": {
            "initial_step": "10 s",
            "voltage_tolerance": "20 mV",
            "stoichiometry_tolerance": 0.05,
        },
    }
    (directory / "case" / "case.toml").write_text(tomli_w.dumps(case | tables))
    return directory / "case"


# As `ecmcell run` does, but without the report, which takes longer than the small run itself.
PROGRAM = """
import sys
from ecmcell import Case, Simulation
Simulation(Case.load(sys.argv[1])).run(output=sys.argv[2])
"""


def launch(ranks: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python on some ranks."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(HANDED_DOWN) or name.startswith(KEPT)
    }
    environment["OMPI_MCA_mpi_yield_when_idle"] = "1"  # there may be fewer cores than ranks
    command = ["mpirun", "--oversubscribe", "-n", str(ranks), sys.executable]
    return subprocess.run(
        [*command, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=1800,  # on a machine that is busy ranks that yield take many times as long
        check=False,
    )


def series(output: Path) -> dict[str, np.ndarray]:
    """Columns of the series."""
    with (output / "series.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


Started = Callable[[int], dict[str, np.ndarray]]
RANKS = [2, pytest.param(3, marks=pytest.mark.long), pytest.param(4, marks=pytest.mark.long)]


def starter(case: Path) -> Started:
    """Runs a case on some ranks, once on each number of them, and reads the columns."""

    @cache
    def started(ranks: int) -> dict[str, np.ndarray]:
        output = case.parent / f"run{ranks}"
        ended = launch(ranks, "-c", PROGRAM, case, output)
        assert ended.returncode == 0, ended.stderr
        return series(output)

    return started


@pytest.fixture(scope="module")
def cycled(tmp_path_factory: pytest.TempPathFactory) -> Started:
    """A charge to a voltage, a hold, a discharge."""
    protocol = [
        "Charge at 1C until 4.1 V",
        "Hold at 4.1 V until C/2",
        "Discharge at 1C for 2 minutes",
    ]
    return starter(write_case(tmp_path_factory.mktemp("cycled"), protocol=protocol))


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Started:
    """A charge that parts interfaces."""
    interfaces, phases = composite_interfaces(), composite_phases()
    cohesion = {"mode_i_fracture_energy": "0.3 J/m^2", "viscosity": "10 s", "contact_gap": "20 nm"}
    interfaces["active|catholyte"] |= {"strength": "20 MPa", "cohesion": cohesion}
    phases["active"]["initial_stoichiometry"] = 0.8
    case = write_case(
        tmp_path_factory.mktemp("parted"),
        protocol=["Charge at 1C for 30 minutes"],
        phases=phases,
        interfaces=interfaces,
        time={
            "initial_step": "30 s",
            "voltage_tolerance": "20 mV",
            "stoichiometry_tolerance": 0.05,
            "damage_tolerance": 0.1,
        },
    )
    return starter(case)


def test_each_step_ends_at_its_cut_off(cycled: Started) -> None:
    """The last row of each is there: 1e-6 V of the voltage, 1e-6 of the current."""
    found = cycled(1)
    step, voltage = found["Step"], found["Voltage [V]"]
    current = found["Current density [mA.cm-2]"]
    assert voltage[step == 1][-1] == pytest.approx(4.1, abs=1e-6)
    assert (voltage[step == 1][:-1] < 4.1).all()
    assert voltage[step == 2] == pytest.approx(4.1, abs=1e-6)
    assert current[step == 2][-1] == pytest.approx(current[step == 1][-1] / 2, rel=1e-6)
    time = found["Time [s]"]
    assert time[-1] - time[step == 2][-1] == pytest.approx(120.0, rel=1e-9)
    assert found["Charge balance error"].max() <= 1e-8
    assert found["Lithium balance error"].max() <= 1e-8


@pytest.mark.parametrize("ranks", RANKS)
@pytest.mark.reference("Ranks", "a run on one rank")
def test_ranks_agree(cycled: Started, ranks: int, verify: Verify) -> None:
    """A charge to a voltage, a hold, a discharge: all columns alike to 1e-8."""
    first, found = cycled(1), cycled(ranks)
    assert {"Voltage [V]", "Hotspot factor", "Fraction below strength"} <= set(first)
    differences = {}
    for name in set(first) - EFFORT:
        size = np.nanmax(np.abs(first[name]))
        if name.endswith("balance error"):
            size = 1.0  # they are rounding themselves
        np.testing.assert_array_equal(np.isnan(found[name]), np.isnan(first[name]))
        differences[name] = np.nanmax(np.abs(found[name] - first[name])) / size
    worst = max(differences, key=differences.__getitem__)
    print(f"{ranks} ranks differ most in {worst}")
    title = f"{ranks} ranks: largest difference in series.csv, over the largest of its column"
    verify(title, differences[worst], 0.0, 1e-8)


@pytest.mark.parametrize("ranks", RANKS)
@pytest.mark.reference("Ranks", "a run on one rank")
def test_ranks_agree_where_interfaces_part(parted: Started, ranks: int, verify: Verify) -> None:
    """All columns to 1e-6 until damage begins, the damaged area to 1 % at the end.

    No linear solve takes more than 25 iterations, and half of the steps no more than 4 passes.
    """
    first, found = parted(1), parted(ranks)
    for run in (first, found):
        for solved in ("electrochemistry", "mechanics"):
            assert run[f"Maximum linear iterations of {solved}"].max() < 25
        assert np.median(run["Fixed-point iterations"]) <= 4
    whole = int(np.argmax(first["Debonded fraction"] > 0.0))
    assert whole >= 5
    assert first["Debonded fraction"][-1] > 0.5
    differences = {}
    for name in set(first) - EFFORT:
        ours, theirs = found[name][:whole], first[name][:whole]
        size = 1.0 if name.endswith("balance error") else np.nanmax(np.abs(first[name]))
        differences[name] = np.nanmax(np.abs(ours - theirs), initial=0.0) / (size or 1.0)
    title = f"{ranks} ranks, interfaces that part: "
    worst = max(differences.values())
    verify(title + "largest difference in series.csv until damage begins", worst, 0.0, 1e-6)
    damaged = found["Debonded fraction"][-1] / first["Debonded fraction"][-1]
    verify(title + "damaged area at the end, over that on one rank", damaged, 1.0, 0.01)


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_solver_that_gives_up_says_so(tmp_path: Path, ranks: int) -> None:
    """A discharge beyond the room there is: exit code 3, the series kept, the reason written."""
    case = write_case(tmp_path, protocol=["Discharge at 2C for 3 hours"])
    output = tmp_path / "run"
    ended = launch(ranks, "-m", "ecmcell", "run", case, "--output", output, "--no-report")
    assert ended.returncode == 3
    assert ended.stderr.count("the solver gave up") == 1
    summary = json.loads((output / "summary.json").read_text())
    assert summary["status"] == "gave up"
    assert "minimum time step" in summary["reason"]
    kept = series(output)
    assert len(kept["Time [s]"]) > 5
    assert kept["Mean stoichiometry"][-1] > 0.9
    assert np.isfinite(kept["Voltage [V]"]).all()


def test_no_exception_leaves_a_run_without_its_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in the protocol a solve fails: the program's exit code is 3, the reason is kept."""

    def fails(self: ProtocolDriver) -> Iterator[AcceptedStep]:
        raise NotConverged("somewhere")
        yield

    monkeypatch.setattr(ProtocolDriver, "steps", fails)
    case = Case.load(write_case(tmp_path, protocol=["Rest for 1 s"]))
    with pytest.raises(SolverError, match="somewhere") as failure:
        Simulation(case).run(output=tmp_path / "run")
    assert failure.value.exit_code == 3
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert (summary["status"], summary["reason"]) == ("gave up", "somewhere")


def test_rounding_that_is_accepted_is_told(tmp_path: Path) -> None:
    """Once, with the key that asks for less."""
    fast = {"exchange_current_density": "1e5 A/m^2"}
    interfaces = composite_interfaces()
    interfaces["active|catholyte"] |= fast
    del interfaces["active|catholyte"]["film_resistance"]
    case = Case.load(
        write_case(
            tmp_path,
            protocol=["Charge at C/100 for 10 s"],
            interfaces=interfaces,
            physics={"mechanics": False},
        )
    )
    Simulation(case).run(output=tmp_path / "run")
    assert (tmp_path / "run" / "log.txt").read_text().count("solver.newton_tolerance") == 1
