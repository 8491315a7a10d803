"""What a city prints: form definitions, their loading and their checks."""
