"""Marked copies: workbooks and PDFs with the findings beside the figures."""
