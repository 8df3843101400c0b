"""Drive cycles from files: what they mean, and that wrong ones are refused with their place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.case.protocol.test_protocol import steps

from ecmcell.case.faults import Fault
from ecmcell.errors import InputError


@pytest.mark.parametrize(
    ("unit", "control", "of", "scale"),
    [
        ("mA/cm2", "current", "area", 10.0),
        ("A.m-2", "current", "area", 1.0),
        ("C", "current", "capacity", 1.0),
        ("nA", "current", "cell", 1e3),
        ("mV", "voltage", None, 1e-3),
        ("mW/cm2", "power", None, 10.0),
    ],
)
def test_drive_cycle_from_a_file(
    tmp_path: Path, unit: str, control: str, of: str | None, scale: float
) -> None:
    (tmp_path / "drive.csv").write_text("Time [s],Value\n# a remark\n0,1\n 10 ,-3\n\n20,2\n")
    (step,) = steps(f"Run drive.csv ({unit}) until 3 V", directory=tmp_path)
    assert (step.kind, step.control, step.duration, step.stop_voltage) == ("drive", control, 20, 3)
    assert step.prescribed == pytest.approx(-3 * scale)
    assert (step.current.of if step.current else None) == of
    assert [step.at(t) for t in (0, 5, 10, 15, 20)] == pytest.approx(
        [scale * v for v in (1, -1, -3, -0.5, 2)]
    )
    assert [step.next_corner(t) for t in (0, 5, 10 - 1e-12, 10)] == [10, 10, 20, 20]
    assert steps(step.written()) == (step,)


def test_drive_cycle_may_be_cut_short(tmp_path: Path) -> None:
    (tmp_path / "my drive.csv").write_text("0,1\n10,2\n20,3\n")
    (step,) = steps("Run my drive.csv (C) for 15 s", directory=tmp_path)
    assert (step.duration, step.next_corner(10)) == (15, 15)


def test_drive_cycle_that_is_shorter_than_its_step_begins_anew(tmp_path: Path) -> None:
    """One interval after its end, as PyBaMM tiles it; the value goes straight from end to start."""
    (tmp_path / "drive.csv").write_text("0,1\n10,2\n20,3\n")
    (step,) = steps("Run drive.csv (C) for 1 hour or until 3.8 V", directory=tmp_path)
    assert (step.duration, step.stop_voltage) == (3600, 3.8)
    times = [20, 25, 30, 40, 50, 60, 3595]
    assert [step.at(t) for t in times] == pytest.approx([3, 2, 1, 2, 3, 1, 2])
    corners, time = [], 0.0
    while time < 3600.0:
        time = step.next_corner(time)
        corners.append(time)
    assert corners == pytest.approx([10.0 * k for k in range(1, 361)])


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf0,1\n10,2\n",
        b"\xef\xbb\xbfTime [s],Current\r\n0,1\r\n10,2\r\n",
        b"0,1 # the start\n10,2#the end\n",
    ],
)
def test_marks_of_byte_order_and_remarks_are_no_values(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "drive.csv").write_bytes(content)
    (step,) = steps("Run drive.csv (mA/cm2)", directory=tmp_path)
    assert step.cycle is not None
    assert (step.cycle.time, step.cycle.given) == ((0.0, 10.0), (1.0, 2.0))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 times"),
        (b"0,1\n", "1 times"),
        (b"0,1\n10\n", "line 2 of drive.csv is not two numbers"),
        (b"0,1\n10,2,3\n", "not two numbers"),
        (b"0,1\n10,x\n", "not two numbers"),
        (b"0,1,a remark\n10,1\n20,1\n", "line 1 of drive.csv is not two numbers"),
        (b"0,1\n10,nan\n", "not finite"),
        (b"0,1\ninf,1\n", "not finite"),
        (b"5,1\n10,1\n", "start at 0"),
        (b"0,1\n10,1\n10,2\n", "increase"),
        (b"0;1\n10;1\n", "not two numbers"),
        (b"\x89PNG\xff\x00", "not a text file"),
    ],
)
def test_wrong_drive_cycles(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "drive.csv").write_bytes(content)
    with pytest.raises((Fault, InputError), match=words):
        steps("Run drive.csv (mA/cm2)", directory=tmp_path)


def test_missing_drive_cycle_names_its_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        steps("Run drive.csv (mA/cm2)", directory=tmp_path)
    assert caught.value.where.endswith("drive.csv")


@settings(derandomize=True)
@given(st.text())
def test_any_unit_of_a_drive_cycle_is_read_or_refused(unit: str) -> None:
    data = {"step": f"Run a ({unit})", "time": [0, 1], "value": [1, 2]}
    try:
        steps(data)
    except Fault as fault:
        assert str(fault).isprintable()
