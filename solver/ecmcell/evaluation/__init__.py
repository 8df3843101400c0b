"""Numbers and fields of a cell, from its state."""
