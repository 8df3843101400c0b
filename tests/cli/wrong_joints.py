"""Wrong interfaces and boundaries of a case."""

from spoiling import BOND, GONE, PAIR, PARTING, SYMMETRIC, Wrong, at, coated, grown, put
from workplace import CASE

# what is changed in the case, the key in the message, a word of the message
WRONG: Wrong = {
    "coating of electrolyte": (
        coated(material="Li6PS5Cl", thickness="5 nm"),
        'interfaces."active|catholyte".coating.material',
        "Li6PS5Cl is an electrolyte. Give a coating",
    ),
    "coating that does not exist": (
        coated(material="LiNb03", thickness="5 nm"),
        'interfaces."active|catholyte".coating.material',
        '"LiNbO3"',
    ),
    "coating without thickness": (
        coated(material="LiNbO3"),
        'interfaces."active|catholyte".coating.thickness',
        '"5 nm"',
    ),
    "coating of no thickness": (
        coated(material="LiNbO3", thickness="0 nm"),
        'interfaces."active|catholyte".coating.thickness',
        "not positive",
    ),
    "coating that insulates": (
        coated(material="LiNbO3", thickness="5 nm", ionic_conductivity="0 S/cm"),
        'interfaces."active|catholyte".coating.ionic_conductivity',
        "no ions pass",
    ),
    "coating of unknown conductivity": (
        coated(material={"name": "mine", "kind": "coating", "formula": "X"}, thickness="5 nm"),
        'interfaces."active|catholyte".coating.ionic_conductivity',
        "mine has no ionic_conductivity",
    ),
    "misspelt key of a coating": (
        coated(material="LiNbO3", thicknes="5 nm"),
        'interfaces."active|catholyte".coating.thicknes',
        '"thickness"',
    ),
    "coating of lithium": (
        put(boundaries__anode__coating={"material": "Li", "thickness": "5 nm"}),
        "boundaries.anode.coating.material",
        "Li is a metal",
    ),
    "interphase without growth": (
        grown(slope="1 ohm*cm^2/h^0.5"),
        'interfaces."active|catholyte".interphase.growth',
        "parabolic",
    ),
    "interphase of another growth": (
        grown(growth="linear"),
        'interfaces."active|catholyte".interphase.growth',
        '"linear" is not a choice',
    ),
    "interphase is a text": (
        at(((*PAIR, "interphase"), "parabolic")),
        'interfaces."active|catholyte".interphase',
        "Give a table",
    ),
    "interphase of two laws": (
        grown(growth="parabolic", slope="1 ohm*cm^2/h^0.5", time_constant="1 h"),
        'interfaces."active|catholyte".interphase.time_constant',
        "unknown key",
    ),
    "slope over time": (
        grown(growth="parabolic", slope="1 ohm*cm^2/h"),
        'interfaces."active|catholyte".interphase.slope',
        "wrong dimension",
    ),
    "interphase without end": (
        put(boundaries__anode__interphase={"growth": "self-limiting", "time_constant": "1 h"}),
        "boundaries.anode.interphase.final_resistance",
        "missing. Add it, e.g. final_resistance",
    ),
    "no pair": (at((("interfaces", "active"), {"bonded": True})), "interfaces.active", "pair"),
    "pair of one": (
        at((("interfaces", "active|active"), {"bonded": True})),
        'interfaces."active|active"',
        "one body",
    ),
    "three phases in a pair": (
        at((("interfaces", "active|catholyte|separator"), {"bonded": True})),
        'interfaces."active|catholyte|separator"',
        "two phases",
    ),
    "grains without resistance": (
        at(
            (("interfaces", "separator|separator"), {"electronic_resistance": "1 ohm*cm^2"}),
            (BOND, {"ionic_resistance": "1 ohm*cm^2"}),
        ),
        'interfaces."separator|separator".ionic_resistance',
        "missing",
    ),
    "grains without electrons": (
        at(
            (
                ("interfaces", "separator|separator"),
                {"ionic_resistance": "1 ohm*cm^2", "electronic_resistance": "1 ohm*cm^2"},
            ),
            (BOND, {"ionic_resistance": "1 ohm*cm^2"}),
        ),
        'interfaces."separator|separator".electronic_resistance',
        "no electrons",
    ),
    "electrons between grains": (
        at((("interfaces", "active|active"), {"ionic_resistance": "1 ohm*cm^2"})),
        'interfaces."active|active".electronic_resistance',
        "missing",
    ),
    "grains of a bonded phase": (
        at((("interfaces", "separator|separator"), {"ionic_resistance": "1 ohm*cm^2"})),
        'interfaces."catholyte|separator"',
        "bonded beside separator|separator",
    ),
    "electrode that parts without strength": (
        at((("boundaries", "anode", "cohesion"), PARTING)),
        "boundaries.anode.strength",
        "missing",
    ),
    "contact of no kind": (
        at((("boundaries", "anode", "contact"), {"coverage": 0.5})),
        "boundaries.anode.contact.map",
        "missing",
    ),
    "contact of another kind": (
        at((("boundaries", "anode", "contact"), {"map": "holes", "coverage": 0.5})),
        "boundaries.anode.contact.map",
        '"patches" or "random"',
    ),
    "contact nowhere": (
        at(
            (
                ("boundaries", "anode", "contact"),
                {"map": "patches", "coverage": 0.0, "size": "1 um"},
            )
        ),
        "boundaries.anode.contact.coverage",
        "number above 0",
    ),
    "electrode with a strength that holds": (
        at((("boundaries", "anode", "strength"), "5 MPa")),
        "boundaries.anode.strength",
        "given without cohesion",
    ),
    "electrode that parts too easily": (
        at(
            (("boundaries", "anode", "penalty_stiffness"), "1e2 MPa/um"),
            (("boundaries", "anode", "strength"), "50 MPa"),
            (("boundaries", "anode", "cohesion"), PARTING),
        ),
        "boundaries.anode.cohesion.mode_i_fracture_energy",
        "stored when it begins to break",
    ),
    "a reaction that only resists": (
        at((PAIR, {"ionic_resistance": "1 ohm*cm^2"})),
        'interfaces."active|catholyte".exchange_current_density',
        "missing",
    ),
    "unknown phase in a pair": (
        at((("interfaces", "active|separater"), {"bonded": True})),
        'interfaces."active|separater"',
        'Did you mean "separator"?',
    ),
    "pair twice": (
        at((("interfaces", "catholyte|active"), CASE["interfaces"]["active|catholyte"])),
        'interfaces."catholyte|active"',
        "named twice",
    ),
    "bond with kinetics": (
        at(((*BOND, "strength"), "5 MPa")),
        'interfaces."catholyte|separator".strength',
        "leave it out",
    ),
    "bond across a reaction": (
        at((PAIR, {"bonded": True})),
        'interfaces."active|catholyte"',
        "bonded",
    ),
    "reaction of electrolytes": (
        at((BOND, {"exchange_current_density": "1 A/m^2"})),
        'interfaces."catholyte|separator"',
        "bonded = true",
    ),
    "no exchange current density": (
        at(((*PAIR, "exchange_current_density"), GONE)),
        'interfaces."active|catholyte".exchange_current_density',
        "missing",
    ),
    "transfer coefficient": (
        at(((*PAIR, "transfer_coefficient"), 1.0)),
        'interfaces."active|catholyte".transfer_coefficient',
        "below 1",
    ),
    "additive without contact": (
        at(((*PAIR, "electronic_resistance"), GONE)),
        'interfaces."active|catholyte".electronic_resistance',
        "missing",
    ),
    "no strength": (
        at(((*PAIR, "strength"), GONE), ((*PAIR, "cohesion"), PARTING)),
        'interfaces."active|catholyte".strength',
        '"5 MPa"',
    ),
    "parting without energy": (
        at(((*PAIR, "cohesion"), {"contact_gap": "20 nm"})),
        'interfaces."active|catholyte".cohesion.mode_i_fracture_energy',
        "missing",
    ),
    "parting without a gap": (
        at(((*PAIR, "cohesion"), {"mode_i_fracture_energy": "1 J/m^2"})),
        'interfaces."active|catholyte".cohesion.contact_gap',
        "missing",
    ),
    "less energy than is stored": (
        at(((*PAIR, "cohesion"), {"mode_i_fracture_energy": "1e-5 J/m^2", "contact_gap": "20 nm"})),
        'interfaces."active|catholyte".cohesion.mode_i_fracture_energy',
        "stored when it begins to break",
    ),
    "more contact than there was": (
        at(
            (
                (*PAIR, "cohesion"),
                {
                    "mode_i_fracture_energy": "1 J/m^2",
                    "contact_gap": "1 nm",
                    "recontact_fraction": 1.5,
                },
            )
        ),
        'interfaces."active|catholyte".cohesion.recontact_fraction',
        "not above 1",
    ),
    "an energy that is none of an area": (
        at(((*PAIR, "cohesion"), {"mode_i_fracture_energy": "1 J/m^3", "contact_gap": "1 nm"})),
        'interfaces."active|catholyte".cohesion.mode_i_fracture_energy',
        "J/m^2",
    ),
    "no anode": (put(boundaries__anode=GONE), "boundaries.anode", "Add a table [boundaries.anode]"),
    "anode without metal": (put(boundaries__anode__metal=GONE), "boundaries.anode.metal", '"Li"'),
    "anode of oxide": (
        put(boundaries__anode__metal="NMC811"),
        "boundaries.anode.metal",
        'Give a metal: "Li", "LiIn", or',
    ),
    "anode of what nobody knows": (
        put(boundaries__anode__metal="unobtainium"),
        "boundaries.anode.metal",
        "Known metals: Li, LiIn.",
    ),
    "coating of what nobody knows": (
        coated(material="unobtainium", thickness="5 nm"),
        'interfaces."active|catholyte".coating.material',
        "Known coatings: Al2O3, LTO-coating, LiNbO3, phosphate-coating.",
    ),
    "phase of a misspelt coating": (
        put(phases__separator__material="Al2O4"),
        "phases.separator.material",
        "Known materials: LATP, LGPS,",
    ),
    "host without overpotential": (
        at(((*PAIR, "exchange_current_density"), "infinite")),
        'interfaces."active|catholyte".exchange_current_density',
        "not a number with a unit",
    ),
    "collector with kinetics": (
        put(boundaries__collector={"exchange_current_density": "1 A/m^2"}),
        "boundaries.collector.exchange_current_density",
        "unknown key",
    ),
    "lithium on both sides": (
        put(boundaries__collector={"metal": "Li", "exchange_current_density": "1 A/m^2"}),
        "boundaries.collector.metal",
        "active material",
    ),
    "nothing to collect": (at(*SYMMETRIC[:2]), "boundaries.collector", 'metal = "Li"'),
}
