"""Protocol sentences: what they mean, and that nonsense is refused with an example."""

import math
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecmcell.case.faults import Fault
from ecmcell.case.protocol.parser import parse_step
from ecmcell.case.protocol.protocol import Steps, read_protocol
from ecmcell.case.protocol.step import Rate, Step
from ecmcell.errors import InputError

positive = st.floats(1e-3, 1e3).map(lambda x: float(f"{x:.6g}"))
volts = st.floats(-5, 5).map(lambda x: float(f"{x:.4g}"))
amounts = st.one_of(
    positive.map(lambda x: (f"C/{x:.6f}", "capacity", 1 / float(f"{x:.6f}"))),
    positive.map(lambda x: (f"{x:.6f}C", "capacity", float(f"{x:.6f}"))),
    positive.map(lambda x: (f"{x:g} mA/cm2", "area", 10 * x)),
)
durations = st.tuples(positive, st.sampled_from(["s", "minutes", "min", "hours", "hour", "h"]))
SECONDS = {"s": 1, "minutes": 60, "min": 60, "hours": 3600, "hour": 3600, "h": 3600}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Charge at 1e-1C until 4.2 V",
            {"control": "current", "current": Rate(-0.1, "capacity"), "stop_voltage": 4.2},
        ),
        (
            "Hold at 4.2 V until 2.5E-2 C",
            {"control": "voltage", "voltage": 4.2, "stop_current": Rate(0.025, "capacity")},
        ),
        (
            "Charge at C/5 until 4.2 V",
            {"control": "current", "current": Rate(-0.2, "capacity"), "stop_voltage": 4.2},
        ),
        (
            "Discharge at 1C for 30 minutes or until 2.8 V",
            {
                "control": "current",
                "current": Rate(1.0, "capacity"),
                "stop_voltage": 2.8,
                "duration": 1800.0,
            },
        ),
        (
            "Charge at 0.5 mA/cm2 until 4200 mV",
            {"control": "current", "current": Rate(-5.0, "area"), "stop_voltage": 4.2},
        ),
        (
            "Hold at 4.2 V until C/50",
            {"control": "voltage", "voltage": 4.2, "stop_current": Rate(0.02, "capacity")},
        ),
        (
            "Hold at 4.2 V until 0.05 mA/cm2 or for 1 hour",
            {
                "control": "voltage",
                "voltage": 4.2,
                "stop_current": Rate(0.5, "area"),
                "duration": 3600.0,
            },
        ),
        (
            "Rest for 1 hour",
            {"control": "current", "current": Rate(0.0, "area"), "duration": 3600.0},
        ),
        (
            "Discharge at 5 mW/cm2 until 2.8 V",
            {"control": "power", "power": 50.0, "stop_voltage": 2.8},
        ),
        (
            "Charge at 20 W/m^2 for 2 days or until 4.2 V",
            {"control": "power", "power": -20.0, "stop_voltage": 4.2, "duration": 172800.0},
        ),
        (
            "Hold at 3.9 V for 500 ms",
            {"control": "voltage", "voltage": 3.9, "duration": 0.5},
        ),
        (
            "Charge at 1e-1C until 4.2 V",
            {"control": "current", "current": Rate(-0.1, "capacity"), "stop_voltage": 4.2},
        ),
        (
            "Discharge at 2 nA until 50% SOC",
            {"control": "current", "current": Rate(2e3, "cell"), "stop_state": 0.5},
        ),
        (
            "Hold at 4.1V until 50 pA",
            {"control": "voltage", "voltage": 4.1, "stop_current": Rate(50.0, "cell")},
        ),
        (
            "Hold at 4.1 V until 0.05 C or for 1 hour",
            {
                "control": "voltage",
                "voltage": 4.1,
                "stop_current": Rate(0.05, "capacity"),
                "duration": 3600.0,
            },
        ),
        (
            "Charge at 5 mW/cm2 for 1 h or until 80 % soc (5 minute period)",
            {
                "control": "power",
                "power": -50.0,
                "stop_state": 0.8,
                "duration": 3600.0,
                "period": 300.0,
            },
        ),
        (
            "Rest for 10 minutes (1 minute period)",
            {"control": "current", "current": Rate(0.0, "area"), "duration": 600.0, "period": 60.0},
        ),
        (
            "discharge  at C until 3V",
            {"control": "current", "current": Rate(1.0, "capacity"), "stop_voltage": 3.0},
        ),
    ],
)
def test_meaning(text: str, expected: dict) -> None:
    assert parse_step(text) == Step(" ".join(text.split()), **expected)


