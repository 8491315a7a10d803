"""The two entries of an audit, documents and tables, and the session."""
