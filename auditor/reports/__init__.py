"""Report formats: each turns a report into a text of one language.

None of them computes, and none prints.
"""
