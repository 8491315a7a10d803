"""The commands: each module has the arguments and the run of one."""
