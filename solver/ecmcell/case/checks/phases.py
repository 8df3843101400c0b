"""Phases and what is known of their materials."""

import numpy as np

from ecmcell.case.checks.registry import of_case, of_phases
from ecmcell.case.checks.salt import PROPERTIES
from ecmcell.case.faults import Fault, all_missing
from ecmcell.case.materials import (
    ActiveMaterial,
    InorganicElectrolyte,
    Metal,
    check_known,
    needed,
    with_article,
)
from ecmcell.case.materials.properties import Curve
from ecmcell.case.schema import Case
from ecmcell.case.tables import Phase

_NOISE = 1e-3  # V by which a measured table may rise
_NEEDED = {
    "active material": ActiveMaterial.needed(),
    "electrolyte": InorganicElectrolyte.needed(),  # of a salt: `checks.salt`
    "metal": Metal.needed(),
}
_FLOW = (
    "yield_strength",
    "hardening_modulus",
    "creep_rate",
    "creep_stress",
    "creep_exponent",
    "creep_activation_energy",
)
_USED = {
    "active material": (
        *_NEEDED["active material"],
        "diffusivity_activation_energy",
        "youngs_modulus",
        "poisson_ratio",
        "volume_change",
        "partial_molar_volume",
        "strain_a",
        "strain_c",
        "entropic_coefficient",
    ),
    "electrolyte": (
        "ionic_conductivity",
        "ionic_activation_energy",
        "electronic_conductivity",
        "electronic_activation_energy",
        *PROPERTIES,
        "youngs_modulus",
        "poisson_ratio",
        *_FLOW,
    ),
    "metal": ("molar_volume", "youngs_modulus", "poisson_ratio", *_FLOW),
}
_ARRHENIUS = {
    "diffusivity_activation_energy": "diffusivity",
    "electronic_activation_energy": "electronic_conductivity",
    "ionic_activation_energy": "ionic_conductivity",
    "salt_activation_energy": "salt_diffusivity",
    "creep_activation_energy": "creep_rate",
}


@of_phases
def match_phases(case: Case, phases: set[str], _contacts: set[tuple[str, str]]) -> None:
    """Whether mesh and case have the same phases."""
    all_missing(
        [
            Fault("missing, but in the mesh", f"Add a table [phases.{name}].", ["phases", name])
            for name in sorted(phases - set(case.phases))
        ]
    )
    for name in sorted(set(case.phases) - phases):
        raise Fault(
            "not in the mesh",
            f"The mesh has {', '.join(sorted(phases))}.",
            ["phases", name],
        )


@of_case
def phases(case: Case) -> None:
    """Whether the materials of all phases are known well enough, and start somewhere."""
    remedy = "Add it, e.g. initial_stoichiometry = 0.9."
    started = [n for n in case.active_phases if case.phases[n].initial_stoichiometry is None]
    all_missing([Fault("missing", remedy, ["phases", n, "initial_stoichiometry"]) for n in started])
    for name, phase in case.phases.items():
        key: list[str | int] = ["phases", name]
        material = phase.material
        if material.kind not in _NEEDED:
            remedy = "A coating lies on an interface."
            raise Fault(f"{material.name} is a {material.kind}", remedy, [*key, "material"])
        check_known(material, _NEEDED[material.kind], key)
        _overrides(phase, [*key, "overrides"])
        _strain(phase, key)
        x = phase.initial_stoichiometry
        if material.kind != "active material":
            if x is not None:
                given = f"{material.name} is {with_article(material.kind)} and has none"
                raise Fault(given, "Leave it out.", [*key, "initial_stoichiometry"])
            continue
        curve, x = phase.made_of(ActiveMaterial).open_circuit_voltage, needed(x)
        _falls(phase, curve, key)
        if not curve.low <= x <= curve.high:
            remedy = f"The open-circuit voltage is known from {curve.low:g} to {curve.high:g}."
            raise Fault(f"{x:g} is not valid", remedy, [*key, "initial_stoichiometry"])


def _falls(phase: Phase, curve: Curve, key: list[str | int]) -> None:
    """Whether an open-circuit voltage falls as lithium fills in, as stability asks."""
    lowest = np.minimum.accumulate(curve.value)
    rise = np.asarray(curve.value) - lowest
    if rise.max() > _NOISE:
        at = curve.stoichiometry[int(rise.argmax())]
        given = f"the open-circuit voltage rises by {1e3 * rise.max():.3g} mV up to x = {at:g}"
        remedy = "Give it over the stoichiometry of lithium, 0 when charged; it falls with it."
        own = "open_circuit_voltage" in phase.overrides
        raise Fault(
            given, remedy, [*key, *(["overrides", "open_circuit_voltage"] if own else ["material"])]
        )


def _strain(phase: Phase, key: list[str | int]) -> None:
    """Whether a phase can strain the way it is asked to."""
    material = phase.material
    if phase.is_anisotropic:
        if material.kind != "active material":
            given = f"{material.name} is {with_article(material.kind)} and does not swell"
            raise Fault(given, "Leave it out.", [*key, "chemical_strain"])
        check_known(material, ("strain_a", "strain_c"), key)
    elif phase.orientation is not None:
        remedy = 'Leave it out, or set chemical_strain = "anisotropic".'
        raise Fault("given, but the strain is isotropic", remedy, [*key, "orientation"])


def _overrides(phase: Phase, key: list[str | int]) -> None:
    """Whether everything that a case changes of a material matters."""
    material = phase.material
    for name in phase.overrides:
        if name not in _USED[material.kind]:
            given = f"of no use in {with_article(material.kind)}"
            remedy = f"What is used: {', '.join(_USED[material.kind])}."
            raise Fault(given, remedy, [*key, name])
        law = _ARRHENIUS.get(name)
        if law and getattr(getattr(material, law), "temperature", None) is None:
            given = f"given, but the {law} holds at whatever temperature the cell has"
            remedy = f'Give {law} = {{value = ..., temperature = "25 degC", assumed = "why"}}.'
            raise Fault(given, remedy, [*key, name])
