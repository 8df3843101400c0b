"""What the user asks: case files, units, protocol text and the material library."""
