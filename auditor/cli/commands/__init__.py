"""The commands: each module has the help text, the arguments and the run of one."""
