"""Lists with total rows held against peers: sums of rows, names that come once, what a default
run costs. ``benchmarks.tables`` has the rules on single rows.
"""
