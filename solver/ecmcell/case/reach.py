"""Where a case goes beyond what is known of its active materials: its table and its window."""

from collections.abc import Iterator

import numpy as np

from ecmcell.case.materials import Material, needed
from ecmcell.case.schema import Case

LEAST = 1e-3
"""Share of all sites beyond an end that is told; less is rounding."""


def beyond(material: Material, low: float, high: float) -> Iterator[str]:
    """How far stoichiometries from one to another lie beyond the open-circuit table or the window.

    Args:
        material: Active material.
        low: The least of them.
        high: The largest.
    """
    curve, window = needed(material.open_circuit_voltage), needed(material.stoichiometry_window)
    if curve.low - low > LEAST:
        yield _told(low, curve.low, "open-circuit table, whose slope goes on there")
    elif window.low - low > LEAST:
        yield _told(low, window.low, "stoichiometry window")
    if high - curve.high > LEAST:
        yield _told(high, curve.high, "open-circuit table, whose slope goes on there")
    elif high - window.high > LEAST:
        yield _told(high, window.high, "stoichiometry window")


def _told(x: float, end: float, what: str) -> str:
    side = "below" if x < end else "above"
    return f"x = {x:.3g}, by {abs(x - end):.2g} {side} the {what}"


def asked_beyond(case: Case) -> Iterator[tuple[str, str, str]]:
    """Phase, what of the case leads beyond, and how far; of voltages as at rest."""
    for name in case.active_phases:
        phase = case.phases[name]
        material, start = phase.material, needed(phase.initial_stoichiometry)
        window = needed(material.stoichiometry_window)
        for what, *ends in (
            ("stoichiometry_window", window.low, window.high),
            ("initial_stoichiometry", start, start),
        ):
            yield from ((name, what, told) for told in beyond(material, *ends))
        for step in dict.fromkeys(case.protocol):
            for voltage in (step.voltage, step.stop_voltage):
                if voltage is not None:
                    told = _at_rest(material, voltage)
                    yield from ((name, step.text, f"{voltage:g} V{how}") for how in told)


def _at_rest(material: Material, voltage: float) -> Iterator[str]:
    """How far beyond what is known the stoichiometry of an open-circuit voltage lies, if at all."""
    curve = needed(material.open_circuit_voltage)
    top, bottom = curve.value[0], curve.value[-1]
    off = max(voltage - top, bottom - voltage)
    if off > 0.0:
        yield f", by {off:.2g} V {'above' if voltage > top else 'below'} the open-circuit table"
        return
    x = float(np.interp(voltage, curve.value[::-1], curve.stoichiometry[::-1]))
    yield from (f" is {told}" for told in beyond(material, x, x))
