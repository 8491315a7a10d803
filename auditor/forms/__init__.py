"""Forms: what a city prints on its sheets, as a definition that is loaded and checked."""
