"""What documents are called in what is handed round: names that tell nothing of the computer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["DocumentNames"]


class DocumentNames:
    """The names of documents below some inputs: from the name of the folder or file that was given
    on, without the folders above it, with ``/`` between folders.

    Of inputs that are called the same, the later ones get a number.
    """

    def __init__(self, inputs: Iterable[str]) -> None:
        self._tops: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        for path in dict.fromkeys(inputs):
            name = Path(os.path.realpath(path)).name or "documents"
            number, top = 2, name
            while top in self._tops.values():
                top, number = f"{name} ({number})", number + 1
            self._tops[path] = top

    def name_of(self, path: str) -> str:
        """The name of a document; that of its file alone where it lies below none of the inputs."""
        name = self._below(path) or Path(path).name
        self._paths.setdefault(name, path)
        return name

    def path_of(self, name: str) -> str | None:
        """The path of a document; None for one that was not read itself, but from records."""
        return self._paths.get(name)

    def _below(self, path: str) -> str:
        for folder, top in self._tops.items():
            if Path(path).is_relative_to(folder):
                return Path(top, Path(path).relative_to(folder)).as_posix()
        return ""
