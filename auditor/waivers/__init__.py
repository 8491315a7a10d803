"""Waivers: findings that the compiling section has accepted as they are, and their file."""
