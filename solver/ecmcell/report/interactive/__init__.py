"""A view of a run that can be turned and cut in the page, drawn by vtk.js."""
