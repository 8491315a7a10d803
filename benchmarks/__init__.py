"""What the project's speed is measured by: ``python -m benchmarks`` measures everything and
writes docs/benchmarks.md.
"""
