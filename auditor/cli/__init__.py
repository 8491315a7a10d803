"""The command ``auditor``."""
