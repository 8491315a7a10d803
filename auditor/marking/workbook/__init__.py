"""Marked copies of workbooks, spliced into the original package."""
