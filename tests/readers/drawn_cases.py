"""Cases drawn in a file of plain text: a name behind ``==``, what is drawn, ``->``, and the answer.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["DrawnCases"]

FOLDER: Final = Path(__file__).with_name("drawn")


class DrawnCases:
    """The cases of a file, by their names."""

    def __init__(self, name: str) -> None:
        self.file = FOLDER / f"{name}.txt"
        self._opening, *parts = ("\n" + self.file.read_text("utf-8")).split("\n== ")
        self._cases: dict[str, tuple[list[str], list[str]]] = {}
        for part in parts:
            title, *lines = part.strip("\n").split("\n")
            assert title not in self._cases, f"two cases are called {title}"
            end = lines.index("->") if "->" in lines else len(lines)
            self._cases[title] = lines[:end], lines[end + 1 :]

    @property
    def names(self) -> list[str]:
        """What the cases are called, in their order."""
        return list(self._cases)

    def drawing(self, name: str) -> list[str]:
        """The lines that a case draws."""
        return self._cases[name][0]

    def compare(self, name: str, answer: list[str]) -> None:
        """Fails where a case has another answer; stores it instead where that is wished for."""
        drawing, stored = self._cases[name]
        if answer != stored and os.environ.get("AUDITOR_SNAPSHOTS") == "write":
            self._cases[name] = drawing, answer
            cases = ("\n".join((key, *a, "->", *b)) for key, (a, b) in self._cases.items())
            text = "\n\n== ".join((self._opening.strip("\n"), *cases))
            self.file.write_text(text + "\n", encoding="utf-8", newline="")
            return
        assert answer == stored, f"{name} changed or is new"
