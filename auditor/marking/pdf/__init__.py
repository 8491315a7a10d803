"""Marked copies of PDFs: boxes, notes and bookmarks, in an incremental update behind the
original.
"""
