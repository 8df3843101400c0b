"""Values of cases and materials: their origin, which one is chosen, and how they are written."""

import io
import pickle
import re
from pathlib import Path

import pytest
import tomli_w
from rich.console import Console
from tests.unit.case.test_case import TEXT, made

from ecmcell.api.overview import overview
from ecmcell.case.files.provenance import CASE_FILE
from ecmcell.case.interfaces import ReactingInterface
from ecmcell.case.load import load_case
from ecmcell.case.materials import LIBRARY, Material, material, names
from ecmcell.errors import InputError


def test_override_says_that_it_is_one(tmp_path: Path) -> None:
    active = made(tmp_path).phases["active"].material
    library = material("NMC811")
    assert active.diffusivity is not None
    assert active.diffusivity.origin.source == CASE_FILE
    assert active.density == library.density
    assert active.density is not None and active.density.origin.source != CASE_FILE


def test_overview_tells_what_has_no_origin_and_what_leads_beyond(tmp_path: Path) -> None:
    text = re.sub(r"protocol = .*", 'protocol = ["Charge at 1C until 4.4 V"]', TEXT)
    page = io.StringIO()
    Console(file=page, width=300).print(overview(made(tmp_path, text)))
    lines = page.getvalue().splitlines()
    bare = [line for line in lines if "no origin given" in line]
    assert ["active" in bare[0] and "diffusivity" in bare[0]] == [True]
    assert any("film_resistance" in line and "strength" in line for line in bare)
    (told,) = [line for line in lines if "below the stoichiometry window" in line]
    assert "Charge at 1C until 4.4 V" in told
    material = made(tmp_path, text).phases["active"].material
    curve, window = material.open_circuit_voltage, material.stoichiometry_window
    assert curve is not None and window is not None
    x = float(re.findall(r"x = ([\d.]+)", told)[0])
    assert curve.at(x) == pytest.approx(4.4, abs=2e-3)
    assert float(re.findall(r"by ([\d.]+) below", told)[0]) == pytest.approx(
        window.low - x, abs=1e-3
    )


def test_own_material_beside_the_case(tmp_path: Path) -> None:
    text = (LIBRARY / "Li6PS5Cl.toml").read_text().replace('"Li6PS5Cl"', '"mine"')
    (tmp_path / "mine.toml").write_text(text)
    changed = TEXT.replace(
        'separator]\nmaterial = "Li6PS5Cl"', 'separator]\nmaterial = "mine.toml"'
    )
    assert made(tmp_path, changed).phases["separator"].material.name == "mine"


def test_alternative_value_is_chosen_by_its_label(tmp_path: Path) -> None:
    content = {
        "name": "mine",
        "kind": "electrolyte",
        "formula": "X",
        "ionic_conductivity": {"value": "1 S/m", "assumed": "one"},
        "alternatives": {
            "ionic_conductivity": {"pellet": {"value": "2 S/m", "assumed": "two", "note": "cold"}}
        },
    }
    (tmp_path / "mine.toml").write_text(tomli_w.dumps(content))
    text = TEXT.replace(
        'separator]\nmaterial = "Li6PS5Cl"',
        'separator]\nmaterial = "mine.toml"\noverrides.ionic_conductivity = "pellet"',
    )
    chosen = made(tmp_path, text + "\n[physics]\nmechanics = false\n").phases["separator"].material
    assert chosen.ionic_conductivity == 2e6
    assert chosen.ionic_conductivity.origin.note == "cold"


@pytest.mark.parametrize("name", names())
def test_library_material_loads_and_is_written_alike(name: str) -> None:
    loaded = material(name)
    assert loaded.name == name
    again = Material.model_validate(loaded.model_dump(mode="json", exclude_none=True))
    for key, origin in loaded.origins():
        assert getattr(again, key) == getattr(loaded, key)
        assert dict(again.origins())[key] == origin


def test_curve_is_interpolated() -> None:
    curve = material("NMC811").open_circuit_voltage
    assert curve is not None
    x, y = curve.stoichiometry, curve.value
    assert curve.at(x[1]) == y[1]
    assert curve.at((x[1] + x[2]) / 2) == pytest.approx((y[1] + y[2]) / 2)
    assert (curve.low, curve.high) == (x[0], x[-1])


def test_values_of_a_case_say_where_they_come_from(tmp_path: Path) -> None:
    text = TEXT.replace(
        'strength = "5 MPa"', 'strength = { value = "5 MPa", assumed = "so", note = "no" }'
    ).replace(
        'temperature = "60 degC"', 'temperature = { value = "60 degC", source = "10.1000/1" }'
    )
    case = made(tmp_path, text)
    interface = case.interface_between("active", "catholyte")
    assert isinstance(interface, ReactingInterface)
    assert interface.strength == 5.0
    assert dict(interface.origins())["strength"].assumed == "so"
    assert dict(case.cell.origins())["temperature"].source == "10.1000/1"
    (tmp_path / "again.toml").write_text(case.to_toml())
    again = load_case(tmp_path / "again.toml")
    assert again.model_dump() == case.model_dump()
    assert dict(again.cell.origins()) == dict(case.cell.origins())
    assert dict(pickle.loads(pickle.dumps(case)).cell.origins()) == dict(case.cell.origins())


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ('{ value = "5 MPa" }', 'interfaces."catholyte | active".strength'),
        (
            '{ value = "5 MPa", source = "a friend" }',
            'interfaces."catholyte | active".strength.source',
        ),
        (
            '{ value = "5 MPa", assumed = "so", unit = "MPa" }',
            'interfaces."catholyte | active".strength.unit',
        ),
        ('{ value = "5 um", assumed = "so" }', 'interfaces."catholyte | active".strength'),
    ],
)
def test_origin_of_a_value_is_checked(tmp_path: Path, entry: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        made(tmp_path, TEXT.replace('strength = "5 MPa"', f"strength = {entry}"))
    assert caught.value.key == key


def test_assumed_additive_conducts(tmp_path: Path) -> None:
    text = TEXT.replace('"1 S/m"', '{ value = "1 S/m", assumed = "so" }')
    case = made(tmp_path, text)
    (tmp_path / "again.toml").write_text(case.to_toml())
    for phases in (case.phases, load_case(tmp_path / "again.toml").phases):
        assert phases["catholyte"].carries_electrons
        assert not phases["separator"].carries_electrons
        assert phases["catholyte"].material.assumptions()["electronic_conductivity"] == "so"


def test_partial_molar_volume_takes_the_place_of_the_table(tmp_path: Path) -> None:
    change = 'overrides.partial_molar_volume = "3e-6 m^3/mol"'
    text = TEXT.replace('overrides.diffusivity = "1e-15 m^2/s"', change)
    nmc = made(tmp_path, text).phases["active"].material
    assert nmc.partial_molar_volume == pytest.approx(3e-6)
    assert nmc.volume_change is None
