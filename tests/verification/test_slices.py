"""A long run in slices of wall time: as on a cluster that grants a part of it at a time.

They start `mpirun` themselves and belong to the serial suite.
"""

import signal
import time
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from tests.verification.test_killed import apart, rows, start
from tests.verification.test_runs import series

from cells import active, electrolyte, kinetics
from ecmcell.columns.run import MEMORY
from ecmcell.output import StoredRun

CYCLES, SLICES = 300, 10
RECIPE = {
    "recipe": "layered",
    "dimension": 2,
    "width": "2 um",
    "size": "1 um",
    "layers": [
        {"phase": "separator", "thickness": "2 um", "size": "1 um"},
        {"phase": "active", "thickness": "1 um", "size": "0.25 um"},
    ],
}


def write_case(path: Path) -> Path:
    """A flat cell of few unknowns, whose cycles are a handful of time steps each."""
    case = {
        "title": "cycles",
        "protocol": [
            {
                "repeat": CYCLES,
                "steps": ["Charge at 2C for 5 minutes", "Discharge at 2C for 5 minutes"],
            }
        ],
        "mesh": {"recipe": "mesh.toml"},
        "phases": {"active": active(), "separator": electrolyte()},
        "interfaces": {"active|separator": kinetics()},
        "boundaries": {
            "anode": {"metal": "Li", "exchange_current_density": "10 A/m^2"},
            "collector": {},
        },
        "cell": {"temperature": "25 degC"},
        "physics": {"mechanics": False},
        "time": {"voltage_tolerance": "0.1 V", "stoichiometry_tolerance": 0.1},
        "output": {"field_interval": "10 h"},
    }
    path.mkdir()
    (path / "mesh.toml").write_text(tomli_w.dumps(RECIPE))
    (path / "case.toml").write_text(tomli_w.dumps(case))
    return path


@pytest.mark.long
def test_three_hundred_cycles_in_ten_slices(tmp_path: Path) -> None:
    """The end is that of a run without a break; memory is that of the first slice."""
    case, whole, rest = write_case(tmp_path / "case"), tmp_path / "whole", tmp_path / "rest"
    process = start((case, {}), whole, 2)
    _, told = process.communicate()
    assert process.returncode == 0, told
    expected = series(whole)
    count = len(expected["Time [s]"])
    for part in range(1, SLICES):
        process = start((case, {}), rest, 2)
        while process.poll() is None and rows(rest) < part * count // SLICES:
            time.sleep(0.01)
        process.send_signal(signal.SIGUSR1)
        process.communicate()
        assert StoredRun(rest).summary["status"] == "interrupted"
    process = start((case, {}), rest, 2)
    _, told = process.communicate()
    assert process.returncode == 0, told
    found = series(rest)
    assert len(found["Time [s]"]) == count
    assert max(apart(found, expected).values()) < 1e-8
    assert len(StoredRun(rest).cycles["Cycle"]) == CYCLES
    assert len(StoredRun(rest).provenance["legs"]) == SLICES - 1

    memory = found[MEMORY.header]
    ends = np.flatnonzero(np.diff(memory) < 0.0)  # a new slice begins with less
    print(f"peak memory: {memory[0]:.3f} GB at the start, {memory.max():.3f} at most")
    assert memory.max() < 1.1 * memory[ends[0] if len(ends) else -1]
    kept = sum(path.stat().st_size for path in rest.glob("checkpoint/*"))
    print(f"{count} time steps, checkpoints of {kept / 1e3:.0f} kB")
    assert kept < 1e6
