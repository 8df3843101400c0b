"""Protocol sentences: what they mean, and that nonsense is refused with an example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecmcell.case.protocol import Rate, Step, parse_step
from ecmcell.case.reading import Fault

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
            "discharge  at C until 3V",
            {"control": "current", "current": Rate(1.0, "capacity"), "stop_voltage": 3.0},
        ),
    ],
)
def test_meaning(text: str, expected: dict) -> None:
    assert parse_step(text) == Step(" ".join(text.split()), **expected)


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


@given(volts, amounts)
def test_holds(volt: float, amount: tuple[str, str, float]) -> None:
    step = parse_step(f"Hold at {volt:g} V until {amount[0]}")
    assert step.kind == "hold"
    assert step.voltage == pytest.approx(volt)
    assert step.stop_current is not None
    assert step.stop_current.value == pytest.approx(amount[2])
    assert step.uses_capacity() == (amount[1] == "capacity")


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
        "Charge at 1 mA until 4.2 V",
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
    example = caught.value.remedy.split('"')[1]
    assert parse_step(example).text == example


def test_rate_becomes_a_current_density() -> None:
    assert Rate(0.2, "capacity").density(3600.0) == pytest.approx(0.2)
    assert Rate(5.0, "area").density(3600.0) == 5.0