@settings(derandomize=True)
@given(st.sampled_from(["Charge", "Discharge"]), amounts, durations, volts, st.booleans())
def test_current_steps(
    verb: str,
    amount: tuple[str, str, float],
    lasts: tuple[float, str],
    volt: float,
    time_first: bool,
) -> None:
    text, of, value = amount
    limits = [f"for {lasts[0]:g} {lasts[1]}", f"until {volt:g} V"]
    step = parse_step(f"{verb} at {text} {' or '.join(limits if time_first else limits[::-1])}")
    assert step.kind == verb.lower()
    assert step.current is not None
    sign = 1 if verb == "Discharge" else -1
    assert step.current.of == of
    assert step.current.value == pytest.approx(sign * value)
    assert step.duration == pytest.approx(lasts[0] * SECONDS[lasts[1]])
    assert step.stop_voltage == pytest.approx(volt)
    assert parse_step(step.text) == step


@settings(derandomize=True)
@given(volts, amounts)
def test_holds(volt: float, amount: tuple[str, str, float]) -> None:
    step = parse_step(f"Hold at {volt:g} V until {amount[0]}")
    assert step.kind == "hold"
    assert step.voltage == pytest.approx(volt)
    assert step.stop_current is not None
    assert step.stop_current.value == pytest.approx(amount[2])
    assert step.uses_capacity() == (amount[1] == "capacity")


