"""Recipes, materials and meshes that are not valid: one message, exit code 2, nothing written."""

from collections.abc import Callable

import pytest
from spoiling import GONE, at, put
from workplace import CASE, MATERIAL, RECIPE, Workplace, expect_one_message


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (put(recipe="composit"), "recipe", "composite_cathode"),
        (put(width="4 kg"), "width", "wrong dimension"),
        (put(layers=[]), "layers", "at least 1"),
    ],
)
def test_recipe(workplace: Workplace, change: Callable[[dict], None], key: str, words: str) -> None:
    workplace.spoil("meshes/layers.toml", RECIPE, change)
    message = expect_one_message(workplace, "check", "case")
    assert f"meshes/layers.toml: {key}: " in message
    assert words in message


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (put(kind="stone"), "kind", "'electrolyte'"),
        (put(ionic_conductivity__value=1.0), "ionic_conductivity.value", "unit"),
        (put(ionic_conductivity__source="10.1000/1"), "ionic_conductivity", "both"),
        (put(ionic_conductivity__assumed=GONE), "ionic_conductivity", "neither"),
        (
            put(ionic_conductivity={"value": "1 S/m", "source": "a friend"}),
            "ionic_conductivity.source",
            "not a DOI",
        ),
        (put(ionic_conductivity="1 S/m"), "ionic_conductivity", "has no origin"),
        (put(colour="red"), "colour", "unknown key"),
        (
            put(volume_change={"stoichiometry": [0, 1], "value": [0], "unit": "1"}),
            "volume_change.value",
            "at least 2",
        ),
        (
            put(
                volume_change={
                    "stoichiometry": [0, 0],
                    "value": [0.0, 1.0],
                    "unit": "1",
                    "assumed": "so",
                }
            ),
            "volume_change.stoichiometry",
            "Sort",
        ),
        (
            put(
                open_circuit_voltage={
                    "stoichiometry": [0, 1],
                    "value": [4.0, 3.0],
                    "unit": "mV",
                    "assumed": "so",
                }
            ),
            "open_circuit_voltage.unit",
            '"V"',
        ),
        (
            put(stoichiometry_window={"value": [0.9, 0.2], "assumed": "so"}),
            "stoichiometry_window.value",
            "full charge first",
        ),
        (
            put(alternatives={"ionic_conductivity": {"other": {"value": "1 V", "assumed": "so"}}}),
            "alternatives.ionic_conductivity.other.value",
            "conductivity",
        ),
    ],
)
def test_material_file(
    workplace: Workplace, change: Callable[[dict], None], key: str, words: str
) -> None:
    workplace.spoil("soft.toml", MATERIAL, change)
    workplace.spoil("case/case.toml", CASE, put(phases__separator__material="../soft.toml"))
    message = expect_one_message(workplace, "check", "case")
    assert f"soft.toml: {key}: " in message
    assert words in message


COMPOSITE = {
    "recipe": "composite_cathode",
    "dimension": 2,
    "separator_thickness": "5 um",
    "cathode_thickness": "20 um",
    "width": "20 um",
    "volume_fraction": 0.4,
    "minimum_gap": "0.3 um",
    "collector_contact": 0.2,
    "collector_depth": 0.2,
    "diameter": {"mean": "5 um", "deviation": "1 um", "minimum": "3 um", "maximum": "8 um"},
    "size": {"interface": "0.5 um", "max": "2 um", "growth": 0.2, "cells_across_gap": 1.0},
}


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (put(volume_fraction=0.99), "volume_fraction", "volume_fraction"),
        (put(volume_fraction=1.5), "volume_fraction", "1.5"),
        (put(volume_fraction=float("nan")), "volume_fraction", "nan"),
        (put(minimum_gap="9 um"), "", "."),
        (put(diameter__minimum="9 um"), "diameter", "."),
        (put(cathode_thickness="1e9 m"), "cathode_thickness", "um"),
        (put(size__interface="0 um"), "size.interface", "not positive"),
    ],
)
@pytest.mark.parametrize("command", ["mesh", "run"])
def test_recipe_that_cannot_be_met(
    workplace: Workplace, command: str, change: Callable[[dict], None], key: str, words: str
) -> None:
    """Nothing is written for a packing that is too dense, or with particles that would overlap."""
    workplace.spoil("meshes/layers.toml", COMPOSITE, change)
    message = expect_one_message(workplace, command, "case")
    assert f"meshes/layers.toml: {key}" in message
    assert words in message


