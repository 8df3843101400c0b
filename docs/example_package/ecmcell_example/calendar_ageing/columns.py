"""What calendar ageing adds to `series.csv`."""

from ecmcell.columns.column import Column

LOSS = Column("Calendar capacity loss", "%", "Capacity lost by calendar ageing.", "", "max")
SERIES = (LOSS,)
