"""Readers turn documents into records; none repairs a figure."""
