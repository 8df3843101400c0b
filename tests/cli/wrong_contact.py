"""Wrong maps of contact, and faces that cannot be made rough."""

from collections.abc import Callable

from spoiling import SHORT, SYMMETRIC, Wrong, at
from workplace import RECIPE


def pictured(**table: object) -> Callable[[dict], None]:
    """A lithium electrode that touches as a picture shows."""
    contact = {"map": "image", "file": "../ramp.png"} | table
    one = (("mesh", "overrides"), {"layers": RECIPE["layers"][:1]})
    return at(*SYMMETRIC, *SHORT, one, (("boundaries", "anode", "contact"), contact))


def rough(*more: tuple[tuple[str, ...], object], layer: int = 0, **table: object) -> Callable:
    """A face that is not flat, in a cell without mechanics."""
    given = {"profile": "wave", "height": "0.2 um", "length": "4 um"} | table
    layers = [dict(one) for one in RECIPE["layers"]]
    layers[layer]["roughness"] = given
    key = ("mesh", "overrides")
    return at((key, {"layers": layers}), (("physics",), {"mechanics": False}), *more)


PICTURE = "boundaries.anode.contact"
LAYER = "mesh.overrides.layers.0.roughness"

# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "picture that is not there": (pictured(file="no.png"), f"{PICTURE}.file", "not a file"),
    "picture that is a number": (pictured(file=3), f"{PICTURE}.file", "not a file"),
    "picture of no kind": (pictured(file="../soft.toml"), f"{PICTURE}.file", ".tiff"),
    "picture that is broken": (pictured(file="../broken.png"), f"{PICTURE}.file", "read"),
    "picture with holes": (pictured(file="../holes.png"), f"{PICTURE}.file", "transparent"),
    "picture with two pages": (pictured(file="../pages.tiff"), f"{PICTURE}.file", "several"),
    "picture beyond white": (pictured(file="../bright.tiff"), f"{PICTURE}.file", "0 to 1"),
    "picture in black": (pictured(file="../black.png"), f"{PICTURE}.file", "no contact"),
    "row of a picture that is too high": (pictured(row=8), f"{PICTURE}.row", "8 rows"),
    "row of a picture below none": (pictured(row=-1), f"{PICTURE}.row", "not below 0"),
    "threshold of a picture above white": (
        pictured(threshold=1.5),
        f"{PICTURE}.threshold",
        "not above 1",
    ),
    "threshold and coverage": (
        pictured(threshold=0.5, coverage=0.5),
        f"{PICTURE}.coverage",
        "one of the two",
    ),
    "coverage of few shades": (
        pictured(file="../halves.png", coverage=0.2),
        f"{PICTURE}.coverage",
        "few shades",
    ),
    "length of a picture": (pictured(length="1 um"), f"{PICTURE}.length", "unknown key"),
    "profile that is none": (rough(profile="saw"), f"{LAYER}.profile", "wave"),
    "wave without a length": (rough(length="0 um"), f"{LAYER}.length", "positive"),
    "wave that turns cells over": (rough(height="9 um"), f"{LAYER}.height", "turns cells"),
    "wave that spoils cells": (rough(height="3 um"), f"{LAYER}.height", "spoils cells"),
    "coverage of a face": (rough(coverage=1.0), f"{LAYER}.coverage", "below 1"),
    "coverage within": (
        rough(layer=1, coverage=0.5),
        "mesh.overrides.layers.1.roughness.coverage",
        "within the mesh",
    ),
    "rough face that parts": (
        rough(
            (("physics",), {"mechanics": True}),
            (("boundaries", "anode", "strength"), "10 MPa"),
            (
                ("boundaries", "anode", "cohesion"),
                {"mode_i_fracture_energy": "1 J/m^2", "contact_gap": "20 nm"},
            ),
        ),
        "boundaries.anode.cohesion",
        "Remove boundaries.anode.cohesion",
    ),
}
