"""Files touched safely: packages opened within limits, and work on one document in a child
process.
"""
