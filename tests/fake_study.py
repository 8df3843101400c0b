"""A study of a small case whose runs are written by hand, and not computed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from ecmcell.microstructure import source_files
from ecmcell.output import RunDirectory
from ecmcell.output.provenance import digest
from ecmcell.output.text_files import write_json
from ecmcell.study import Plan, Variation, read_plan

RECIPE = {
    "recipe": "layered",
    "dimension": 2,
    "width": "4 um",
    "size": "2 um",
    "layers": [{"phase": "separator", "thickness": "4 um", "size": "2 um"}],
}
LITHIUM = {"metal": "Li", "exchange_current_density": {"value": "10 A/m^2", "assumed": "fast"}}
CASE: dict[str, Any] = {
    "title": "A membrane",
    "protocol": ["Discharge at 0.5 mA/cm2 for 1 minute"],
    "mesh": {"recipe": "layers.toml"},
    "phases": {"separator": {"material": "Li6PS5Cl"}},
    "boundaries": {"anode": LITHIUM, "collector": LITHIUM},
    "cell": {"temperature": "25 degC"},
    "physics": {"mechanics": False},
}
ANODE = "boundaries.anode.exchange_current_density"
COLLECTOR = "boundaries.collector.exchange_current_density"
VOLTAGE = "end: Voltage [V]"
GAVE_UP = "the solver gave up at 7 s: too hard"


def write_case(place: Path) -> None:
    """Write the case and its recipe."""
    for name, content in (("case", CASE), ("layers", RECIPE)):
        (place / f"{name}.toml").write_text(tomli_w.dumps(content))


def ask(place: Path, study: str) -> Plan:
    """The plan of a study of the case."""
    write_case(place)
    (place / "study.toml").write_text(study)
    return read_plan(place)


def fake_runs(
    plan: Plan,
    directory: Path,
    response: Callable[[Variation], Mapping[str, float]],
    failed: tuple[str, ...] = (),
) -> None:
    """Write a finished run of each variation, whose last row holds what a function says."""
    for variation in plan.variations:
        fake_run(variation, directory, response(variation), variation.name not in failed)


def fake_run(
    variation: Variation, directory: Path, row: Mapping[str, float], done: bool = True
) -> None:
    """Write the run of one variation, done or given up."""
    run, case = RunDirectory(directory / variation.name), variation.case
    sources = source_files(case)
    copies = run.keep([sources, *((file,) for file in case.files)])
    run.write_case(case.with_source(copies[sources[0]]).to_toml(copies))
    there = ["case.toml", *(copy.as_posix() for copy in copies.values())]
    inputs = {name: digest(run.path / name) for name in there}
    write_json(run.path / "provenance.json", {"inputs": inputs})
    for time in (0.0, 60.0):
        start = {"Time [s]": time, "Step": 1, "Current density [mA.cm-2]": 0.5}
        run.write_step(start | {name: time / 60.0 * value for name, value in row.items()})
    ending = {"status": "done", "reason": ""} if done else {"status": "gave up", "reason": GAVE_UP}
    run.write_summary({"title": case.title, **ending, "time steps": 2, "wall time [s]": 1.5})
    run.log(ending["status"])
