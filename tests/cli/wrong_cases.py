"""All wrong cases, by what is wrong."""

import wrong_contact
import wrong_heat
import wrong_joints
import wrong_layers
import wrong_leakage
import wrong_metals
import wrong_orientations
import wrong_phases
import wrong_salt
import wrong_tables

WRONG = (
    wrong_tables.WRONG
    | wrong_phases.WRONG
    | wrong_joints.WRONG
    | wrong_metals.WRONG
    | wrong_layers.WRONG
    | wrong_heat.WRONG
    | wrong_leakage.WRONG
    | wrong_salt.WRONG
    | wrong_contact.WRONG
    | wrong_orientations.WRONG
)
