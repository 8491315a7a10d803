"""The rule language: one tree for each formula.

``parse`` reads it, ``judge`` answers a row, ``trace`` keeps the value of every part, ``prose``
shows a trace to people, ``in_words`` a formula, ``columns`` screens tables. ``functions`` holds
what is known of each function.
"""
