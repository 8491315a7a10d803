"""Where the things of a form stand in its file."""

from __future__ import annotations

__all__ = ["path_of_field"]


def path_of_field(name: str) -> tuple[str, ...]:
    """The keys of a figure in the file of a form."""
    source = name.removeprefix("funding.")
    return ("fields", "funding", source) if source != name else ("fields", name)
