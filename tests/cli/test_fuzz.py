"""Cases drawn from the schema, some keys right and some wrong: accepted, or refused in one line."""

import copy
import re
from typing import Any

import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workplace import CASE, Workplace

from ecmcell.case.export import model_schema
from ecmcell.case.schema import Case

SCHEMA = model_schema(Case)
UNITS = ["um", "s", "V", "MPa", "GPa", "S/m", "m^2/s", "mol/m^3", "A/m^2", "ohm*cm^2", "MPa/um"]
UNITS += ["degC", "K", "kJ/mol", "m^3/mol", "g/cm^3", "MPa*m^0.5", "1", "%", "", "furlong", "m^"]
NUMBERS = st.sampled_from([0, 1, -1, 3, 0.5, 1e-30, 1e30, 10**30, float("nan"), float("inf")])
TEXTS = st.one_of(
    st.tuples(NUMBERS, st.sampled_from(UNITS)).map(lambda pair: f"{pair[0]} {pair[1]}"),
    st.sampled_from(["", "NMC811", "Li", "x.toml", "a.json:b", "\0", "a\nb", "5 MPa", "\u202e"]),
    st.text(max_size=8),
)
JUNK = st.recursive(
    st.one_of(NUMBERS, TEXTS, st.booleans()),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=2),
    max_leaves=4,
)


def drawn(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that mostly obey a schema, deeper and deeper less of them."""
    if "$ref" in schema:
        return drawn(SCHEMA["$defs"][schema["$ref"].split("/")[-1]], depth)
    if depth > 5:
        return JUNK
    if "anyOf" in schema:
        return st.one_of([drawn(choice, depth + 1) for choice in schema["anyOf"]])
    if "allOf" in schema:
        return drawn(schema["allOf"][0], depth)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | JUNK
    match schema.get("type"):
        case "object":
            required = set(schema.get("required", []))
            fields = {n: drawn(s, depth + 1) for n, s in schema.get("properties", {}).items()}
            return st.fixed_dictionaries(
                {n: s for n, s in fields.items() if n in required},
                optional={n: s for n, s in fields.items() if n not in required},
            )
        case "array":
            return st.lists(drawn(schema.get("items", {}), depth + 1), max_size=3)
        case "string":
            return st.sampled_from([*schema.get("examples", ["x"])]) | TEXTS
        case "number" | "integer":
            return st.floats(0, 1) | NUMBERS
        case "boolean":
            return st.booleans()
    return JUNK


def places(schema: dict[str, Any], at: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], dict]]:
    """Every key of the tables of a case that can be reached without choosing a name."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].split("/")[-1]]
    found = []
    for name, entry in schema.get("properties", {}).items():
        found.append(((*at, name), entry))
        found += places(entry, (*at, name))
    return found


PLACES = places(SCHEMA)
PLACES += [
    ((table, name, key), entry)
    for table, model, names in [
        ("phases", "Phase", ["active", "separator"]),
        ("interfaces", "ReactingInterface", ["active|catholyte", "catholyte|separator"]),
    ]
    for name in names
    for key, entry in SCHEMA["$defs"][model]["properties"].items()
]
CHANGES = st.sampled_from(PLACES).flatmap(
    lambda place: st.tuples(st.just(place[0]), drawn(place[1]) | JUNK)
)


@settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_drawn_case(workplace: Workplace, changes: list[tuple[tuple[str, ...], Any]]) -> None:
    case = copy.deepcopy(CASE)
    for (*above, last), value in changes:
        table = case
        for key in above:
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                break
        else:
            table[last] = value
    (workplace.path / "case/case.toml").write_text(tomli_w.dumps(case), encoding="utf-8")
    before = workplace.files()
    code, out, err = workplace.call("check", "case")
    assert workplace.files() == before
    if code == 0:
        assert err == ""
    else:
        assert code == 2
        assert out == ""
        assert re.fullmatch(r"error: .+[.?]\n", err), err
        assert err[:-1].isprintable(), err
