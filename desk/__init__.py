"""The desk: one page with Python and this project in it. It is a release of its own, and no part of
the wheel.
"""
