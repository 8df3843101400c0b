"""Where a case goes beyond what is known of its active materials: its table and its window."""

from collections.abc import Iterator

from ecmcell.case.materials import ActiveMaterial, needed
from ecmcell.case.schema import Case
from ecmcell.case.state_of_charge import charge_ends

LEAST = 1e-3
"""Fraction of all sites beyond an end that is told; less is rounding."""
_LEAST_VOLTAGE = 1e-3  # V by which an open-circuit voltage is beyond a cut-off that are told


def beyond(material: ActiveMaterial, low: float, high: float) -> Iterator[str]:
    """How far stoichiometries from one to another lie beyond the open-circuit table or the window.

    Args:
        material: The active material.
        low: Smallest stoichiometry.
        high: Largest stoichiometry.
    """
    curve, window = material.open_circuit_voltage, material.stoichiometry_window
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
    """Phase, what of the case leads beyond that or starts beyond its cut-offs, and how far."""
    for name in case.active_phases:
        phase = case.phases[name]
        material, start = phase.made_of(ActiveMaterial), needed(phase.initial_stoichiometry)
        window = material.stoichiometry_window
        if name in without_entropy(case):
            yield name, "entropic_coefficient", "not known: no reversible heat"
        full, empty = charge_ends(case, name)
        asked = beyond(material, window.low, window.high)
        yield from ((name, "stoichiometry_window", told) for told in asked)
        started = () if full <= start <= empty else beyond(material, start, start)
        for told in (*started, *_start_beyond(case, name)):
            yield name, "initial_stoichiometry", told
        for step in dict.fromkeys(case.protocol):
            for voltage in dict.fromkeys(step.voltages):
                told = _at_rest(material, voltage)
                yield from ((name, step.text, f"{voltage:g} V{how}") for how in told)


def without_entropy(case: Case) -> list[str]:
    """Active phases whose reversible heat a balance of heat misses, as no coefficient is known."""
    if case.cell.heat is None:
        return []
    materials = {name: case.phases[name].made_of(ActiveMaterial) for name in case.active_phases}
    return [name for name, known in materials.items() if known.entropic_coefficient is None]


def _at_rest(material: ActiveMaterial, voltage: float) -> Iterator[str]:
    """How far beyond what is known the stoichiometry of an open-circuit voltage lies, if at all."""
    curve = material.open_circuit_voltage
    top, bottom = curve.value[0], curve.value[-1]
    off = max(voltage - top, bottom - voltage)
    if off > 0.0:
        yield f", by {off:.2g} V {'above' if voltage > top else 'below'} the open-circuit table"
        return
    x = curve.where(voltage)
    yield from (f" is {told}" for told in beyond(material, x, x))


def _start_beyond(case: Case, phase: str) -> Iterator[str]:
    """How far the open-circuit voltage at the start lies beyond the cut-offs, if it does."""
    curve = case.phases[phase].made_of(ActiveMaterial).open_circuit_voltage
    rest = curve.at(needed(case.phases[phase].initial_stoichiometry))
    ends: dict[str, list[float]] = {"charge": [], "discharge": [], "hold": []}
    for step in case.protocol:
        ends.get(step.kind, []).extend(step.voltages)
    low = min([*ends["discharge"], *ends["hold"]] or [rest])
    high = max([*ends["charge"], *ends["hold"]] or [rest])
    if rest < low - _LEAST_VOLTAGE:
        yield f"{rest:.4g} V at rest, {low - rest:.2g} V below the cut-off of discharge"
    if rest > high + _LEAST_VOLTAGE:
        yield f"{rest:.4g} V at rest, {rest - high:.2g} V above the cut-off of charge"
