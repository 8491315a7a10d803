"""Report formats: each turns a report into text, in one language; none of them computes or
prints.
"""
