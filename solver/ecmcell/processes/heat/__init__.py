"""Heat: one temperature of the whole cell that changes with time."""
