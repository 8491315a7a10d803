"""Copies of workbooks and PDFs with the findings on the spot."""
