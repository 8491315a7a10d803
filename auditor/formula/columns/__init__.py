"""Formulas compiled to columns of a data frame."""
