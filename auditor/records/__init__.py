"""What everything stands on: figures, fiscal years, records, and places in a document."""
