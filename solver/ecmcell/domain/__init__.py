"""A mesh split into bodies, interfaces and boundaries; all index and ghost work lives here."""
