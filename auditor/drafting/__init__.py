"""A form drafted from a document: what its layout, its words and its figures say of themselves.

Everything here is pure: a grid or columns of numbers in, a draft with its evidence out.
"""
