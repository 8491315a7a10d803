"""The reader and writer of the program's own records as JSON."""
