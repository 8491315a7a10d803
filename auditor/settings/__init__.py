"""What an office settles once for all its audits: the settings file."""
