"""The figures of uneven currents at lithium."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ecmcell.output import RunDirectory, StoredRun
from ecmcell.report import write_report
from ecmcell.report.drawing.style import styled
from ecmcell.report.sections.hotspots import hotspot_plates

EDGES = [0.0, 0.1, 0.2, 0.4, np.inf]


def write_run(path: Path, touches: bool, edges: Sequence[float] = EDGES) -> StoredRun:
    """Two stored states with three quarters of the footprint bare, or a run without such states."""
    run = RunDirectory(path)
    run.write_case('title = "spots"')
    run.write_provenance({})
    for time, factor in ((10.0, 3.0), (20.0, 5.0)):
        run.write_step(
            {
                "Time [s]": time,
                "Voltage [V]": 0.1,
                "Current density [mA.cm-2]": 0.1,
                "Anode hotspot factor": factor,
                "Anode constriction resistance [ohm.cm2]": 2.0 * factor,
            }
        )
        for k in range(4 if touches else 0):
            run.write_hotspots(
                {
                    "Time [s]": time,
                    "Electrode": "anode",
                    "From [mA.cm-2]": edges[k],
                    "To [mA.cm-2]": edges[k + 1],
                    "Fraction of contact": float(k == 2),
                    "Fraction of footprint": [0.75, 0.0, 0.25, 0.0][k],
                    "Fraction of current": float(k == 2),
                }
            )
    run.write_summary({"status": "done"})
    return StoredRun(path)


def test_the_last_histogram_is_drawn(tmp_path: Path) -> None:
    with styled():
        (plate,) = hotspot_plates(write_run(tmp_path / "run", touches=True))
    assert plate.name == "hotspots_anode"
    assert "after 20 s" in plate.caption and "75 % of the footprint" in plate.caption
    left, right, beside = plate.figure.axes
    contact, footprint = left.patches
    assert contact.get_data().values == pytest.approx([0.0, 100.0])
    assert footprint.get_data().values == pytest.approx([0.0, 25.0])
    assert contact.get_data().edges == pytest.approx([0.1, 0.2, 0.4])
    assert right.lines[0].get_ydata() == pytest.approx([3.0, 5.0])
    assert beside.lines[0].get_ydata() == pytest.approx([6.0, 10.0])


def test_a_run_without_them(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", touches=False)
    assert run.hotspots == {}
    assert hotspot_plates(run) == []


def test_the_page_has_them(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", touches=True)
    text = write_report(run.directory).read_text(encoding="utf-8")
    assert "Current at the lithium" in text
    assert (run.directory / "figures" / "hotspots_anode.svg").is_file()
