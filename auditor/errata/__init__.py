"""Drafts of lists of errata (正誤表): what was published held against what is right now."""
