"""Designs of studies: which points a grid, zipped factors, a sample and replicas give."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm, qmc

from ecmcell.case.units import quantity
from ecmcell.errors import InputError
from ecmcell.study import Plan
from ecmcell.study.sampling import saltelli, sobol
from fake_study import ANODE, COLLECTOR, ask

TEMPERATURE = "cell.temperature"
LINEAR = '{ from = "10 degC", to = "60 degC" }'
LOG = '{ from = "1 A/m^2", to = "10 mA/cm^2", scale = "log" }'
TWO = f'[vary]\n"{TEMPERATURE}" = {LINEAR}\n"{ANODE}" = {LOG}'


def chosen(plan: Plan, key: str, unit: str) -> np.ndarray:
    return np.array([quantity(v.choices[key], unit) for v in plan.variations])


def fractions(plan: Plan) -> np.ndarray:
    """Where the points lie between the ends of both ranges, shape (points, 2)."""
    linear = (chosen(plan, TEMPERATURE, "degC") - 10.0) / 50.0
    return np.column_stack([linear, np.log10(chosen(plan, ANODE, "A/m^2")) / 2.0])


def sampled(method: str, count: int, more: str = "") -> str:
    return f'[sample]\nmethod = "{method}"\ncount = {count}\n{more}\n{TWO}'


def test_a_range_with_a_count_is_a_list_of_evenly_spaced_values(tmp_path: Path) -> None:
    plan = ask(
        tmp_path,
        f"""
        [vary]
        "{TEMPERATURE}" = {{ from = "10 degC", to = "40 degC", count = 4 }}
        "{ANODE}" = {{ from = "1 A/m^2", to = "1 mA/cm^2", count = 3, scale = "log" }}
        """,
    )
    assert [v.name for v in plan.variations[:4]] == [
        "10-degC_1-A-m-2",
        "10-degC_3.16228-A-m-2",
        "10-degC_10-A-m-2",
        "20-degC_1-A-m-2",
    ]
    kelvin = [v.case.cell.temperature for v in plan.variations[::3]]
    assert kelvin == pytest.approx([283.15, 293.15, 303.15, 313.15])
    currents = [v.case.boundaries.anode.exchange_current_density for v in plan.variations[:3]]
    assert currents == pytest.approx([1.0, 10**0.5, 10.0], rel=1e-5)


def test_a_range_that_falls_and_plain_numbers(tmp_path: Path) -> None:
    key = "phases.separator.overrides.poisson_ratio"
    plan = ask(tmp_path, f"[vary]\n'{key}' = {{ from = 0.4, to = 0.2, count = 3 }}")
    assert [v.choices[key] for v in plan.variations] == ["0.4", "0.3", "0.2"]


def test_factors_that_are_zipped_go_together(tmp_path: Path) -> None:
    plan = ask(
        tmp_path,
        f"""
        zip = [["{TEMPERATURE}", "current"]]
        [vary]
        "{TEMPERATURE}" = ["25 degC", "60 degC"]
        "{ANODE}" = ["1 A/m^2", "2 A/m^2"]
        [vary.current.low]
        [vary.current.high]
        protocol = ["Discharge at 1 mA/cm2 for 1 minute"]
        """,
    )
    assert [v.name for v in plan.variations] == [
        "25-degC_low_1-A-m-2",
        "25-degC_low_2-A-m-2",
        "60-degC_high_1-A-m-2",
        "60-degC_high_2-A-m-2",
    ]
    assert plan.variations[2].choices == {
        TEMPERATURE: "60 degC",
        "current": "high",
        ANODE: "1 A/m^2",
    }
    assert [v.case.protocol[0].current.value for v in plan.variations] == [5.0, 5.0, 10.0, 10.0]


def test_a_latin_hypercube_has_each_part_of_each_range_once(tmp_path: Path) -> None:
    plan = ask(tmp_path, sampled("latin hypercube", 25))
    assert [v.name for v in plan.variations][::24] == ["0001", "0025"]
    for values in fractions(plan).T:
        assert sorted(np.floor(25 * values)) == list(range(25))
    assert np.abs(np.corrcoef(fractions(plan).T)[0, 1]) < 0.9  # it is no diagonal
    again = ask(tmp_path, sampled("latin hypercube", 25))
    assert [v.choices for v in again.variations] == [v.choices for v in plan.variations]
    other = ask(tmp_path, sampled("latin hypercube", 25, "seed = 2"))
    assert [v.choices for v in other.variations] != [v.choices for v in plan.variations]


def test_a_sobol_sequence_is_that_of_scipy_and_goes_on_where_a_shorter_one_ends(
    tmp_path: Path,
) -> None:
    plan = ask(tmp_path, sampled("sobol", 16, "seed = 3"))
    expected = qmc.Sobol(2, rng=3).random(16)
    assert fractions(plan) == pytest.approx(expected, abs=1e-5)
    longer = ask(tmp_path, sampled("sobol", 32, "seed = 3"))
    assert [(v.name, v.choices) for v in longer.variations[:16]] == [
        (v.name, v.choices) for v in plan.variations
    ]


def test_saltelli_points_mix_the_columns_of_two_samples(tmp_path: Path) -> None:
    plan = ask(tmp_path, sampled("saltelli", 8, "seed = 3"))
    base = qmc.Sobol(4, rng=3).random(8)
    first, second = base[:, :2], base[:, 2:]
    blocks = fractions(plan).reshape(8, 4, 2)
    assert blocks[:, 0] == pytest.approx(first, abs=1e-5)
    assert blocks[:, 1] == pytest.approx(second, abs=1e-5)
    assert blocks[:, 2, 0] == pytest.approx(second[:, 0], abs=1e-5)
    assert blocks[:, 2, 1] == pytest.approx(first[:, 1], abs=1e-5)
    assert blocks[:, 3, 0] == pytest.approx(first[:, 0], abs=1e-5)
    assert blocks[:, 3, 1] == pytest.approx(second[:, 1], abs=1e-5)
    shorter, longer = (saltelli(sobol(n, 4, 3)) for n in (8, 16))
    assert (longer[: len(shorter)] == shorter).all()


def test_a_normal_distribution_has_its_mean_and_deviation(tmp_path: Path) -> None:
    text = f"""
        sample = {{ method = "sobol", count = 256 }}
        [vary]
        "{TEMPERATURE}" = {{ mean = "25 degC", standard_deviation = "5 K" }}
    """
    drawn = chosen(ask(tmp_path, text), TEMPERATURE, "degC")
    assert drawn.mean() == pytest.approx(25.0, abs=0.05)
    assert drawn.std() == pytest.approx(5.0, abs=0.1)
    points = qmc.Sobol(1, rng=1).random(256)[:, 0]
    assert drawn == pytest.approx(norm.ppf(points, 25.0, 5.0), abs=1e-3)


def test_what_is_drawn_says_where_it_comes_from(tmp_path: Path) -> None:
    drawn = LOG.replace(" }", ', assumed = "between two measurements" }')
    text = f'sample = {{ method = "sobol", count = 2 }}\n[vary]\n"{ANODE}" = {drawn}'
    for variation in ask(tmp_path, text).variations:
        (origin,) = [o for key, o in variation.case.boundaries.anode.origins() if "exch" in key]
        assert origin.assumed == "between two measurements"
        assert variation.choices[ANODE].endswith(" A/m^2")


def test_lists_samples_and_replicas_combine(tmp_path: Path) -> None:
    contact = '{ map = "random", coverage = 0.5, length = "1 um" }'
    plan = ask(
        tmp_path,
        f"""
        always.boundaries.anode.contact = {contact}
        sample = {{ method = "latin hypercube", count = 2 }}
        replicas = {{ count = 3, seed = 7, keys = ["boundaries.anode.contact.seed"] }}
        [vary]
        "{TEMPERATURE}" = ["25 degC", "60 degC"]
        "{COLLECTOR}" = {LOG}
        """,
    )
    assert [v.name for v in plan.variations[:4]] == [
        "25-degC_0001_seed-7",
        "25-degC_0001_seed-8",
        "25-degC_0001_seed-9",
        "25-degC_0002_seed-7",
    ]
    assert len(plan.variations) == 12
    seeds = [v.case.boundaries.anode.contact.seed for v in plan.variations]
    assert seeds == [7, 8, 9] * 4
    assert len({v.choices[COLLECTOR] for v in plan.variations}) == 2


RANGE = f'"{TEMPERATURE}" = {LINEAR}'
WRONG = {
    "ends": (f'[vary]\n"{TEMPERATURE}" = {{ from = "1 degC" }}', r'vary\."cell.*to: missing'),
    "other end": (f'[vary]\n"{TEMPERATURE}" = {{ to = "1 degC" }}', r"\.from: missing"),
    "one end": (
        f'[vary]\n"{TEMPERATURE}" = {{ from = "25 degC", to = "25 degC" }}',
        "it would vary nothing",
    ),
    "dimension": (
        f'[vary]\n"{TEMPERATURE}" = {{ from = "25 degC", to = "3 m", count = 2 }}',
        '"3 m" has the wrong dimension',
    ),
    "unit": (
        f'[vary]\n"{TEMPERATURE}" = {{ from = "25 warm", to = "3 m", count = 2 }}',
        '"warm" is not a unit',
    ),
    "logarithm": (
        f'[vary]\n"{TEMPERATURE}" = {{ from = "1 degC", to = "3 degC", scale = "log", count = 2 }}',
        "there is no logarithm",
    ),
    "zero": (
        f'[vary]\n"{ANODE}" = {{ from = "0 A/m^2", to = "3 A/m^2", scale = "log", count = 2 }}',
        "there is no logarithm",
    ),
    "unknown key": (
        f'[vary]\n"{TEMPERATURE}" = {{ from = "1 degC", too = "3 degC" }}',
        r'too: unknown key.*Did you mean "to"',
    ),
    "deviation": (
        f'[vary]\n"{TEMPERATURE}" = {{ mean = "25 degC", standard_deviation = "5 degC" }}',
        "is not a deviation",
    ),
    "no mean": (f'[vary]\n"{TEMPERATURE}" = {{ standard_deviation = "5 K" }}', r"\.mean: missing"),
    "no sample": (f"[vary]\n{RANGE}", "sample: missing"),
    "no range": (
        f'sample = {{ method = "sobol", count = 2 }}\n[vary]\n"{TEMPERATURE}" = ["1 degC"]',
        "sample: there is no range to draw from",
    ),
    "power of two": (
        f'sample = {{ method = "sobol", count = 100 }}\n[vary]\n{RANGE}',
        r"sample\.count: 100 is not a power of two. Give 64 or 128",
    ),
    "power of two of Saltelli": (
        f'sample = {{ method = "saltelli", count = 3 }}\n[vary]\n{RANGE}',
        r"sample\.count: 3 is not a power of two",
    ),
    "count": (
        f'sample = {{ method = "sobol", count = 1 }}\n[vary]\n{RANGE}',
        r"sample\.count: 1 is not valid",
    ),
    "method": (
        f'sample = {{ method = "monte carlo", count = 2 }}\n[vary]\n{RANGE}',
        r'sample\.method: "monte carlo" is not a choice',
    ),
    "zip of one": ('zip = [["x"]]\n[vary.x.y]', r'zip\.0: \["x"\] is one'),
    "zip of unknown": (
        f'zip = [["cell.temperatur", "x"]]\n[vary]\n"{TEMPERATURE}" = ["1 degC"]\n[vary.x.y]',
        'zip: "cell.temperatur" is not varied. Did you mean "cell.temperature"',
    ),
    "zip of other lengths": (
        f'zip = [["{TEMPERATURE}", "x"]]\n[vary]\n"{TEMPERATURE}" = ["1 degC", "2 degC"]\n'
        "[vary.x.y]",
        '"cell.temperature" has 2, x has 1 choices',
    ),
    "zip twice": (
        'zip = [["x", "x"]]\n[vary.x.y]',
        '"x" is named twice',
    ),
    "zip of what is drawn": (
        f'zip = [["{TEMPERATURE}", "x"]]\nsample = {{ method = "sobol", count = 2 }}\n[vary]\n'
        f"{RANGE}\n[vary.x.y]",
        '"cell.temperature" is drawn',
    ),
    "the same key twice": (
        f'[vary]\n"{TEMPERATURE}" = ["1 degC"]\n[vary.x.warm.cell]\ntemperature = "60 degC"',
        '"cell.temperature" and x both set cell.temperature',
    ),
    "the same run twice": (
        '[vary.x.warm.cell]\ntemperature = "25 degC"\n[vary.x.same]',
        "same asks the same as warm",
    ),
    "replicas of nothing": (
        f'replicas = {{ count = 2, keys = ["mesh.sed"] }}\n[vary]\n"{TEMPERATURE}" = ["1 degC"]',
        r"mesh\.sed: unknown key",
    ),
    "replicas of no key": (
        f'replicas = {{ count = 2, keys = ["a b"] }}\n[vary]\n"{TEMPERATURE}" = ["1 degC"]',
        r'replicas\."a b": "a b" is not a key',
    ),
    "replicas of what is varied": (
        'replicas = { count = 2 }\n[vary]\n"mesh.seed" = [1, 2]',
        '"mesh.seed" and "mesh.seed" both set mesh.seed',
    ),
    "one replica": (
        f'replicas = {{ count = 1 }}\n[vary]\n"{TEMPERATURE}" = ["1 degC"]',
        r"replicas\.count: 1 is not valid",
    ),
    "too many": (
        f'sample = {{ method = "sobol", count = 8192 }}\n[vary]\n{RANGE}',
        "8192 combinations",
    ),
    "a point that cannot be": (
        f'sample = {{ method = "sobol", count = 2 }}\n[vary]\n"{ANODE}" = '
        '{ from = "-1 A/m^2", to = "-2 A/m^2" }',
        rf"study.toml \(0001\): {ANODE}: .* is not positive",
    ),
}


@pytest.mark.parametrize(("study", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_asked_is_one_message(tmp_path: Path, study: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        ask(tmp_path, study)
    assert "study.toml" in error.value.where and "\n" not in str(error.value)
