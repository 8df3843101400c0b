"""What each cycle of a protocol passed and left: `cycles.csv`."""

from ecmcell.columns import interfaces
from ecmcell.columns.column import Column

NUMBER = Column("Cycle", "", "Number from 1; a cycle begins with each charge after a discharge.")
CHARGE = Column("Charge capacity", "mA.h.g-1", "Charge passed while the cell charged.")
DISCHARGE = Column("Discharge capacity", "mA.h.g-1", "Charge passed while the cell discharged.")
COULOMBIC = Column(
    "Coulombic efficiency",
    "",
    "Discharge capacity over charge capacity; nan where the cycle ends beyond where it began.",
)
CHARGE_VOLTAGE = Column("Mean charge voltage", "V", "Mean voltage on charge, weighted by charge.")
DISCHARGE_VOLTAGE = Column(
    "Mean discharge voltage", "V", "Mean voltage on discharge, weighted by charge."
)
POLARISATION = Column("Polarisation", "V", "Mean charge voltage minus mean discharge voltage.")
ENERGY = Column("Energy efficiency", "", "Energy of the discharge over that of the charge.")
MIN_CONTACT = Column("Minimum contact fraction", "", "Minimum contact fraction in the cycle.")
AT_THE_END = (interfaces.CONTACT, interfaces.DEBONDED, interfaces.INACTIVE_CAPACITY)

CYCLES = (
    NUMBER,
    CHARGE,
    DISCHARGE,
    COULOMBIC,
    CHARGE_VOLTAGE,
    DISCHARGE_VOLTAGE,
    POLARISATION,
    ENERGY,
    *AT_THE_END,
    MIN_CONTACT,
)
