"""Materials are of the class of their kind, whichever way they are read."""

import pickle

import pytest

from cells import LITHIUM, Table, active, electrolyte, make_case
from ecmcell.case import checks
from ecmcell.case.faults import Fault
from ecmcell.case.materials import (
    ActiveMaterial,
    CoatingMaterial,
    Electrolyte,
    InorganicElectrolyte,
    IonConductor,
    Material,
    Metal,
    PolymerElectrolyte,
    known_as,
    material,
    names,
)

SALT: Table = {
    "salt_concentration": "1000 mol/m^3",
    "salt_diffusivity": "1e-11 m^2/s",
    "cation_transference": 0.3,
    "thermodynamic_factor": 1.5,
}
KINDS = {
    "active material": ActiveMaterial,
    "electrolyte": Electrolyte,
    "metal": Metal,
    "coating": CoatingMaterial,
}


@pytest.mark.parametrize("name", names())
def test_library_is_of_its_kinds(name: str) -> None:
    """With all that the kind needs; written out, copied to another rank, and read again too."""
    one = material(name)
    assert type(one) is not Material
    assert isinstance(one, KINDS[one.kind])
    assert all(getattr(one, needed) is not None for needed in type(one).needed())
    again = Material.model_validate(one.model_dump(mode="json", exclude_none=True))
    assert type(again) is type(one)
    assert type(pickle.loads(pickle.dumps(one))) is type(one)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (electrolyte(), InorganicElectrolyte),
        (electrolyte(**SALT), PolymerElectrolyte),
        (active(), ActiveMaterial),
    ],
)
def test_kind_and_salt_choose_the_class(given: Table, kind: type[Material]) -> None:
    assert type(Material.model_validate(given["material"])) is kind


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        (electrolyte(ionic_conductivity=None), "ionic_conductivity"),
        (electrolyte(**(SALT | {"salt_diffusivity": None})), "salt_diffusivity"),
        (active(diffusivity=None, density=None), "density, diffusivity"),
    ],
)
def test_what_lacks_a_property_is_of_no_kind(given: Table, lacking: str) -> None:
    """It can be read and shown, but no case takes it."""
    one = Material.model_validate(given["material"])
    assert type(one) is Material
    with pytest.raises(ValueError, match="used as what it is not"):
        known_as(one, IonConductor)
    case = make_case(
        {"separator": given},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    with pytest.raises(Fault, match=f"test has no {lacking}") as refused:
        checks.check(case)
    assert refused.value.key == ("phases", "separator")


def test_overrides_make_it_whole() -> None:
    """A case may give what a material lacks; a salt makes a polymer of an electrolyte."""
    lacking = electrolyte(ionic_conductivity=None)
    whole = make_case({"separator": lacking | {"overrides": {"ionic_conductivity": "1 S/m"}}})
    phase = whole.phases["separator"]
    assert phase.made_of(InorganicElectrolyte).ionic_conductivity == 1e6
    salted = make_case({"separator": electrolyte() | {"overrides": SALT}})
    polymer = salted.phases["separator"].made_of(PolymerElectrolyte)
    assert polymer.salt_concentration == 1000.0
    with pytest.raises(ValueError, match="InorganicElectrolyte"):
        salted.phases["separator"].made_of(InorganicElectrolyte)


def test_what_only_some_cases_ask() -> None:
    """Moduli are not needed without mechanics; asked for, they are not made up."""
    bare = Material.model_validate(electrolyte()["material"])
    with pytest.raises(ValueError, match="test lacks a property"):
        _ = bare.moduli
    assert material("LiCoO2").moduli == (
        material("LiCoO2").youngs_modulus,
        material("LiCoO2").poisson_ratio,
    )
    lithium = material("Li")
    assert lithium.charge_volume == pytest.approx(13e-6 / 96485.0 * 1e6, rel=0.02)
