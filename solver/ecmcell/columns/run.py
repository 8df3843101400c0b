"""Where a run is, what it delivers, and what it cost to compute."""

from ecmcell.columns.column import Column

TIME = Column("Time", "s", "Time since the start of the protocol.")
STEP = Column("Step", "", "Number of the protocol step, from 1.")
VOLTAGE = Column(
    "Voltage",
    "V",
    "Potential of the collector against the lithium of the anode; nan where no contact is left at "
    "rest.",
)
CURRENT_DENSITY = Column(
    "Current density", "mA.cm-2", "Current over the footprint of the cell; positive on discharge."
)
CAPACITY = Column(
    "Discharge capacity",
    "mA.h.g-1",
    "Charge passed since the start, positive on discharge, over the mass of all active material.",
    "(30)",
)
STOICHIOMETRY = Column(
    "Mean stoichiometry", "", "Filled share of the sites of all active material that takes part."
)
STATE_OF_CHARGE = Column("State of charge", "", "From 0, discharged, to 1, charged.", "(30)")
CHARGE_ERROR = Column(
    "Charge balance error",
    "",
    "Difference of the currents of anode and collector, over the largest of the protocol.",
    "(32)",
    "largest",
)
LITHIUM_ERROR = Column(
    "Lithium balance error",
    "",
    "Lithium missing in active material, over the charge that has passed.",
    "(32)",
    "largest",
)
LENGTH = Column("Time step", "s", "Length of the time step that ends here.")
NEWTON = Column("Newton iterations", "", "Newton steps in the time step, rejected attempts too.")
KRYLOV = Column("Krylov iterations", "", "Iterations of all linear solves in the time step.")
STAGGERS = Column(
    "Stagger iterations", "", "Turns of electrochemistry and mechanics in the accepted attempt."
)
MEMORY = Column(
    "Peak memory", "GB", "Largest memory of the rank that has taken most, since it began."
)
LONGEST = Column(
    "Longest linear solve of {physics}",
    "",
    "Iterations of the linear solve of that part that took most.",
)

SERIES = (TIME, STEP, VOLTAGE, CURRENT_DENSITY, CAPACITY, STOICHIOMETRY, STATE_OF_CHARGE)
BALANCES = (CHARGE_ERROR, LITHIUM_ERROR)
EFFORT = (LENGTH, NEWTON, KRYLOV, STAGGERS, LONGEST, MEMORY)
