"""Checks of what deforms, debonds, cracks and flows."""
