"""Workbooks that are handed round: all findings, and a department's form for its answers."""
