"""Formulas as columns: expressions that say for which rows the answer is certain.

Where integers can be exact, they are; everything else is enclosed from both sides by binary floats
rounded outwards, so that a row is settled only where no rounding could change its answer. Rows
that are not settled are left to the exact judge.
"""
