"""Wrong layers of lithium on boundaries."""

from spoiling import GONE, SHORT, Wrong, at, put

BARE = {"thickness": "0 um", "island_height": "50 nm"}
SITES = {"map": "patches", "coverage": 0.5, "size": "1 um"}
VOIDS = {"contact_gap": "1 um"}
SOFT = {"name": "soft", "kind": "metal", "formula": "X"}
MOLAR = {"molar_volume": {"value": "13e-6 m^3/mol", "assumed": "as lithium"}}
CREEP = {
    name: {"value": value, "assumed": "so"}
    for name, value in (
        ("creep_rate", "1e-4 1/s"),
        ("creep_stress", "1 MPa"),
        ("creep_exponent", "0.5"),
    )
}


def inventory(**table: object):
    """An inventory of the anode."""
    return put(boundaries__anode__inventory=BARE | table)


# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "inventory without islands": (
        put(boundaries__anode__inventory={"thickness": "1 um"}),
        "boundaries.anode.inventory.island_height",
        '"5 um"',
    ),
    "inventory of less than nothing": (
        inventory(thickness="-1 um"),
        "boundaries.anode.inventory.thickness",
        "not zero or positive",
    ),
    "islands of no height": (
        inventory(island_height="0 nm"),
        "boundaries.anode.inventory.island_height",
        "not positive",
    ),
    "nucleation that drives": (
        inventory(nucleation_overpotential="-20 mV"),
        "boundaries.anode.inventory.nucleation_overpotential",
        "not zero or positive",
    ),
    "nucleation in metres": (
        inventory(nucleation_overpotential="20 nm"),
        "boundaries.anode.inventory.nucleation_overpotential",
        "overpotential",
    ),
    "sites where nothing hinders": (
        inventory(nucleation_sites=SITES),
        "boundaries.anode.inventory.nucleation_sites",
        "nucleation_overpotential",
    ),
    "sites of no map": (
        inventory(nucleation_overpotential="20 mV", nucleation_sites={"map": "dots"}),
        "boundaries.anode.inventory.nucleation_sites.map",
        '"dots" is not a choice',
    ),
    "misspelt key of an inventory": (
        inventory(thicknes="1 um"),
        "boundaries.anode.inventory.thicknes",
        '"thickness"',
    ),
    "bare anode that is stripped first": (
        put(
            boundaries__anode__inventory=BARE,
            protocol=["Discharge at 1C until 2.8 V"],
        ),
        "protocol.0",
        "no lithium",
    ),
    "inventory of a metal without volume": (
        put(
            boundaries__anode__metal=SOFT,
            boundaries__anode__inventory=BARE,
            physics__mechanics=False,
        ),
        "boundaries.anode",
        "soft has no molar_volume",
    ),
    "voids without a gap": (
        put(boundaries__anode__void_growth={}),
        "boundaries.anode.void_growth.contact_gap",
        '"5 um"',
    ),
    "voids of more than is stripped": (
        put(boundaries__anode__void_growth=VOIDS | {"fraction": 1.5}),
        "boundaries.anode.void_growth.fraction",
        "1.5",
    ),
    "contact that is never lost": (
        put(boundaries__anode__void_growth=VOIDS | {"min_contact": 0.0}),
        "boundaries.anode.void_growth.min_contact",
        "0",
    ),
    "voids in a metal that does not creep": (
        put(boundaries__anode__metal=SOFT | MOLAR, boundaries__anode__void_growth=VOIDS),
        "boundaries.anode",
        "soft has no creep_rate",
    ),
    "voids in a metal with a low exponent": (
        put(boundaries__anode__metal=SOFT | MOLAR | CREEP, boundaries__anode__void_growth=VOIDS),
        "boundaries.anode.creep_exponent",
        "at least 1",
    ),
    "voids without a pressure": (
        at(
            *SHORT,
            (("cell", "stack_pressure"), GONE),
            (("boundaries", "anode", "void_growth"), VOIDS),
        ),
        "cell.stack_pressure",
        "Voids close under it",
    ),
    "inventory of lithium in equilibrium": (
        put(
            boundaries__anode__exchange_current_density="infinite",
            boundaries__anode__inventory=BARE,
        ),
        "boundaries.anode.exchange_current_density",
        "inventory asks how fast",
    ),
    "voids of lithium in equilibrium": (
        put(
            boundaries__anode__exchange_current_density="infinite",
            boundaries__anode__void_growth=VOIDS,
        ),
        "boundaries.anode.exchange_current_density",
        "void_growth asks how fast",
    ),
    "cracks of lithium in equilibrium": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
            },
            boundaries__anode__exchange_current_density="infinite",
            boundaries__anode__filled_cracks={},
        ),
        "boundaries.anode.filled_cracks.exchange_current_density",
        "That of the electrode is infinite",
    ),
    "inventory beside filled_cracks": (
        put(
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
            },
            boundaries__anode__filled_cracks={},
            boundaries__anode__inventory=BARE,
        ),
        "boundaries.anode.inventory",
        "beside filled_cracks",
    ),
    "voids at a plain collector": (
        put(boundaries__collector__void_growth=VOIDS),
        "boundaries.collector.void_growth",
        "unknown key",
    ),
}
