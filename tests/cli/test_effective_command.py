"""The command `effective`."""

import json

import pytest
from workplace import Workplace


def test_effective_shows_and_writes_what_it_found(workplace: Workplace) -> None:
    """Without a word the layers of active material and what it reacts with; in series here."""
    code, out, err = workplace.call("effective", "case", "--output", "results/mine")
    assert (code, err) == (0, "")
    assert "active, catholyte" in out
    assert "Conduction of electrons" in out
    assert "Tensor, row y" in out
    found = json.loads((workplace.path / "results/mine/effective.json").read_text())
    assert found["Phases"] == ["active", "catholyte"]
    ions, electrons = (found["Carriers"][name] for name in ("ions", "electrons"))
    assert ions["Axes"]["x"]["Effective conductivity [S.m-1]"] == 0.0
    assert ions["Axes"]["x"]["Percolating fraction"] == {"catholyte": 0.0}
    assert ions["Axes"]["x"]["Tortuosity factor"] is None
    across, along = ions["Conductivity tensor [S.m-1]"]
    assert across == pytest.approx([0.0, 0.0], abs=1e-12)
    assert along[1] == pytest.approx(ions["Axes"]["y"]["Effective conductivity [S.m-1]"])
    assert ions["Axes"]["y"]["Ratio to bulk"] == pytest.approx(0.5)
    assert ions["Axes"]["y"]["Tortuosity factor"] == pytest.approx(1.0)
    # 4 um of each: L/s = L1/s1 + R + L2/s2
    active = electrons["Phases"]["active"]["Conductivity [S.m-1]"]
    across = 4e-6 / active + 1e-4 + 4e-6 / 1.0
    found_across = electrons["Axes"]["x"]["Effective conductivity [S.m-1]"]
    assert found_across == pytest.approx(8e-6 / across, rel=1e-6)
    assert {"versions", "command"} <= found["Provenance"].keys()


def test_phases_can_be_chosen(workplace: Workplace) -> None:
    code, out, _ = workplace.call(
        "effective", "case", "--phase", "separator", "--phase", "catholyte"
    )
    assert code == 0
    assert "Phases: separator, catholyte" in out
    code, out, _ = workplace.call("effective", "case", "--perfect", "active")
    assert code == 0
    assert "inf" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--phase", "activ"], 'Did you mean "active"?'),
        (["--phase", "active", "--perfect", "catholyte"], '"catholyte" is not a phase to look at'),
        (["--output", "case/case.toml"], "is a file"),
    ],
)
def test_wrong_words(workplace: Workplace, words: list[str], message: str) -> None:
    before = workplace.files()
    code, out, err = workplace.call("effective", "case", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert workplace.files() == before
