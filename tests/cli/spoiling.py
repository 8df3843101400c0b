"""Changes that spoil a good case."""

from collections.abc import Callable
from copy import deepcopy

Wrong = dict[str, tuple[Callable[[dict], None], str, str]]
GONE = object()


def put(**values: object) -> Callable[[dict], None]:
    """A change: `cell__temperature="hot"` sets the key `cell.temperature`; GONE removes one."""
    return at(*((tuple(key.split("__")), value) for key, value in values.items()))


def at(*changes: tuple[tuple[str, ...], object]) -> Callable[[dict], None]:
    """A change at keys that are no Python names."""

    def change(case: dict) -> None:
        for key, value in changes:
            table = case
            for part in key[:-1]:
                table = table.setdefault(part, {})
            if value is GONE:
                del table[key[-1]]
            else:
                table[key[-1]] = deepcopy(value)  # others use it, too

    return change


def formula(text: str) -> dict[str, object]:
    """An open-circuit voltage given as a formula."""
    return {"expression": text, "low": 0.0, "high": 1.0, "unit": "V", "assumed": "so"}


CRYSTALS = {"initial_stoichiometry": 0.9, "chemical_strain": "anisotropic"}
PAIR = ("interfaces", "active|catholyte")
BOND = ("interfaces", "catholyte|separator")
PARTING = {"mode_i_fracture_energy": "1 J/m^2", "contact_gap": "20 nm"}
SYMMETRIC = (
    (("phases",), {"separator": {"material": "Li6PS5Cl"}}),
    (("interfaces",), {}),
    (("boundaries", "collector"), {"metal": "Li", "exchange_current_density": "1 A/m^2"}),
)
SHORT = (
    (("protocol",), ["Rest for 1 s"]),
    (("physics",), {"mechanics": False}),
)


def coated(**table: object) -> Callable[[dict], None]:
    """A coating on the active material."""
    return at(((*PAIR, "coating"), table))


def grown(**table: object) -> Callable[[dict], None]:
    """An interphase on the active material."""
    return at(((*PAIR, "interphase"), table))
