"""Runs that are killed at any moment, and go on from their directory on other ranks.

They start `mpirun` themselves and belong to the serial suite.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.verification.test_runs import EFFORT, HANDED_DOWN, KEPT, series, write_case

from cells import composite_interfaces, composite_phases

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from ecmcell import Case, Simulation
case = Case.load(sys.argv[1], json.loads(sys.argv[3]))
Simulation(case).run(output=sys.argv[2], restart=True)
"""
ROUNDING = 1e-6  # in the unit of each column: a stress where none is, a loss that there is not
OFTEN = {"output.checkpoint_interval": "1 ms"}
Asked = tuple[Path, Mapping[str, Any]]


def parting(path: Path) -> Asked:
    """A composite whose particles debond and crack."""
    interfaces, phases = composite_interfaces(), composite_phases()
    cohesion = {"mode_i_fracture_energy": "0.3 J/m^2", "viscosity": "10 s", "contact_gap": "20 nm"}
    interfaces["active|catholyte"] |= {"strength": "20 MPa", "cohesion": cohesion}
    cracking = {"fracture_toughness": "0.1 MPa*m^0.5", "regularisation_length": "0.6 um"}
    phases["active"] |= {"initial_stoichiometry": 0.8, "cracking": cracking}
    time = {"initial_step": "30 s", "voltage_tolerance": "20 mV", "stoichiometry_tolerance": 0.05}
    protocol = ["Charge at 1C for 25 minutes", "Discharge at 1C for 3 minutes"]
    return write_case(path, protocol=protocol, phases=phases, interfaces=interfaces, time=time), {}


def polymer(path: Path) -> Asked:
    """A composite in a polymer electrolyte whose salt moves."""
    phases = composite_phases()
    for name in ("catholyte", "separator"):
        phases[name] = {"material": "PEO-LiTFSI", "overrides": phases[name].get("overrides", {})}
    cell = {"temperature": "85 degC", "stack_pressure": "0.5 MPa"}
    protocol = [
        "Charge at C/2 for 20 minutes",
        "Rest for 5 minutes",
        "Discharge at C/2 for 1 minute",
    ]
    return write_case(path, protocol=protocol, phases=phases, cell=cell), {}


def plated(path: Path) -> Asked:
    """Lithium that is plated on a bare collector, and stripped until voids grow."""
    steps = ["Charge at 0.5 mA/cm2 for 10 minutes", "Discharge at 0.5 mA/cm2 for 8 minutes"]
    return ROOT / "cases/anode_free", {"protocol": steps}


def meshed(path: Path) -> Asked:
    """Foils of lithium that creep, with voids on their faces."""
    steps = ["Discharge at 0.5 mA/cm2 for 2 minutes", "Rest for 1 minute"]
    return ROOT / "cases/void_constriction_llzo", {"protocol": steps}


def filled(path: Path) -> Asked:
    """A crack that lithium fills and drives."""
    return ROOT / "cases/li_penetration", {"protocol": ["Charge at 0.5 mA/cm2 for 3 minutes"]}


def start(asked: Asked, output: Path, ranks: int) -> subprocess.Popen[str]:
    """Run a case on some ranks, or go on with it."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(HANDED_DOWN) or name.startswith(KEPT)
    }
    environment["OMPI_MCA_mpi_yield_when_idle"] = "1"
    case, changes = asked
    command = ["mpirun", "--oversubscribe", "-n", str(ranks)] if ranks > 1 else []
    command += [sys.executable, "-c", PROGRAM, str(case), str(output)]
    return subprocess.Popen(
        [*command, json.dumps(changes)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill(process: subprocess.Popen[str]) -> None:
    """Kill all ranks, and what has started them."""
    found = [process.pid]
    for number in found:
        for children in Path(f"/proc/{number}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    for number in reversed(found):
        os.kill(number, signal.SIGKILL)
    process.communicate()


def rows(output: Path) -> int:
    """How many whole rows the series has."""
    path = output / "series.csv"
    return path.read_bytes().count(b"\n") - 1 if path.exists() else 0


def run_with_kills(
    asked: Asked, output: Path, ranks: list[int], count: int, random: np.random.Generator
) -> int:
    """Kill a run each time it has taken some steps more; how often that was."""
    killed = 0
    for part, number in enumerate(ranks[:-1]):
        process = start(asked, output, number)
        wanted = max(count * (part + 1) // len(ranks), rows(output) + 1)
        while process.poll() is None and rows(output) < wanted:
            time.sleep(0.005)
        time.sleep(random.uniform(0.0, 0.3))
        if process.poll() is None:
            kill(process)
            killed += 1
    process = start(asked, output, ranks[-1])
    _, told = process.communicate()
    assert process.returncode == 0, told
    return killed


def apart(found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> dict[str, float]:
    """How far columns are apart, over the largest value of each.

    Left out is what is rounding, and where a maximum is: of values that are alike any is the first.
    """
    differences = {}
    for name in set(expected) - EFFORT:
        largest = np.nanmax(np.abs(expected[name]), initial=0.0)
        np.testing.assert_array_equal(np.isnan(found[name]), np.isnan(expected[name]))
        if largest > ROUNDING and not re.search(r"error$| hotspot [xyz] ", name):
            difference = np.nanmax(np.abs(found[name] - expected[name]), initial=0.0)
            differences[name] = float(difference / largest)
    return differences


KINDS = [parting, polymer, plated, meshed, filled]


@pytest.mark.long
@pytest.mark.parametrize("what", KINDS)
def test_a_killed_run_ends_alike(tmp_path: Path, what: Callable[[Path], Asked]) -> None:
    """On the same ranks, with a direct solver, which keeps nothing from the steps before."""
    case, changes = what(tmp_path)
    asked = case, {**changes, **OFTEN, "solver.linear": "direct"}
    assert worst(tmp_path, asked, [1, 1, 1]) < 1e-10


@pytest.mark.long
@pytest.mark.parametrize("what", KINDS)
def test_a_killed_run_ends_alike_on_others(tmp_path: Path, what: Callable[[Path], Asked]) -> None:
    """On other ranks each time, where damage has begun."""
    case, changes = what(tmp_path)
    assert worst(tmp_path, (case, {**changes, **OFTEN}), [2, 1, 3, 1, 2]) < 1e-5


def worst(path: Path, asked: Asked, ranks: list[int]) -> float:
    """The largest difference in the series of a run that is killed, from one that is not."""
    process = start(asked, path / "whole", ranks[0])
    _, told = process.communicate()
    assert process.returncode == 0, told
    expected = series(path / "whole")
    random = np.random.default_rng(len(ranks))
    killed = run_with_kills(asked, path / "rest", ranks, len(expected["Time [s]"]), random)
    assert killed == len(ranks) - 1
    found = series(path / "rest")
    assert len(found["Time [s]"]) == len(expected["Time [s]"])
    differences = apart(found, expected)
    largest = max(differences, key=differences.__getitem__)
    print(f"{differences[largest]:.1e} in {largest}")
    return differences[largest]
