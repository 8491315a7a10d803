"""Versions of one document in one audit: copies that come back, and files that were sent again."""
