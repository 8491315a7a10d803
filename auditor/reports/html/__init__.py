"""The report as one page: for the screen, for the desk, and for paper."""
