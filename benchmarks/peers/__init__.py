"""The six rules as users of other tools would write them, each tool a module that runs as a
process in an environment of its own.
"""
