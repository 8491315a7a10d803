"""Suspects: which cells are wrong, what they should say, and how likely that is.

``explaining`` gives those for the findings of a book, ``locating`` those for any record.
"""
