"""State of a run, what the cell delivers, and statistics of the solver."""

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
    "Mean stoichiometry", "", "Filled fraction of the sites of all connected active material."
)
STATE_OF_CHARGE = Column("State of charge", "", "From 0, discharged, to 1, charged.", "(30)")
CHARGE_ERROR = Column(
    "Charge balance error",
    "",
    "Difference of the currents of anode and collector, over the maximum of the protocol.",
    "(32)",
    "max",
)
LITHIUM_ERROR = Column(
    "Lithium balance error",
    "",
    "Lithium missing in active material, over the charge that has passed.",
    "(32)",
    "max",
)
LENGTH = Column("Time step", "s", "Length of the time step that ends here.")
NEWTON = Column(
    "Newton iterations",
    "",
    "Newton iterations in the time step, those of rejected attempts included.",
)
KRYLOV = Column("Krylov iterations", "", "Iterations of all linear solves in the time step.")
FIXED_POINT = Column(
    "Fixed-point iterations",
    "",
    "Staggered iterations of electrochemistry and mechanics in the accepted attempt.",
)
MEMORY = Column("Peak memory", "GB", "Peak memory since the start, of the rank that has used most.")
MAX_LINEAR = Column(
    "Maximum linear iterations of {physics}",
    "",
    "Maximum number of iterations of a linear solve of that physics in the time step.",
)

SERIES = (TIME, STEP, VOLTAGE, CURRENT_DENSITY, CAPACITY, STOICHIOMETRY, STATE_OF_CHARGE)
BALANCES = (CHARGE_ERROR, LITHIUM_ERROR)
EFFORT = (LENGTH, NEWTON, KRYLOV, FIXED_POINT, MAX_LINEAR, MEMORY)
