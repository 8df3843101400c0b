"""`study.toml`: which runs it asks for, and what is wrong with others."""

from pathlib import Path

import pytest

from ecmcell.case.files.merge import merged
from ecmcell.errors import InputError
from ecmcell.study import read_plan
from fake_study import write_case


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_case(tmp_path)
    return tmp_path


def ask(place: Path, study: str) -> list[tuple[str, dict[str, str]]]:
    (place / "study.toml").write_text(study)
    return [(v.name, v.choices) for v in read_plan(place).variations]


def test_every_combination_is_a_run_and_the_last_changes_fastest(place: Path) -> None:
    found = ask(
        place,
        """
        always.cell.temperature = "60 degC"
        [vary]
        "boundaries.anode.exchange_current_density" = [
            "1 A/m^2", { value = "2 A/m^2", assumed = "so" }
        ]
        [vary.current.low]
        [vary.current."twice as much"]
        protocol = ["Discharge at 1 mA/cm2 for 1 minute"]
        """,
    )
    key = "boundaries.anode.exchange_current_density"
    assert found == [
        ("1-A-m-2_low", {key: "1 A/m^2", "current": "low"}),
        ("1-A-m-2_twice-as-much", {key: "1 A/m^2", "current": "twice as much"}),
        ("2-A-m-2_low", {key: "2 A/m^2", "current": "low"}),
        ("2-A-m-2_twice-as-much", {key: "2 A/m^2", "current": "twice as much"}),
    ]
    cases = [v.case for v in read_plan(place).variations]
    assert [c.boundaries.anode.exchange_current_density for c in cases] == [1.0, 1.0, 2.0, 2.0]
    assert [c.protocol[0].current.value for c in cases] == pytest.approx([5.0, 10.0, 5.0, 10.0])
    assert {c.cell.temperature for c in cases} == {333.15}
    assert {c.name for c in cases} == {place.name}


def test_a_study_may_be_named_by_its_file_and_run_in_part(place: Path) -> None:
    ask(place, '[vary]\n"cell.temperature" = ["25 degC", "60 degC"]')
    plan = read_plan(place / "study.toml")
    assert [v.name for v in plan.only(["60-degC"]).variations] == ["60-degC"]
    assert plan.only([]) is plan
    with pytest.raises(InputError, match='no variation "warm"'):
        plan.only(["warm"])


def test_a_value_with_its_origin_is_replaced_as_a_whole() -> None:
    old = {"a": {"value": "1 m", "source": "10.1/x"}, "b": {"c": 1, "d": 2}, "e": [1, 2]}
    new = {"a": {"value": "2 m", "assumed": "so"}, "b": {"c": 3}, "e": [3]}
    both = merged(old, new)
    assert both == {"a": {"value": "2 m", "assumed": "so"}, "b": {"c": 3, "d": 2}, "e": [3]}
    assert merged({"a": {"b": {"value": "1 m", "source": "x"}}}, {"a": {"b": "3 m"}}) == {
        "a": {"b": "3 m"}
    }
    assert old["b"] == {"c": 1, "d": 2}


WRONG = {
    "": "vary: missing",
    "[vary]": "vary: a table is not valid",
    "[vary]\nx = []": r"vary\.x: \[\] is not valid",
    '[vary]\nx = "2 MPa"': r'vary\.x: "2 MPa" is not valid',
    '[vary.x]\ny = "2 MPa"': r'vary\.x\.y: "2 MPa" is not valid',
    "[vary]\n'a b' = [1]": "not a key",
    "[vary]\n'' = [1]": "not a key",
    '[vary]\n"a = 1\\nb" = [1]': "not a key",
    '[vary]\n"cell.temperature" = ["25 degC", "25 degC"]': "a value is given twice",
    '[vary]\n"cell.temperature" = ["25 degC", "25  degC"]': '"25-degC" would not do',
    '[vary.x."?"]': '"" would not do',
    '[vary.x.".."]': '"\\.\\." would not do',
    '[vary]\n"cell.temperatur" = ["25 degC"]': r"\(25-degC\): cell\.temperatur: unknown key",
    '[vary]\n"cell.temperature" = ["25 m"]': r"study.toml \(25-m\): cell\.temperature: ",
    '[vary]\n"cell.temperature.x" = [1]': r"study.toml \(1\): cell\.temperature",
    '[vary]\n"cell.temperature" = ["25 degC"]\n[varied]': "varied: unknown key",
    "always = 3\n[vary.x.y]": "always: 3 is not valid",
    "[vary]\n" + "\n".join(f"{k} = [{', '.join(map(str, range(17)))}]" for k in "abc"): "4913 comb",
    "[vary": "not TOML",
}


@pytest.mark.parametrize(("study", "message"), WRONG.items(), ids=range(len(WRONG)))
def test_what_cannot_be_done_is_one_message(place: Path, study: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        ask(place, study)
    assert "study.toml" in error.value.where and "\n" not in str(error.value)


def test_without_a_file_there_is_no_study(place: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_plan(place)
