"""The rule language: one tree for each formula, read by ``parse`` and used by ``judge`` and
``prose``.
"""
