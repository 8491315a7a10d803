"""The reader of a report's extracted text, a layout of one city: a reader like any plugin's."""
