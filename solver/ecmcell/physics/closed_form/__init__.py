"""What is known on paper: formulas of plain numbers that simulations are told and tested beside."""
