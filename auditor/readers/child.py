"""What a guarded reader does in its confined place.

It answers with the words and the records of a document.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from auditor.forms.told import form_told
from auditor.readers.guarded import reading_adapter
from auditor.readers.shown import shown_adapter
from auditor.readers.source import Source

__all__ = ["Answers"]


class Answers:
    """The worker of a guarded reader; ``reader`` names the reader's class, ``factor`` says how
    far its own limits are raised.
    """

    def __init__(self, reader: str, factor: str) -> None:
        module, _, name = reader.partition(":")
        self.reader: Any = getattr(importlib.import_module(module), name)()
        if int(factor) > 1:
            self.reader.raise_limits(int(factor))
        self.source: Source | None = None

    def answer(
        self, path: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, object]:
        """The words, the cells as they are printed or displayed, or the records for a form."""
        self.source = self.source or Source(
            path, data
        )  # one object: a reader keeps its document open between questions
        if hasattr(self.reader, "progress"):
            self.reader.progress = progress
        if question["ask"] == "words":
            return {"words": self.reader.words(self.source)}
        if question["ask"] == "grids":
            from auditor.readers.printed_grids import grids_adapter

            grids = self.reader.grids(self.source)
            return {"grids": grids_adapter().dump_json(grids).decode()}
        form = form_told(question["form"])
        if question["ask"] == "shown":
            shown = self.reader.shown(self.source, form)
            return {"shown": shown_adapter().dump_json(shown).decode()}
        return {
            "reading": reading_adapter().dump_json(self.reader.read(self.source, form)).decode()
        }
