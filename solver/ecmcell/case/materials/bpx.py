"""Active materials from parameter files in the Battery Parameter eXchange format (BPX).

What is read of an electrode: maximum concentration, stoichiometry limits, diffusivity with its
activation energy, electronic conductivity and open-circuit potential. Versions 0.1 to 1.x name
these alike. https://bpxstandard.com
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.case.files.expressions import Formula, formula
from ecmcell.case.files.provenance import BPX_FILE
from ecmcell.case.files.toml_reader import read_text
from ecmcell.errors import InputError

EXAMPLE = '"cell.json:Positive electrode"'
_SAMPLES = 201
_DIGITS = 12
_LARGEST_FILE = 20_000_000

Number = int | float


def read_bpx(path: Path, parts: list[str]) -> dict[str, Any]:
    """The table of a material from an electrode of a parameter file.

    Args:
        path: The file.
        parts: Name of the electrode and, of a blend, of one of its particles.

    Raises:
        InputError: If the file cannot be read, or has no such electrode.
    """
    content = _json(path)
    try:
        return _material(content, parts, path.name)
    except Fault as fault:
        raise InputError(path, ".".join(map(str, fault.key)), fault.given, fault.remedy) from None


def _json(path: Path) -> Any:
    def refuse(word: str) -> float:
        raise ValueError(f"{word} is no number")

    text = read_text(path, _LARGEST_FILE)
    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise InputError(path, "", "nested too deeply", "Give a BPX file.") from None
    except ValueError as error:
        raise InputError(path, "", f"not JSON: {error}", "Give a BPX file.") from None


def _material(content: Any, parts: list[str], name: str) -> dict[str, Any]:
    version = str(_table(content, "Header", ()).get("BPX"))
    if version.split(".")[0] not in ("0", "1"):
        given = f"version {toml(version)}"
        raise Fault(given, "Give a file of version 0 or 1.", ("Header", "BPX"))
    everything = _table(content, "Parameterisation", ())
    key: tuple[str, ...] = ("Parameterisation",)
    electrode, rest = everything, parts
    while rest:
        electrode = _table(electrode, rest[0], key)
        key, rest = (*key, rest[0]), rest[1:]
        blend = electrode.get("Particle")
        if isinstance(blend, dict):
            if not rest:
                chosen = f'"{name}:{":".join([*parts, next(iter(blend), "")])}"'
                raise Fault("a blend of particles", f"Name one of them, e.g. {chosen}.", key)
            particle = _table(blend, rest[0], (*key, "Particle"))
            shared = {k: v for k, v in electrode.items() if k != "Particle"}
            electrode, key, rest = shared | particle, (*key, "Particle", rest[0]), rest[1:]
    return _Electrode(electrode, key, name, _temperature(everything)).table(parts)


def _temperature(everything: dict[str, Any]) -> float | None:
    cell = everything.get("Cell")
    given = cell.get("Reference temperature [K]") if isinstance(cell, dict) else None
    return float(given) if isinstance(given, Number) and not isinstance(given, bool) else None


def _table(within: Any, name: str, key: tuple[str, ...]) -> dict[str, Any]:
    found = within.get(name) if isinstance(within, dict) else None
    if isinstance(found, dict):
        return found
    known = (
        [k for k, v in within.items() if isinstance(v, dict)] if isinstance(within, dict) else []
    )
    raise Fault("missing", suggest(name, known, "tables"), (*key, name))


class _Electrode:
    """Reads the entries of an electrode one by one."""

    def __init__(
        self, entries: dict[str, Any], key: tuple[str, ...], file: str, temperature: float | None
    ):
        self._entries, self._key = entries, key
        self._origin = {"source": f"{BPX_FILE}{file}"}
        self._temperature = temperature

    def table(self, parts: list[str]) -> dict[str, Any]:
        """The material as a table of the library."""
        low, high = self._number("Minimum stoichiometry"), self._number("Maximum stoichiometry")
        if not 0.0 <= low < high <= 1.0:
            key = (*self._key, "Maximum stoichiometry")
            raise Fault(f"{low:g} to {high:g} is no range", "Give limits between 0 and 1.", key)
        concentration = self._number("Maximum concentration [mol.m-3]")
        table: dict[str, Any] = {
            "name": ":".join([self._origin["source"].removeprefix(BPX_FILE), *parts]),
            "kind": "active material",
            "formula": parts[-1],
            "maximum_concentration": {"value": f"{concentration!r} mol/m^3"} | self._origin,
            "stoichiometry_window": {"value": [low, high]} | self._origin,
            "diffusivity": self._diffusivity(low, high),
            "open_circuit_voltage": self._open_circuit(low, high),
        }
        if "Diffusivity activation energy [J.mol-1]" in self._entries:
            energy = self._number("Diffusivity activation energy [J.mol-1]")
            table["diffusivity_activation_energy"] = {"value": f"{energy!r} J/mol"} | self._origin
        if "Conductivity [S.m-1]" in self._entries:
            conductivity = self._number("Conductivity [S.m-1]")
            note = "Of the porous electrode as a whole, as the format has it."
            given = {"value": f"{conductivity!r} S/m", "note": note}
            table["electronic_conductivity"] = given | self._at_temperature() | self._origin
        return table

    def _diffusivity(self, low: float, high: float) -> dict[str, Any]:
        name = "Diffusivity [m2.s-1]"
        x = np.linspace(low, high, _SAMPLES)
        values = self._values(name, x)
        if np.any(values <= 0.0):
            raise Fault("not positive everywhere", "Correct the file.", (*self._key, name))
        mean = float(np.exp(np.mean(np.log(values))))
        given = {"value": f"{mean:.{_DIGITS}g} m^2/s"} | self._at_temperature()
        if np.ptp(values) <= 1e-9 * mean:
            return given | self._origin
        why = f"geometric mean over the stoichiometry window; {self._origin['source']} has a curve"
        return given | {"assumed": why}

    def _open_circuit(self, low: float, high: float) -> dict[str, Any]:
        name = "OCP [V]"
        given = self._entry(name)
        if isinstance(given, dict):
            x, y = self._points(given, name)
        else:
            x = np.linspace(low, high, _SAMPLES)
            y = self._values(name, x)
        table: dict[str, Any] = {
            "stoichiometry": [float(f"{v:.{_DIGITS}g}") for v in x],
            "value": [float(f"{v:.{_DIGITS}g}") for v in y],
            "unit": "V",
        }
        if isinstance(given, str):
            table["note"] = f"{_SAMPLES} points of {given}"
        return table | self._origin

    def _values(self, name: str, x: np.ndarray) -> np.ndarray:
        given = self._entry(name)
        if isinstance(given, dict):
            return np.interp(x, *self._points(given, name))
        curve: Formula = formula(str(given) if self._is_number(given) else given)
        try:
            return curve(x)
        except Fault as fault:
            raise Fault(fault.given, fault.remedy, (*self._key, name)) from None

    def _points(self, given: dict[str, Any], name: str) -> tuple[np.ndarray, np.ndarray]:
        key = (*self._key, name)
        columns = [given.get("x"), given.get("y")]
        for column in columns:
            if not isinstance(column, list) or not all(map(self._is_number, column)):
                raise Fault("not a table", "Give lists of numbers, x and y.", key)
        x, y = (np.array(column, dtype=np.float64) for column in columns)
        if x.size != y.size or x.size < 2 or np.any(np.diff(x) <= 0.0):
            remedy = "Give as many x as y, two at least, with x increasing."
            raise Fault("not a table", remedy, key)
        return x, y

    def _number(self, name: str) -> float:
        given = self._entry(name)
        if not self._is_number(given):
            raise Fault(f"{toml(given)} is not valid", "Give a number.", (*self._key, name))
        return float(given)

    def _entry(self, name: str) -> Any:
        if name not in self._entries:
            raise Fault("missing", "Add it to the file.", (*self._key, name))
        return self._entries[name]

    def _at_temperature(self) -> dict[str, str]:
        return {} if self._temperature is None else {"temperature": f"{self._temperature!r} K"}

    @staticmethod
    def _is_number(given: object) -> bool:
        return isinstance(given, Number) and not isinstance(given, bool) and abs(given) < 1e300
