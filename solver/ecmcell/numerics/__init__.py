"""Blocks of fields, scalars beside them, Newton, preconditioners and time steps."""
