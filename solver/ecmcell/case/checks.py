"""What has to fit together in a case; each check names the key and what would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecmcell.case.materials import Material
from ecmcell.case.reading import Fault, suggest, toml

if TYPE_CHECKING:
    from ecmcell.case.schema import Case, Interface, Phase

# Lithium melts at 180.5 degC (453.7 K); the cells of the literature work from -50 degC.
_COLDEST, _WARMEST = 223.15, 453.15  # K
_POLARISATION = 0.5  # V by which a cut-off may lie outside the open-circuit voltage

_NEEDED = {
    "active material": (
        "density",
        "maximum_concentration",
        "stoichiometry_window",
        "diffusivity",
        "electronic_conductivity",
        "open_circuit_voltage",
    ),
    "electrolyte": ("ionic_conductivity",),
}


def check(case: Case) -> None:
    """All checks.

    Raises:
        Fault: For the first thing that does not fit.
    """
    for look in (_phases, _interfaces, _boundaries, _cell, _physics, _time, _protocol):
        look(case)


def pair_of(key: str) -> tuple[str, str]:
    """The two phases an interface is named after.

    Raises:
        Fault: If the name is not of the form `a|b`.
    """
    names = tuple(name.strip() for name in key.split("|"))
    if len(names) != 2 or names[0] == names[1]:
        remedy = (
            'Name two different phases with a bar between, e.g. [interfaces."active|catholyte"].'
        )
        raise Fault("not a pair of phases", remedy, ["interfaces", key])
    return names


def _phases(case: Case) -> None:
    for name, phase in case.phases.items():
        key = ["phases", name]
        material = phase.material
        if material.kind not in _NEEDED:
            remedy = "A metal is a boundary, e.g. [boundaries.anode]; a coating a film_resistance."
            raise Fault(f"{material.name} is a {material.kind}", remedy, [*key, "material"])
        _needs(material, _NEEDED[material.kind], key)
        x = phase.initial_stoichiometry
        if material.kind != "active material":
            if x is not None:
                given = f"{material.name} is an {material.kind} and has none"
                raise Fault(given, "Leave it out.", [*key, "initial_stoichiometry"])
            continue
        if x is None:
            remedy = "Add it, e.g. initial_stoichiometry = 0.9."
            raise Fault("missing", remedy, [*key, "initial_stoichiometry"])
        curve = material.open_circuit_voltage
        assert curve is not None
        if not curve.low <= x <= curve.high:
            remedy = f"The open-circuit voltage is known from {curve.low:g} to {curve.high:g}."
            raise Fault(f"{x:g} does not do", remedy, [*key, "initial_stoichiometry"])


def _interfaces(case: Case) -> None:
    seen = set()
    for key in case.interfaces:
        pair = pair_of(key)
        at = ["interfaces", key]
        for name in pair:
            if name not in case.phases:
                raise Fault(
                    f"{toml(name)} is not a phase", suggest(name, case.phases, "phases"), at
                )
        if frozenset(pair) in seen:
            raise Fault("the pair is named twice", "Keep one of the two tables.", at)
        seen.add(frozenset(pair))
    reacting = set()
    for (a, b), joint in case.joints():
        at = ["interfaces", next(k for k in case.interfaces if set(pair_of(k)) == {a, b})]
        first, second = case.phases[a].material, case.phases[b].material
        reacts = {first.kind, second.kind} == {"active material", "electrolyte"}
        if reacts == joint.bonded:
            if reacts:
                remedy = "Give the kinetics, e.g. exchange_current_density; leave out bonded."
                raise Fault("active material and electrolyte are bonded", remedy, at)
            raise Fault(f"no reaction between two {first.kind}s", "Use bonded = true alone.", at)
        if reacts:
            reacting.add(a)
            _electrons(joint, case.phases[b], at)
        elif first.kind == "active material" and first != second:
            remedy = "Only one and the same active material can be bonded."
            raise Fault(f"{first.name} and {second.name} are bonded", remedy, at)
    for name in case.active_phases:
        if name not in reacting:
            remedy = f'Add a table [interfaces."{name}|..."] with an exchange_current_density.'
            raise Fault(
                "active material without any interface to an electrolyte", remedy, ["phases", name]
            )


def _electrons(joint: Interface, electrolyte: Phase, at: list[str]) -> None:
    resists = joint.electronic_resistance is not None
    if resists and not electrolyte.carries_electrons:
        given = "no electrons in this electrolyte"
        remedy = "Leave it out, or override the electronic_conductivity of the electrolyte."
        raise Fault(given, remedy, [*at, "electronic_resistance"])
    if electrolyte.carries_electrons and not resists:
        remedy = 'The electrolyte carries electrons: add e.g. electronic_resistance = "1 ohm*cm^2".'
        raise Fault("missing", remedy, [*at, "electronic_resistance"])


def _boundaries(case: Case) -> None:
    collector = case.boundaries.collector
    for name, electrode in (("anode", case.boundaries.anode), ("collector", collector)):
        metal = getattr(electrode, "metal", None)
        if metal is None:
            continue
        key = ["boundaries", name, "metal"]
        if metal.kind != "metal":
            raise Fault(f"{metal.name} is an {metal.kind}", 'Give a metal, e.g. "Li".', key)
        if case.physics.stress_in_kinetics:
            _needs(metal, ("molar_volume",), key[:-1])
    symmetric = hasattr(collector, "metal")
    if symmetric and case.active_phases:
        remedy = "Leave out the metal, or the active material."
        key = ["boundaries", "collector", "metal"]
        raise Fault("a lithium counter electrode beside active material", remedy, key)
    if not symmetric and not case.active_phases:
        remedy = 'Add a phase of active material, or metal = "Li" for a symmetric cell.'
        raise Fault(
            "collects electrons, but there is no active material",
            remedy,
            ["boundaries", "collector"],
        )


def _cell(case: Case) -> None:
    if not _COLDEST <= case.cell.temperature <= _WARMEST:
        given = f"{case.cell.temperature - 273.15:g} degC does not do"
        raise Fault(given, "Give a temperature from -50 degC to 180 degC.", ["cell", "temperature"])


def _physics(case: Case) -> None:
    physics = case.physics
    if not physics.mechanics:
        for name in ("stress_in_flux", "stress_in_kinetics"):
            if getattr(physics, name):
                remedy = "Switch mechanics on, or leave this out."
                raise Fault("true without mechanics", remedy, ["physics", name])
        return
    if case.cell.stack_pressure is None:
        remedy = 'Add it, e.g. stack_pressure = "5 MPa", or set physics.mechanics = false.'
        raise Fault("missing", remedy, ["cell", "stack_pressure"])
    for name, phase in case.phases.items():
        key = ["phases", name]
        _needs(phase.material, ("youngs_modulus", "poisson_ratio"), key)
        if phase.material.kind == "active material" and phase.material.partial_molar_volume is None:
            _needs(phase.material, ("volume_change",), key)
    for key_, joint in case.interfaces.items():
        for name in () if joint.bonded else ("stiffness", "strength"):
            if getattr(joint, name) is None:
                example = {"stiffness": "1e5 MPa/um", "strength": "5 MPa"}[name]
                remedy = f'Mechanics needs it, e.g. {name} = "{example}".'
                raise Fault("missing", remedy, ["interfaces", key_, name])


def _time(case: Case) -> None:
    time = case.time
    if not time.smallest_step <= time.initial_step <= time.largest_step:
        given = f"{time.initial_step:g} s does not do"
        remedy = "It must lie between smallest_step and largest_step."
        raise Fault(given, remedy, ["time", "initial_step"])


def _protocol(case: Case) -> None:
    curves = [case.phases[name].material.open_circuit_voltage for name in case.active_phases]
    low = min((min(c.value) for c in curves if c), default=None)
    high = max((max(c.value) for c in curves if c), default=None)
    for index, step in enumerate(case.protocol):
        key = ["protocol", index]
        if low is None or high is None:
            if step.uses_capacity():
                remedy = "Without active material there is no capacity; use mA/cm2."
                raise Fault(f"{toml(step.text)} has a C-rate", remedy, key)
            continue
        for voltage in (step.voltage, step.stop_voltage):
            if voltage is not None and not low - _POLARISATION < voltage < high + _POLARISATION:
                given = f"{toml(step.text)} asks for {voltage:g} V"
                remedy = f"The open-circuit voltage lies between {low:g} V and {high:g} V."
                raise Fault(given, remedy, key)


def _needs(material: Material, properties: tuple[str, ...], key: list[str]) -> None:
    for name in properties:
        if getattr(material, name) is None:
            remedy = f"Add it to the material, or to [{'.'.join(key)}.overrides]."
            raise Fault(f"{material.name} has no {name}", remedy, key)
