"""What the units of output are in those used inside."""

CURRENT_DENSITY = 0.1  # mA/cm2 in 1 pA/um2
AREAL_RESISTANCE = 1e4  # ohm cm2 in 1 V um2/pA
CONDUCTIVITY = 1e-5  # mS/cm in 1 pA/(V um)
SPECIFIC_CHARGE = 1.0 / 3.6  # mA h/g in 1 pC/pg, which is 1 C/g
AREAL_MASS = 0.1  # mg/cm2 in 1 pg/um2
TOUGHNESS = 1e-3  # MPa m^0.5 in 1 MPa um^0.5
FLUX = 1e-6  # mol/(m2 s) in 1 amol/(um2 s)
AREAL_CHARGE = 1.0 / 36000.0  # mA h/cm2 in 1 pC/um2
