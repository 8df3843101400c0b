"""A good case to spoil, and the command line called within this process."""

import copy
import itertools
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from PIL import Image
from wrong_orientations import TABLES

from ecmcell import cli
from ecmcell.runs.interruption import Interruption

RECIPE = {
    "recipe": "layered",
    "dimension": 2,
    "width": "4 um",
    "size": "2 um",
    "layers": [
        {"phase": "separator", "thickness": "4 um", "size": "2 um"},
        {"phase": "catholyte", "thickness": "4 um", "size": "2 um"},
        {"phase": "active", "thickness": "4 um", "size": "2 um"},
    ],
}
CASE: dict[str, Any] = {
    "title": "A case that is right",
    "protocol": ["Charge at C/5 until 4.2 V", "Rest for 1 hour", "Discharge at 1C until 2.8 V"],
    "mesh": {"recipe": "../meshes/layers.toml", "seed": 1},
    "phases": {
        "active": {"material": "NMC811", "initial_stoichiometry": 0.9},
        "catholyte": {
            "material": "Li6PS5Cl",
            "overrides": {"electronic_conductivity": "1 S/m"},
        },
        "separator": {"material": "Li6PS5Cl"},
    },
    "interfaces": {
        "active|catholyte": {
            "exchange_current_density": "1 A/m^2",
            "electronic_resistance": "1 ohm*cm^2",
            "penalty_stiffness": "1e5 MPa/um",
            "strength": "5 MPa",
        },
        "catholyte|separator": {"bonded": True},
    },
    "boundaries": {
        "anode": {"metal": "Li", "exchange_current_density": "10 A/m^2"},
        "collector": {"contact_resistance": "1e-2 ohm*cm^2"},
    },
    "cell": {"temperature": "25 degC", "stack_pressure": "5 MPa"},
}
MATERIAL = {
    "name": "soft",
    "kind": "electrolyte",
    "formula": "X",
    "ionic_conductivity": {"value": "1 mS/cm", "assumed": "a round number"},
}


def on_ranks(count: int) -> list[str]:
    """What starts a program on some ranks; nothing for one, which needs no launcher."""
    return ["mpirun", "--oversubscribe", "-n", str(count)] if count > 1 else []


class Workplace:
    """A directory with a recipe and a case, and the command line in it."""

    def __init__(self, path: Path, capfd: pytest.CaptureFixture[str]):
        self.path, self._capfd = path, capfd
        (path / "meshes").mkdir()
        (path / "case").mkdir()
        self.write("meshes/layers.toml", RECIPE)
        self.write("case/case.toml", CASE)

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Write a TOML file."""
        (self.path / name).write_text(tomli_w.dumps(content), encoding="utf-8")

    def spoil(self, name: str, content: dict[str, Any], change: Callable[[dict], object]) -> None:
        """Write a TOML file with something changed."""
        changed = copy.deepcopy(content)
        change(changed)
        self.write(name, changed)

    def files(self) -> dict[str, bytes]:
        """Every file and its content."""
        return {
            str(p.relative_to(self.path)): p.read_bytes() if p.is_file() else b""
            for p in self.path.rglob("*")
        }

    def call(self, *words: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command."""
        before = sys.argv
        sys.argv = ["ecmcell", *words]
        try:
            code = cli.main()
        finally:
            sys.argv = before
        return code, *self.told()

    def told(self) -> tuple[str, str]:
        """Standard output and standard error since the last call."""
        sys.stdout.flush()
        return self._capfd.readouterr()


def stop_before(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a run get SIGTERM before one of its time steps, counted over all runs."""
    count, check = itertools.count(1), Interruption.check_step

    def stopping(self: Interruption) -> None:
        if next(count) == step:
            os.kill(os.getpid(), signal.SIGTERM)
        check(self)

    monkeypatch.setattr(Interruption, "check_step", stopping)


def expect_one_message(workplace: Workplace, *words: str) -> str:
    """Call the command line, which has to refuse; its message."""
    before = workplace.files()
    code, out, err = workplace.call(*words)
    assert code == 2
    assert re.fullmatch(r"error: .+[.?]\n", err), err
    assert "Traceback" not in err
    assert out == ""
    assert workplace.files() == before
    return err


def surround(workplace: Workplace, elsewhere: Path) -> None:
    """What wrong cases refer to."""
    workplace.write("soft.toml", MATERIAL)
    for file in ("binary", "binary.toml"):
        (workplace.path / file).write_bytes(b"\x89PNG\r\n\x1a\n\xff\x00")
    (workplace.path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\x00")
    ramp = np.tile(np.linspace(0, 255, 16), (8, 1)).astype(np.uint8)
    for name, pixels in (("ramp", ramp), ("black", 0 * ramp), ("halves", ramp // 128 * 255)):
        Image.fromarray(pixels).save(workplace.path / f"{name}.png")
    clear = Image.fromarray(ramp).convert("LA")
    clear.putalpha(0)
    clear.save(workplace.path / "holes.png")
    page = Image.fromarray(ramp)
    page.save(workplace.path / "pages.tiff", save_all=True, append_images=[page])
    Image.fromarray((2.0 * ramp).astype(np.float32)).save(workplace.path / "bright.tiff")
    for name, text in TABLES.items():
        (workplace.path / f"{name}.csv").write_text(text)
    (workplace.path / "outside").symlink_to(elsewhere)
