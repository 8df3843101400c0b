"""Errors that users see."""

from ecmcell.errors import InputError


def test_a_message_is_one_line_that_can_be_printed() -> None:
    """Whatever stands in the names of a file; what was given is kept as it was."""
    error = InputError("case.toml", "phases.a", "\x1f has no\nconductivity", "Add it.")
    assert str(error) == "case.toml: phases.a:   has no conductivity. Add it."
    assert error.given == "\x1f has no\nconductivity"
