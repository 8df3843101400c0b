"""Wrong metals of a case, and phases that flow."""

from spoiling import Wrong, at, put

HALF = {"map": "patches", "coverage": 0.5, "size": "1 um"}
FOIL = (("phases", "foil"), {"material": "Li", "plasticity": "none"})
REACTS = {"exchange_current_density": "1 A/m^2"}

# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "metal without kinetics": (
        put(phases__separator__material="Li"),
        'interfaces."catholyte|separator"',
        "exchange_current_density",
    ),
    "metal that says nothing of flow": (
        put(phases__foil={"material": "Li"}),
        "phases.foil.plasticity",
        '"creep"',
    ),
    "metal on active material": (
        at(FOIL, (("interfaces", "active|foil"), REACTS)),
        'interfaces."active|foil"',
        "electrolyte",
    ),
    "metal on what carries electrons": (
        at(FOIL, (("interfaces", "catholyte|foil"), REACTS)),
        'interfaces."catholyte|foil"',
        "another electrolyte",
    ),
    "active material that flows": (
        put(phases__active__plasticity="yield"),
        "phases.active.plasticity",
        "Leave it out",
    ),
    "electrolyte without creep": (
        put(phases__separator__plasticity="creep"),
        "phases.separator",
        "creep_rate",
    ),
    "flow beside cracks": (
        put(
            phases__separator__plasticity="yield",
            phases__separator__cracking={
                "fracture_energy": "1 J/m^2",
                "regularisation_length": "10 um",
            },
        ),
        "phases.separator.plasticity",
        "one of the two",
    ),
    "voids without metal": (
        put(**{"interfaces__active|catholyte__voids": {"contact": HALF, "depth": "1 um"}}),
        'interfaces."active|catholyte".voids',
        "no metal",
    ),
    "voids that hold": (
        at(
            FOIL,
            (
                ("interfaces", "foil|separator"),
                REACTS
                | {
                    "penalty_stiffness": "1e5 MPa/um",
                    "strength": "1 MPa",
                    "voids": {"contact": HALF, "depth": "1 um"},
                },
            ),
        ),
        'interfaces."foil|separator".voids',
        "cohesion",
    ),
    "anode of nothing": (put(boundaries__anode={}), "boundaries.anode", '"Li"'),
}
