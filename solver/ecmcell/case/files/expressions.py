"""Formulas of one variable x, read by a whitelist and evaluated on arrays."""

import ast
import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ecmcell.case.faults import Fault, toml

Array = npt.NDArray[np.float64]
Formula = Callable[[npt.ArrayLike], Array]

_LONGEST = 2000
_DEEPEST = 60
_LARGEST_POWER = 100.0
_OPERATORS: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Array]]] = {
    "exp": (1, np.exp),
    "log": (1, np.log),
    "sqrt": (1, np.sqrt),
    "tanh": (1, np.tanh),
    "sinh": (1, np.sinh),
    "cosh": (1, np.cosh),
    "sin": (1, np.sin),
    "cos": (1, np.cos),
    "abs": (1, np.abs),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
}
_REMEDY = f"Use x, numbers, + - * / **, brackets and {', '.join(_FUNCTIONS)}."


def formula(text: object) -> Formula:
    """A formula such as `4.2 - 0.3 * tanh(5 * (x - 0.4))` as a function of arrays.

    Numbers, x, `+ - * / **` with constant powers up to 100, and the functions of one or two
    arguments named in the message of a fault; nothing else is evaluated.

    Raises:
        Fault: If the text is anything else; and, from the function returned, if a value is not
            finite.
    """
    if not isinstance(text, str):
        raise Fault(f"{toml(text)} is not valid", 'Give a formula, e.g. "4.2 - 0.5 * x".')
    if len(text) > _LONGEST:
        raise Fault(f"a formula of {len(text)} characters", f"Use {_LONGEST} at most, or a table.")
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Fault(f"{toml(text)} is not a formula", _REMEDY) from None
    _check(tree, 1)

    def evaluate(x: npt.ArrayLike) -> Array:
        points = np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            values = np.broadcast_to(_value(tree, points), points.shape)
        bad = ~np.isfinite(values)
        if bad.any():
            given = f"{toml(text)} is not finite at x = {points[bad].flat[0]:g}"
            raise Fault(given, "Correct the formula, or take a smaller range.")
        return values

    return evaluate


def _check(node: ast.expr, depth: int) -> None:
    if depth > _DEEPEST:
        raise Fault("a formula nested too deeply", f"Nest {_DEEPEST} levels at most.")
    below: list[ast.expr]
    match node:
        case ast.Constant(value=bool() | complex() | str() | bytes() | None):
            below = _refuse(ast.unparse(node))
        case ast.Constant(value=int() | float()):
            below = []
            _number(node)
        case ast.Name(id="x"):
            below = []
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            below = [operand]
        case ast.BinOp(left=base, op=ast.Pow(), right=power):
            if abs(_constant(power)) > _LARGEST_POWER:
                raise Fault(f"the power {ast.unparse(power)}", "Use powers from -100 to 100.")
            below = [base]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            below = [left, right]
        case ast.BinOp(op=ast.BitXor()):
            raise Fault('"^" in a formula', "Write powers with two stars, e.g. x**2.")
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            count = _FUNCTIONS[name][0]
            if len(args) != count:
                raise Fault(f"{name} with {len(args)} arguments", f"{name} takes {count}.")
            below = args
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name):
            below = _refuse(name)
        case _:
            below = _refuse(type(node).__name__.lower())
    for part in below:
        _check(part, depth + 1)


def _refuse(what: str) -> list[ast.expr]:
    raise Fault(f"{toml(what)} in a formula", _REMEDY)


def _constant(node: ast.expr) -> float:
    """A number with its sign, or a ratio of two."""
    match node:
        case ast.Constant(value=int() | float()):
            return _number(node)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_constant(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _constant(operand)
        case ast.BinOp(left=left, op=ast.Div(), right=right) if _constant(right) != 0.0:
            return _constant(left) / _constant(right)
    raise Fault("a power that is not a number", "Write x**y as exp(y * log(x)).")


def _number(node: ast.Constant) -> float:
    try:
        value = float(node.value)  # type: ignore[arg-type]
    except OverflowError:
        value = np.inf
    if not np.isfinite(value):
        raise Fault("a number that is not finite", _REMEDY)
    return value


def _value(node: ast.expr, x: Array) -> Array:
    match node:
        case ast.Constant():
            return np.asarray(_number(node))
        case ast.Name():
            return x
        case ast.UnaryOp(op=op, operand=operand):
            value = _value(operand, x)
            return -value if isinstance(op, ast.USub) else value
        case ast.BinOp(left=left, op=ast.Pow(), right=power):
            return np.power(_value(left, x), _constant(power))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, x), _value(right, x))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _FUNCTIONS[name][1](*(_value(arg, x) for arg in args))
    raise AssertionError("the formula was not checked")
