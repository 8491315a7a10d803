"""Mutants of rules: every one-step change of a rule's formulas, and which of them its cases miss.

``changes`` makes the mutants, ``killing`` holds them against the cases, ``run`` does both for rules.
"""
