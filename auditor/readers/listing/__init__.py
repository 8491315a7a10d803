"""Documents that list projects, one on a row."""