@settings(derandomize=True)
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(Fault, match="Write"):
        parse_step(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rest",
        "Rest for 1",
        "Rest for 0 s",
        "Rest until 3 V",
        "Rest for 1 hour or until 3 V",
        "Rest at C/5 for 1 hour",
        "Charge",
        "Charge at 1C",
        "Charge until 4.2 V",
        "Charge at C/0 until 4.2 V",
        "Charge at 0C until 4.2 V",
        "Charge at .C until 4.2 V",
        "Charge at -C/5 until 4.2 V",
        "Charge at -1 mA/cm2 until 4.2 V",
        "Charge at 0 mA/cm2 until 4.2 V",
        "Charge at 1 W until 4.2 V",
        "Charge at 0 mW/cm2 until 4.2 V",
        "Charge at -1 mW/cm2 until 4.2 V",
        "Charge at 1 mW/cm2",
        "Charge at 4.2 V for 1 hour",
        "Rest for 10 minutes (0 s period)",
        "Rest for 10 minutes (1 V period)",
        "Rest for 10 minutes (period)",
        "Rest until 50% SOC",
        "Charge at C/5 until 120% SOC",
        "Charge at C/5 until % SOC",
        "Charge at 1e999C until 4.2 V",
        "Hold at 4.2 V until 0C",
        "Hold at 4.2 V until 1 mW/cm2",
        "Run",
        "Run drive.csv",
        "Run drive.csv (mA/cm2) until C/5",
        "Run drive.csv (K)",
        "Run drive.csv ()",
        "Run drive.csv (mA/cm2) at 25 degC",
        "Charge at 5 until 4.2 V",
        "Charge at C/5 until 4.2",
        "Charge at C/5 until C/50",
        "Charge at C/5 until 4.2 V or until 4.3 V",
        "Charge at C/5 for 1 h or for 2 h",
        "Charge at C/5 for 1 h and until 4.2 V",
        "Charge at C/5 until 4.2 V, then rest",
        "Charge at 1e999 mA/cm2 until 4.2 V",
        "Hold at 4.2 V",
        "Hold at C/5 until C/50",
        "Hold at 4.2 V until 3 V",
        "Hold at nan V until C/50",
        "Discharge at 4.2 V until 3 V",
        "Drive at 1C until 3 V",
    ],
)
def test_nonsense_names_the_sentence_and_an_example(text: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_step(text)
    assert f'"{text}"' in caught.value.given
    if "Run" not in text:
        example = caught.value.remedy.split('"')[1]
        assert parse_step(example).text == example


def test_rate_becomes_a_current_density() -> None:
    assert Rate(0.2, "capacity").density(3600.0, 50.0) == pytest.approx(0.2)
    assert Rate(5.0, "area").density(3600.0, 50.0) == 5.0
    assert Rate(5.0, "cell").density(3600.0, 50.0) == 0.1


def test_rows_at_the_multiples_of_a_period() -> None:
    step = parse_step("Rest for 10 minutes (1 minute period)")
    assert [step.next_row(t) for t in (0.0, 59.9, 60.0, 60.0 - 1e-12, 599.0)] == pytest.approx(
        [60.0, 60.0, 120.0, 120.0, 600.0]
    )
    assert parse_step("Rest for 10 minutes").next_row(0.0) == math.inf


def steps(*entries: object, directory: Path = Path()) -> Steps:
    return read_protocol(list(entries), directory)


CYCLE = ["Charge at 1C until 4.2 V", "Rest for 1 min"]


def test_loops_are_unrolled_in_order() -> None:
    inner = {"repeat": 2, "steps": CYCLE}
    read = steps("Rest for 1 s", {"repeat": 3, "steps": [inner, "Rest for 2 s"]})
    assert [s.text for s in read] == ["Rest for 1 s", *3 * [*CYCLE, *CYCLE, "Rest for 2 s"]]
    assert read[2].key == (1, "steps", 0, "steps", 1)
    assert read_protocol(read.written, Path()) == read
    assert read.written[1]["repeat"] == 3
    assert pickle.loads(pickle.dumps(read)).written == read.written


@pytest.mark.parametrize(
    ("entries", "key", "words"),
    [
        ([], (), "at least 1"),
        ("Rest for 1 s", (), "Give a list"),
        ([5], (0,), "Give a sentence"),
        ([[]], (0,), "Give a sentence"),
        ([{}], (0, "repeat"), "missing"),
        ([{"repeat": 2}], (0, "steps"), "missing"),
        ([{"repeat": 2, "steps": []}], (0, "steps"), "at least 1"),
        ([{"repeat": 0, "steps": CYCLE}], (0, "repeat"), "whole number"),
        ([{"repeat": True, "steps": CYCLE}], (0, "repeat"), "whole number"),
        ([{"repeat": 1.5, "steps": CYCLE}], (0, "repeat"), "whole number"),
        ([{"repeat": 10**30, "steps": CYCLE}], (0, "repeat"), "whole number"),
        ([{"repeat": 2, "stpes": CYCLE}], (0, "stpes"), '"steps"'),
        ([{"repeat": 2, "steps": ["Go"]}], (0, "steps", 0), "is not a step"),
        ([{"repeat": 9999, "steps": CYCLE}], (0, "steps", 0), "more than 10000 steps"),
        (
            [{"repeat": 2, "steps": [{"repeat": 2, "steps": [{"repeat": 2, "steps": CYCLE}]}]}],
            (0, "steps", 0, "steps", 0),
            "Nest loops once",
        ),
        ([{"step": "Rest for 1 s", "time": [0, 1]}], (0,), "has no values"),
        ([{"step": "Run a (V)", "time": [0, 1]}], (0, "value"), "no list of numbers"),
        ([{"step": "Run a (V)", "time": [0, 1], "value": ["a", 1]}], (0, "value"), "list"),
        ([{"step": "Run a (V)", "time": [0, 1], "value": [1]}], (0,), "2 times and 1 values"),
        ([{"step": "Run a (V)", "time": [1, 2], "value": [1, 1]}], (0,), "start at 0"),
        ([{"step": "Run a (V)", "time": [0, 0], "value": [1, 1]}], (0,), "increase"),
        ([{"step": "Run a (V)", "tiem": [0, 0], "value": [1, 1]}], (0, "tiem"), '"time"'),
    ],
)
def test_protocol_nonsense(entries: object, key: tuple, words: str) -> None:
    with pytest.raises(Fault) as caught:
        read_protocol(entries, Path())
    assert caught.value.key == key
    assert words in f"{caught.value.given}. {caught.value.remedy}"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["repeat", "steps", "step", "time", "value"]), below)
    ),
    max_leaves=8,
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(anything)
def test_any_protocol_is_read_or_refused(entries: object) -> None:
    with pytest.raises((Fault, InputError)) as caught:
        read_protocol(entries, Path("/nowhere"))
    assert str(caught.value).isprintable()
