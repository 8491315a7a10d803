"""Table audits held against peers: data of any size, our measures and theirs, the table and plot
of docs/benchmarks.md.
"""
