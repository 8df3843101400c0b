"""Names by which a case asks for fields, and what it must have for them."""

from typing import Any

import pytest

from cells import LITHIUM, active, electrolyte, kinetics, make_case
from ecmcell.case import checks
from ecmcell.case.checks.output import HAS
from ecmcell.case.faults import Fault
from ecmcell.case.field_names import NAMES, is_among
from ecmcell.case.schema import Case
from ecmcell.columns import fields
from ecmcell.columns.fields import FIELDS

ON_DEMAND = {fields.STRESS, fields.CELL_STRESS, fields.STRAIN, fields.LITHIUM_FLUX}


def half(**tables: Any) -> Case:
    """Active material beside an electrolyte, without mechanics."""
    phases = {"separator": electrolyte(), "active": active(0.5)}
    return make_case(phases, interfaces={"active|separator": kinetics()}, **tables)


def membrane(**tables: Any) -> Case:
    """An electrolyte between lithium."""
    usual = {
        "boundaries": {"anode": LITHIUM, "collector": LITHIUM},
        "protocol": ["Discharge at 1 mA/cm2 for 1 s"],
    }
    return make_case({"separator": electrolyte()}, **(usual | tables))


def test_names_are_those_of_the_declared_fields() -> None:
    assert {"default", "stress", "von Mises stress", "ionic current density"} < {*NAMES}
    assert len(NAMES) == len({*NAMES}) == 1 + len({field.name for field in FIELDS})


def test_default_is_all_but_what_is_on_demand() -> None:
    assert half().output.fields == ("default",)
    assert {field for field in FIELDS if not is_among(field, ("default",))} == ON_DEMAND
    assert all(is_among(field, ("default", "stress", "strain", "lithium flux")) for field in FIELDS)
    assert not any(is_among(field, ()) for field in FIELDS)


def test_a_name_asks_for_a_field_wherever_it_is() -> None:
    found = {field for field in FIELDS if is_among(field, ("stress", "von Mises stress"))}
    assert found == {fields.STRESS, fields.CELL_STRESS, fields.VON_MISES, fields.CELL_VON_MISES}


def test_every_need_of_a_field_is_known() -> None:
    assert {field.needs for field in FIELDS} - {""} == HAS.keys()
    assert len({field.key: field.needs for field in FIELDS}) == len(
        {(field.key, field.needs) for field in FIELDS}  # the same wherever it is
    )


@pytest.mark.parametrize("name", [name for name in NAMES if name != "default"])
def test_what_a_case_has_not_is_refused(name: str) -> None:
    """A membrane without mechanics has a potential and its current; all else has a remedy."""
    case = membrane(output={"fields": ["default", name]})
    found = [field for field in FIELDS if field.key == name]
    if not found[0].needs:
        checks.check(case)
        return
    with pytest.raises(Fault) as refused:
        checks.check(case)
    assert refused.value.key == ("output", "fields", 1)
    assert refused.value.given.startswith(f'"{name}" needs ')
    assert refused.value.remedy.startswith("Leave it out, or ")


@pytest.mark.parametrize(
    "name", ["lithium flux", "electrode potential", "electronic current density"]
)
def test_what_a_case_has_is_taken(name: str) -> None:
    checks.check(half(output={"fields": [name]}))


def test_fields_are_written_out_with_the_case() -> None:
    text = half(output={"fields": ["default", "lithium flux"]}).to_toml()
    assert 'fields = [\n    "default",\n    "lithium flux",\n]' in text
