"""Mutants of rules: every one-step change of a rule's formulas, and which of them its cases miss.

``changes`` makes the mutants, ``killing`` holds them against the cases. For those that survive,
``drawing`` draws rows around the cases (``pools`` says what may stand where, ``leaves`` puts it
there), and ``witnesses`` makes cases of what tells a mutant from its rule. ``run`` does all of it.
"""
