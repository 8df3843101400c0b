"""`ecmcell report` on one run and on several."""

import pytest
from workplace import Workplace

SERIES = "Time [s],Voltage [V],Current density [mA.cm-2]\n0.0,0.1,1.0\n60.0,0.2,1.0\n"


@pytest.fixture
def runs(workplace: Workplace) -> Workplace:
    """A workplace with two runs, `one` and `two`."""
    for name in ("one", "two"):
        run = workplace.path / name
        run.mkdir()
        (run / "provenance.json").write_text("{}")
        (run / "series.csv").write_text(SERIES)
    return workplace


def test_pages_of_one_and_of_several_runs(runs: Workplace) -> None:
    assert runs.call("report", "one") == (0, "one/report.html\n", "")
    assert runs.call("report", "one", "--output", "a.html") == (0, "a.html\n", "")
    assert runs.call("report", "one", "two") == (0, "comparison.html\n", "")
    assert runs.call("report", "two", "one", "--output", "b.html") == (0, "b.html\n", "")
    assert runs.call("report", "one", "--interactive") == (0, "one/report.html\n", "")
    for page in ("one/report.html", "a.html", "comparison.html", "b.html"):
        assert (runs.path / page).stat().st_size > 10_000
    assert (runs.path / "a_figures" / "voltage.pdf").is_file()
    assert (runs.path / "comparison_figures" / "voltages.pdf").is_file()


WRONG = [
    ("one", "one"),
    ("one", "./one/"),
    ("one", "case"),
    ("one", "nowhere"),
    ("one", "two", "--interactive"),
    ("one", "two", "--output", "page.txt"),
    ("one", "two", "--output", "nowhere/page.html"),
    ("one", "two", "--output", "one"),
    (),
]


def test_what_cannot_be_shown_ends_with_one_message(runs: Workplace) -> None:
    before = runs.files()
    for words in WRONG:
        code, out, err = runs.call("report", *words)
        assert (code, out) == (2, ""), words
        assert err.startswith("error: ") and err.count("\n") == 1, words
    assert runs.files() == before
