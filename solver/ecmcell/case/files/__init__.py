"""What case files are made of: TOML, values with their provenance, formulas, pictures."""
