"""Sentences of a document's prose, with the figures in them that something is said about."""

from __future__ import annotations

from auditor.records.figures import Record

__all__ = ["Mark", "Sentence"]


class Mark(Record):
    """Where a figure stands in the text of its sentence: characters ``start`` to ``end`` (not
    included), and the ``name`` under which rules know it (``total``, ``parts.1``).
    """

    start: int
    end: int
    name: str


class Sentence(Record):
    """What a sheet says in one place, as printed, but on one line.

    ``section`` is the field whose text it is (``achieved``, ``issues``), ``year`` the key of the
    evaluation that the text belongs to. ``line`` counts the lines of that text from 0. ``marks``
    stand in the order of the text and don't overlap.
    """

    text: str
    section: str
    year: str | None = None
    line: int = 0
    marks: tuple[Mark, ...] = ()
