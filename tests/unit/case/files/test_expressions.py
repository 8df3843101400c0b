"""Formulas: what they mean, and that nothing but arithmetic is ever evaluated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecmcell.case.faults import Fault
from ecmcell.case.files.expressions import formula
from ecmcell.case.materials.properties import Curve

X = np.linspace(0.05, 0.95, 7)
ORIGIN = {"assumed": "for a test"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", X),
        ("2", np.full(7, 2.0)),
        (" 4.2 - 0.5*x ", 4.2 - 0.5 * X),
        ("-x**2", -(X**2)),
        ("x**-1.5", X**-1.5),
        ("x**(1/3)", X ** (1 / 3)),
        ("2 ** 3 * x", 8 * X),
        ("1 - 2 - x", -1 - X),
        ("+x / 2 / 4", X / 8),
        ("exp(x) + log(x) * sqrt(x)", np.exp(X) + np.log(X) * np.sqrt(X)),
        ("tanh(x) + sinh(x) - cosh(x)", np.tanh(X) + np.sinh(X) - np.cosh(X)),
        ("sin(x) * cos(x) - abs(x - 0.5)", np.sin(X) * np.cos(X) - np.abs(X - 0.5)),
        ("min(x, 0.5) + max(x, 0.3)", np.minimum(X, 0.5) + np.maximum(X, 0.3)),
    ],
)
def test_meaning(text: str, expected: np.ndarray) -> None:
    np.testing.assert_allclose(formula(text)(X), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "y",
        "x +",
        "x; x",
        "x = 1",
        "x == 1",
        "1 if x else 2",
        "x^2",
        "x // 2",
        "x % 2",
        "x @ x",
        "~x",
        "not x",
        "True",
        "None",
        "1j",
        "'x'",
        "[x]",
        "x[0]",
        "x.real",
        "(x, x)",
        "lambda: x",
        "__import__('os')",
        "exp",
        "exp()",
        "exp(x, x)",
        "exp(x=1)",
        "exp(*x)",
        "min(x)",
        "eval(x)",
        "exp.__class__",
        "(lambda: exp)()(x)",
        "x ** x",
        "2 ** (2 ** 3)",
        "x ** 1000",
        "9 ** 9 ** 9 ** 9",
        "x ** (1/0)",
        "1" + "0" * 400,
        "1e999",
        "x + " * 600 + "x",
        "(" * 100 + "x" + ")" * 100 + "+ y",
        "-" * 100 + "x",
        "exp(" * 70 + "x" + ")" * 70,
        "\0",
        "0x",
        5,
    ],
)
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(Fault) as caught:
        formula(text)
    assert caught.value.given.isprintable()
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize("text", ["log(x - 0.5)", "1 / (x - 0.05)", "exp(exp(10 * x))"])
def test_values_must_be_finite(text: str) -> None:
    with pytest.raises(Fault, match="not finite at x = "):
        formula(text)(X)


@settings(max_examples=200, derandomize=True)
@given(st.text(alphabet="x0123456789.e+-*/() expmincoslgabtyz,[]_'", max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        values = formula(text)(X)
    except Fault:
        return
    assert np.isfinite(values).all()


def test_curve_from_a_formula_is_sampled_between_its_ends() -> None:
    entry = {"expression": "4 - x**2", "low": 0.1, "high": 0.9, "unit": "V", "note": "Fit."}
    curve = Curve.model_validate(entry | ORIGIN)
    assert (len(curve.value), curve.low, curve.high) == (201, 0.1, 0.9)
    assert curve.value[0] == pytest.approx(3.99)
    assert curve.note == "Fit. 201 points of 4 - x**2"
    assert Curve.model_validate(curve.model_dump(exclude_none=True)) == curve


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"low": 0.9}, "no range"),
        ({"high": 1.2}, "is not valid"),
        ({"expression": "4 - y"}, '"y"'),
        ({"expression": "log(x - 0.5)"}, "not finite"),
        ({"value": [1.0, 2.0]}, "unknown key"),
        ({"unit": "mV"}, "mV"),
        ({"assumed": ""}, "is not valid"),
    ],
)
def test_curve_of_a_wrong_formula(change: dict, words: str) -> None:
    entry = {"expression": "4 - x**2", "low": 0.1, "high": 0.9, "unit": "V"}
    with pytest.raises(ValueError, match=words):
        Curve.model_validate(entry | ORIGIN | change)
