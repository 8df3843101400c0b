"""The Python interface, type-checked from outside as a user's program is."""

import os
import subprocess
import sys
from pathlib import Path

import ecmcell

PROGRAM = """
import ecmcell
from ecmcell import Case, Run, Simulation, open_run

case: Case = Case.load("cases/thin_film_control", {"cell.temperature": "60 degC"})
simulation = Simulation(case, functions={"phases.active.diffusivity": lambda temperature: 1e-14})
run: Run = simulation.run(callbacks=[lambda here: here.stop("at once")], output="runs/mine")
summary: dict[str, object] = run.summary
left: bool = simulation.step()
open_run("runs/mine").figures.index("voltage")

ecmcell.Case.load(3)  # type: ignore[arg-type]
ecmcell.Simulation("cases/thin_film_control")  # type: ignore[arg-type]
ecmcell.open_run("runs/mine").serie  # type: ignore[attr-defined]
ecmcell.Cell  # type: ignore[attr-defined]
"""


def test_a_program_is_checked(tmp_path: Path) -> None:
    """What is right passes, and what is wrong is found: an ignored line that is right is told."""
    (tmp_path / "program.py").write_text(PROGRAM)
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "ecmcell", "mypy")
    options = ["--strict", "--follow-imports", "silent", "--config-file", os.devnull]
    options += ["--cache-dir", str(kept)]  # what is imported is checked once
    found = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "program.py"],
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": str(Path(ecmcell.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
