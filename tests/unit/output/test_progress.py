"""Progress lines."""

import os
import pty
import sys
from dataclasses import replace

from ecmcell.output import Progress, SilentProgress, TimeStep

STEP = TimeStep(
    step=2,
    time=11109.0,
    voltage=3.87654,
    soc=0.505,
    dt=30.0,
    newton=4,
    krylov=31,
    fixed_point_iterations=3,
)


def test_no_terminal_gives_one_plain_line_a_step(capsys):
    progress = Progress("My [case]")
    progress.update(STEP)
    progress.note("Discharge [2 of 2]")
    progress.close()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "My [case]"
    for part in ("step 2", "3:05:09", "3.8765 V", "50.5 %", "dt 30 s", "newton 4", "krylov 31"):
        assert part in lines[1]
    assert lines[2:] == ["Discharge [2 of 2]"]


def test_cell_without_active_material_has_no_state_of_charge(capsys):
    Progress("Membrane").update(replace(STEP, soc=float("nan")))
    line = capsys.readouterr().out.splitlines()[1]
    assert "SOC" not in line and "nan" not in line


def test_silent_progress_prints_nothing(capsys):
    progress = SilentProgress()
    progress.update(STEP)
    progress.note("hello")
    progress.close()
    assert capsys.readouterr().out == ""


def test_terminal_gets_one_live_line(monkeypatch):
    """On a pseudo-terminal the line is rewritten in place and the notes stay above it."""
    parent, child = pty.openpty()
    with os.fdopen(child, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr("ecmcell.output.progress._watched", lambda: True)
        progress = Progress("My [case]")
        progress.update(STEP)
        progress.update(replace(STEP, step=3))
        progress.close()
    text = _all_of(parent).decode()
    os.close(parent)
    assert "My [case]" in text
    assert text.count("\n") < 4
    assert text.rindex("step 3") > text.index("step 2")


def _all_of(terminal):
    """What was written to a pseudo-terminal whose other end is closed; it may come in pieces."""
    text = b""
    try:
        while piece := os.read(terminal, 10000):
            text += piece
    except OSError:  # Linux says so at the end
        pass
    return text
