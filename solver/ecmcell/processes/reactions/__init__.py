"""What reacts: insertion, lithium metal, and electrons that leak to it."""
