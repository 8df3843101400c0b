"""What `docker/enter` and the image set and are made of, and that many may start at once."""

import os
import re
import subprocess
from pathlib import Path

import pytest

DOCKER = Path(__file__).parents[2] / "docker"
YIELDS = "OMPI_MCA_mpi_yield_when_idle"
SESSIONS = "PRTE_MCA_prte_tmpdir_base"


@pytest.mark.parametrize(("given", "heeded"), [({}, "true"), ({YIELDS: "0"}, "false")])
def test_ranks_yield_unless_the_caller_has_it_otherwise(given: dict[str, str], heeded: str) -> None:
    """What OpenMPI itself makes of it, so that a name that it does not know is found."""
    outer = {name: value for name, value in os.environ.items() if name != YIELDS}
    told = subprocess.run(
        [DOCKER / "enter", "ompi_info", "--all", "--parsable"],
        env=outer | {"ECMCELL_IN": "host"} | given,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    (value,) = re.findall(r":mpi_yield_when_idle:value:(\w+)", told)
    assert value == heeded


@pytest.mark.parametrize("step", ["mktemp", "flock"])
def test_starts_at_once_leave_each_other_their_directories(step: str, tmp_path: Path) -> None:
    """One starts before and after a step in which another makes its directory for mpirun."""
    command = [DOCKER / "enter", "sh", "-c", 'test -d "$PRTE_MCA_prte_tmpdir_base"']
    outer = {name: value for name, value in os.environ.items() if name != SESSIONS}
    outer["ECMCELL_IN"] = "host"
    between = tmp_path / step
    between.write_text(
        f"""#!/bin/sh
export PATH='{outer["PATH"]}'
env -u {SESSIONS} '{DOCKER}/enter' true
{step} "$@"
code=$?
env -u {SESSIONS} '{DOCKER}/enter' true
exit $code
"""
    )
    between.chmod(0o755)
    path = f"{tmp_path}:{outer['PATH']}"
    subprocess.run(command, env=outer | {"PATH": path}, timeout=120, check=True)


def test_image_has_what_enter_sets() -> None:
    """Ranks of the image yield, too; the file system of clusters leaves that to their MPI."""
    image = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(rf"^ENV .*{YIELDS}=1\b", re.sub(r"\\\n", "", image), re.MULTILINE)


def lines(name: str) -> list[str]:
    """What a list in `docker` names."""
    text = (DOCKER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", " "))]


def test_development_adds_to_what_a_run_needs() -> None:
    """Nothing is named twice; every Python package that is asked for is pinned with its files."""
    run, development = lines("packages.txt"), lines("packages-development.txt")
    assert not {*run} & {*development}
    pins = [lines(f"requirements{part}.lock") for part in ("", "-development")]
    names = [{pin.split("==")[0] for pin in one} for one in pins]
    assert not names[0] & names[1]
    for pinned, part in zip(names, ("", "-development"), strict=True):
        assert {*lines(f"requirements{part}.in")} <= pinned
        lock = (DOCKER / f"requirements{part}.lock").read_text(encoding="utf-8")
        entries = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in entry for entry in entries)


def test_image_is_made_of_what_a_run_needs() -> None:
    """Its stages read no list of development; the stage of `docker/enter` does."""
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    stages = {}
    for stage in re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]:
        base, _, name = re.match(r"(\S+)( AS (\S+))?", stage).groups()
        stages[name] = (base, stage)
    used = [stages[None]]
    while used[-1][0] in stages:
        used.append(stages[used[-1][0]])
    assert len(used) > 2
    assert not any("development" in stage.split("# ")[0] for _, stage in used)
    assert "packages-development.txt" in stages["development"][1]
    enter = (DOCKER / "enter").read_text(encoding="utf-8")
    assert "--target development" in enter


def test_image_runs_all_smoke_tests() -> None:
    """It collects this directory alone: modules elsewhere import what a run does not need."""
    smoke = (DOCKER / "smoke").read_text(encoding="utf-8")
    assert '-m smoke "$checkout/tests/cli"' in smoke
    here = Path(__file__).parent
    marked = [
        path
        for path in here.parent.rglob("*.py")
        if re.search(r"^@pytest\.mark\.smoke|^pytestmark.*smoke", path.read_text("utf-8"), re.M)
    ]
    assert len(marked) > 2
    assert {path.parent for path in marked} == {here}


@pytest.mark.parametrize("name", ["solver", "cases", "meshes"])
def test_images_have_the_cases_beside_the_package(name: str) -> None:
    """`ecmcell new --like` finds them there, and they their recipes."""
    dockerfile = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert f"\nCOPY {name} /opt/ecmcell/{name}\n" in dockerfile
    definition = (DOCKER / "ecmcell.def").read_text(encoding="utf-8")
    assert f"\n    {name} /opt/ecmcell/{name}\n" in definition
