"""What `docker/enter` and the image set: ranks that wait leave the processor to others."""

import os
import re
import subprocess
from pathlib import Path

import pytest

DOCKER = Path(__file__).parents[2] / "docker"
YIELDS = "OMPI_MCA_mpi_yield_when_idle"


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


def test_image_has_what_enter_sets() -> None:
    """Ranks of the image yield, too; the file system of clusters leaves that to their MPI."""
    image = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(rf"^ENV .*{YIELDS}=1\b", re.sub(r"\\\n", "", image), re.MULTILINE)
