"""Coupled fields and the scalars beside them as one system of equations."""
