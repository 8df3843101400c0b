"""Puts the physics of a case on its domain and runs the protocol."""
