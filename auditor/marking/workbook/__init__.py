"""Marked copies of workbooks: comments, fills and a worksheet of findings, spliced into the
original package.
"""
