"""What each cycle of a protocol passed and left: `cycles.csv`."""

from ecmcell.columns import interfaces
from ecmcell.columns.column import Column

NUMBER = Column("Cycle", "", "Number from 1; a cycle begins with each charge after a discharge.")
CHARGE = Column("Charge capacity", "mA.h.g-1", "Charge that has passed while it charged.")
DISCHARGE = Column("Discharge capacity", "mA.h.g-1", "Charge that has passed while it discharged.")
COULOMBIC = Column(
    "Coulombic efficiency", "", "Discharge over charge; nan where it ends beyond where it began."
)
CHARGE_VOLTAGE = Column("Mean charge voltage", "V", "Mean voltage while it charged, by charge.")
DISCHARGE_VOLTAGE = Column(
    "Mean discharge voltage", "V", "Mean voltage while it discharged, by charge."
)
POLARISATION = Column("Polarisation", "V", "Mean charge voltage less mean discharge voltage.")
ENERGY = Column("Energy efficiency", "", "Energy given over energy taken.")
LOWEST_CONTACT = Column("Lowest contact fraction", "", "Least contact fraction in the cycle.")
AT_THE_END = (interfaces.CONTACT, interfaces.DAMAGED, interfaces.INACTIVE_CAPACITY)

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
    LOWEST_CONTACT,
)
