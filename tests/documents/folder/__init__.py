"""A finance section's folder: workbooks of an invented city's departments, with known faults."""