@pytest.mark.parametrize("command", ["mesh", "run"])
def test_mesh_without_a_phase_of_the_case(workplace: Workplace, command: str) -> None:
    workplace.spoil("meshes/layers.toml", RECIPE, put(layers=RECIPE["layers"][::2]))
    message = expect_one_message(workplace, command, "case")
    assert "case/case.toml: phases.catholyte: not in the mesh" in message


def test_phases_that_touch_without_an_interface(workplace: Workplace) -> None:
    """The separator beside the active material: no table says what happens between them."""
    layers = [RECIPE["layers"][k] for k in (1, 0, 2)]
    workplace.spoil("meshes/layers.toml", RECIPE, put(layers=layers))
    message = expect_one_message(workplace, "run", "case")
    assert "touch" in message


CRACKS = {"fracture_toughness": "0.2 MPa*m^0.5", "regularisation_length": "2 um"}


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (
            {"regularisation_length": "1 pm"},
            "regularisation_length: that would take about",
            "smaller piece",
        ),
        (
            {"flaws": [{"begin": ["8.5 um", "1 um"], "end": ["9 um", "1 um"]}]},
            "flaws.0: no part of it lies in separator",
            "--picture` shows it",
        ),
        (
            {
                "penny_cracks": [
                    {"centre": ["1 um"] * 3, "normal": [0.0, 1.0, 0.0], "radius": "1 um"}
                ]
            },
            "penny_cracks: there are no penny-shaped cracks in the plane",
            "begin and end",
        ),
    ],
)
def test_cracks_that_cannot_be_put_in_the_mesh(
    workplace: Workplace, change: dict, key: str, words: str
) -> None:
    """A recipe is refined without end; a flaw lies in the active material."""
    workplace.spoil("case/case.toml", CASE, put(phases__separator__cracking=CRACKS | change))
    message = expect_one_message(workplace, "run", "case")
    assert f"case/case.toml: phases.separator.cracking.{key}" in message
    assert words in message


@pytest.mark.parametrize("command", ["check", "mesh", "run"])
def test_active_material_on_both_sides(workplace: Workplace, command: str) -> None:
    """Refused before anything is meshed, with what would do; doing that does."""
    graphite = {"phase": "graphite", "thickness": "4 um", "size": "2 um"}
    workplace.write("meshes/layers.toml", RECIPE | {"layers": [graphite, *RECIPE["layers"]]})
    host = {"material": "graphite", "initial_stoichiometry": 0.5}
    law = dict(CASE["interfaces"]["active|catholyte"])
    law.pop("electronic_resistance")
    keys = ("phases", "graphite"), ("interfaces", "graphite|separator")
    workplace.spoil("case/case.toml", CASE, at((keys[0], host), (keys[1], law)))
    message = expect_one_message(workplace, command, "case")
    assert "case/case.toml: boundaries.anode: graphite, active material, lies there" in message
    assert "begin with a layer of electrolyte" in message
    workplace.spoil("case/case.toml", CASE, put(boundaries__anode={}))
    assert "active material lies at the collector only" in expect_one_message(
        workplace, command, "case"
    )
    workplace.write("meshes/layers.toml", RECIPE)
    workplace.write("case/case.toml", CASE)
    assert workplace.call("mesh", "case")[::2] == (0, "")
