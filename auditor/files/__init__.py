"""Files touched safely.

Packages are opened within limits, one document is worked on in a child process, and files appear
whole or not at all.
"""
