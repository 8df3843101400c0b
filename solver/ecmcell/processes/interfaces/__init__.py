"""Interfaces that hold or debond."""
