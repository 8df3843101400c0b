"""Progress lines, and what is said of work without any."""

import builtins
import os
import pty
import sys
import time
import types
from dataclasses import replace

import pytest

from ecmcell.output import Progress, SilentProgress, TimeStep
from ecmcell.output.progress import announced

STEP = TimeStep(
    step=2,
    steps=3,
    time=11109.0,
    voltage=3.87654,
    soc=0.505,
    dt=30.0,
    newton=4,
    krylov=31,
    fixed_point_iterations=3,
    fraction=0.416,
    left=190.4,
)


def test_no_terminal_gives_one_plain_line_a_step(capsys):
    progress = Progress("My [case]")
    progress.update(STEP)
    progress.note("Discharge [2 of 2]")
    progress.close()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "My [case]"
    for part in (
        "42 %",
        "about 0:03:10 left",
        "step 2 of 3",
        "3:05:09",
        "3.8765 V",
        "50.5 %",
        "dt 30 s",
        "newton 4",
        "krylov 31",
    ):
        assert part in lines[1]
    assert lines[2:] == ["Discharge [2 of 2]"]


def test_cell_without_active_material_has_no_state_of_charge(capsys):
    Progress("Membrane").update(replace(STEP, soc=float("nan")))
    line = capsys.readouterr().out.splitlines()[1]
    assert "SOC" not in line and "nan" not in line


def test_what_is_not_known_is_left_out():
    unknown = str(replace(STEP, fraction=float("nan"), left=float("nan")))
    assert unknown.startswith("step 2 of 3") and "left" not in unknown and "nan" not in unknown
    at_end = str(replace(STEP, fraction=1.0, left=0.0))
    assert at_end.startswith("100 %  step 2 of 3")


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


class Display:
    """What the front end of a notebook shows, and how often it was written."""

    def __init__(self):
        self.shown, self.made = [], 0

    def display(self, content, raw, display_id):
        assert raw and display_id
        self.made += 1
        self.shown.append(content)
        return self

    def update(self, content, raw):
        assert raw
        self.shown.append(content)


@pytest.fixture
def notebook(monkeypatch):
    """The kernel of a notebook, as Rich knows it: by the class of its shell."""
    shell = type("ZMQInteractiveShell", (), {})
    monkeypatch.setattr(builtins, "get_ipython", shell, raising=False)
    found = Display()
    module = types.SimpleNamespace(display=found.display)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return found


def test_notebook_rewrites_one_display_with_a_bar(notebook, capsys):
    progress = Progress("My [case]")
    progress.update(STEP)
    progress.update(replace(STEP, step=3, fraction=float("nan")))
    progress.note("Discharge ended")
    progress.close()
    assert capsys.readouterr().out.splitlines() == ["My [case]", "Discharge ended"]
    assert notebook.made == 1
    first, second = notebook.shown
    assert first["text/plain"] == str(STEP)
    assert '<progress value="0.4160">' in first["text/html"]
    assert "about 0:03:10 left" in first["text/html"]
    assert "step 3 of 3" in second["text/html"] and "<progress" not in second["text/html"]


@pytest.mark.parametrize(("rank", "said"), [(0, "making the mesh ...\n"), (1, "")])
def test_work_that_takes_long_is_announced_on_one_rank(monkeypatch, capsys, rank, said):
    monkeypatch.setattr("ecmcell.output.progress._LOGGED_DELAY", 0.01)
    with announced("making the mesh", rank):
        time.sleep(0.1)
        assert capsys.readouterr().out == said
    assert capsys.readouterr().out == ""


def test_work_that_is_soon_done_is_not_announced(monkeypatch, capsys):
    monkeypatch.setattr("ecmcell.output.progress._LOGGED_DELAY", 0.05)
    with pytest.raises(ZeroDivisionError), announced("making the mesh"):
        raise ZeroDivisionError
    time.sleep(0.1)
    assert capsys.readouterr().out == ""


def test_who_watches_is_told_earlier(monkeypatch, notebook, capsys):
    monkeypatch.setattr("ecmcell.output.progress._WATCHED_DELAY", 0.01)
    with announced("making the mesh"):
        time.sleep(0.1)
    assert capsys.readouterr().out == "making the mesh ...\n"


def _all_of(terminal):
    """What was written to a pseudo-terminal whose other end is closed; it may come in pieces."""
    text = b""
    try:
        while piece := os.read(terminal, 10000):
            text += piece
    except OSError:  # Linux says so at the end
        pass
    return text
