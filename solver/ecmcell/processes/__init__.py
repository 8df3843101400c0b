"""What may go on in a cell: a folder a phenomenon, and what all of them rest on."""
