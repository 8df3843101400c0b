"""Polymer electrolytes with a salt."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import PerfectBond
from ecmcell.case.materials import Material, check_known
from ecmcell.case.materials.salt import SaltCurve
from ecmcell.case.schema import Case
from ecmcell.case.tables import Phase

_NEEDED = ("salt_diffusivity", "cation_transference", "thermodynamic_factor")
_OF_SALT = (
    *_NEEDED,
    "salt_activation_energy",
    "conductivity_over_salt",
    "salt_diffusivity_over_salt",
)
_AT_REST = {
    "conductivity_over_salt": "ionic_conductivity",
    "salt_diffusivity_over_salt": "salt_diffusivity",
}
_OF_MELTING = ("melting_temperature", "crystal_activation_energy")
PROPERTIES = ("salt_concentration", *_OF_SALT, *_OF_MELTING)
"""What is used of an electrolyte for its salt, and for its melting."""


@of_case
def salt(case: Case) -> None:
    """Whether salts have their data, and what lies beside them goes with them."""
    for name, phase in case.phases.items():
        if phase.material.kind == "electrolyte":
            _properties(phase.material, ["phases", name])
            _concentration(phase, ["phases", name, "overrides"])
    for (first, second), law in case.interface_laws():
        sides = case.phases[first].material, case.phases[second].material
        if any(side.kind != "electrolyte" for side in sides) or not any(s.has_salt for s in sides):
            continue
        key = next(k for k in case.interfaces if {*_names(k)} == {first, second})
        _neighbours(sides, isinstance(law, PerfectBond), ["interfaces", key])
    anode = case.lithium_anode
    if anode is not None and anode.filled_cracks is not None:
        salted = [name for name, phase in case.phases.items() if phase.material.has_salt]
        if salted:
            given = f"given, but {salted[0]} is a polymer with a salt"
            remedy = "Leave it out: lithium is followed into the cracks of inorganic ones alone."
            raise Fault(given, remedy, ["boundaries", "anode", "filled_cracks"])


def _properties(material: Material, key: list[str | int]) -> None:
    if material.has_salt:
        check_known(material, _NEEDED, key)
    else:
        for name in _OF_SALT:
            if getattr(material, name) is not None:
                remedy = 'Give it too, e.g. salt_concentration = "1000 mol/m^3".'
                given = f"{material.name} has {name}, but no salt_concentration"
                raise Fault(given, remedy, [*key, "overrides", "salt_concentration"])
    known = [name for name in _OF_MELTING if getattr(material, name) is not None]
    if len(known) == 1:
        (missing,) = set(_OF_MELTING) - {*known}
        given = f"{material.name} has {known[0]}, but no {missing}"
        raise Fault(given, "Give both or none.", [*key, "overrides", missing])


def _concentration(phase: Phase, at: list[str | int]) -> None:
    """Whether what goes with the salt is given for the concentration that the case asks."""
    if "salt_concentration" not in phase.overrides:
        return
    for over, name in _AT_REST.items():
        if getattr(phase.material, over) is not None and name not in phase.overrides:
            given = f"given, but {name} of {phase.material.name} is that of another concentration"
            remedy = f"Give {name} at this concentration too."
            raise Fault(given, remedy, [*at, "salt_concentration"])


def _neighbours(sides: tuple[Material, Material], bonded: bool, at: list[str]) -> None:
    """Whether anions can go on where two electrolytes touch."""
    first, second = sides
    if not (first.has_salt and second.has_salt):
        inorganic = first if second.has_salt else second
        given = f"joins a polymer with a salt to {inorganic.name}, which has none"
        remedy = "All electrolytes that touch have a salt, or none of them."
        raise Fault(given, remedy, at)
    if not bonded:
        raise Fault("a resistance between polymers with a salt", "Use bonded = true alone.", at)
    if float(first.salt_concentration or 0.0) != float(second.salt_concentration or 0.0):
        given = "bonds two different concentrations of salt"
        raise Fault(given, "Give both phases the same salt_concentration.", at)
    for name in ("cation_transference", "thermodynamic_factor"):
        values = [_table(getattr(side, name)) for side in sides]
        if values[0] != values[1]:
            given = f"bonds polymers of different {name}"
            raise Fault(given, "Give both phases the same; conductivities may differ.", at)


def _table(curve: SaltCurve | None) -> object:
    return curve and (curve.concentration, curve.value)


def _names(key: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in key.split("|"))
