"""What a file would give away if it were published as it is.

A file is looked at in a child process, part by part. What is reported are facts of the file: a
name, a hidden sheet, a number in the shape of a telephone number. Whether it may be published is
for people to decide.
"""
