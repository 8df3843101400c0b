"""Wrong tables of orientations; `surround` writes the files."""

from collections.abc import Callable

from spoiling import CRYSTALS, Wrong, at, put

ANGLES = "phi1,Phi,phi2"
TABLES = {
    "empty": "",
    "unnamed": "2,0,90,0\n",
    "radians": "grain,phi1,Phi\n2,0,1.5\n",
    "nowhere": f"{ANGLES}\n0,90,0\n",
    "depth": f"x,{ANGLES}\n10,0,90,0\n",
    "words": f"grain,{ANGLES}\n2,0,right,0\n",
    "unknown": f"grain,{ANGLES}\n2,0,nan,0\n",
    "short": f"grain,{ANGLES}\n2,0,90\n",
    "header": f"grain,{ANGLES}\n",
    "half": f"grain,{ANGLES}\n2.5,0,90,0\n",
    "twice": f"grain,{ANGLES}\n2,0,90,0\n2,0,0,0\n",
    "other": f"grain,{ANGLES}\n0,0,90,0\n1,0,90,0\n",
    "many": f"grain,{ANGLES}\n2,0,90,0\n3,0,0,0\n",
    "section": f"x,y,{ANGLES}\n10,2,0,90,0\n",
}
"""Texts by the names of files; grain 2 of the mesh is active."""

KEY = "phases.active.orientation"


def oriented(name: str, *more: tuple[tuple[str, ...], object]) -> Callable[[dict], None]:
    """Active material whose grains lie as a table says."""
    phase = {"material": "NMC811", **CRYSTALS, "orientation": f"../{name}"}
    return at((("phases", "active"), phase), *more)


# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "orientations that are not there": (oriented("no.csv"), KEY, '"../no.csv" is not a file'),
    "orientations in a directory": (oriented("meshes"), KEY, "is not a file"),
    "orientations that are no text": (oriented("binary"), "", "not a text file"),
    "orientations of an isotropic strain": (
        put(phases__active__orientation="../section.csv"),
        KEY,
        'set chemical_strain = "anisotropic"',
    ),
    "orientations in an empty file": (oriented("empty.csv"), KEY, "Name the columns"),
    "orientations without names": (oriented("unnamed.csv"), KEY, 'first line is "2, 0, 90, 0"'),
    "two angles": (oriented("radians.csv"), KEY, '"radians.csv" has no column phi2'),
    "orientations of nothing": (oriented("nowhere.csv"), KEY, "no column grain"),
    "orientations over the depth": (oriented("depth.csv"), KEY, "no column y"),
    "an angle in words": (oriented("words.csv"), KEY, 'has "right" for Phi, line 2'),
    "an angle that is none": (oriented("unknown.csv"), KEY, '"nan" for Phi, line 2'),
    "an angle too few": (oriented("short.csv"), KEY, "3 entries in line 2"),
    "names of columns alone": (oriented("header.csv"), KEY, "no numbers"),
    "half a grain": (oriented("half.csv"), KEY, "a row for grain 2.5"),
    "a grain twice": (oriented("twice.csv"), KEY, "several rows for grain 2"),
    "a grain without orientation": (
        oriented("other.csv"),
        KEY,
        "no row for 1 of 1 grains of the phase: 2",
    ),
    "orientation of no grain": (
        oriented("many.csv"),
        KEY,
        "a row for grain 3, which is not in the mesh. The mesh has 3 grains",
    ),
    "orientations in a plane": (
        oriented("section.csv", (("mesh", "overrides"), {"dimension": 3})),
        KEY,
        "no column z, but the mesh has 3 coordinates",
    ),
}
