"""Readers that work apart from this program, within limits.

A document made to do harm, or only broken, ends that work and nothing else.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from auditor.files.confined import (
    Confine,
    Confined,
    Limits,
    Stopped,
    Task,
    broken_down,
    confined,
)
from auditor.forms.model import Form
from auditor.forms.told import as_told
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.records.text import Text

if TYPE_CHECKING:
    from auditor.readers.printed_grids import PrintedGrid
    from auditor.readers.shown import ShownWorksheet

__all__ = ["GuardedReader", "Limits", "reading_adapter"]

_READING: Final = Text(en="reading", ja="読み取り")


@cache
def reading_adapter() -> TypeAdapter[Reading]:
    """How a reading goes through JSON; built only where something is read."""
    return TypeAdapter(Reading)


class GuardedReader:
    """A reader of documents that are no text, which works in a confined place, as a child process
    is, one document after the other.

    ``reader`` names its class as ``module:class``; ``knows`` decides by the first bytes, here,
    whether a document is its business, and ``ready`` may raise UnreadableDocument where something
    has to be installed first. ``confine`` makes the place.
    """

    knows: Callable[[Source], bool]
    name: str
    reader: str
    ready: Callable[[Source], None] | None
    confine: Confine
    factor: int
    limits: Limits

    def __init__(
        self,
        name: str,
        reader: str,
        knows: Callable[[Source], bool],
        limits: Limits | None = None,
        *,
        ready: Callable[[Source], None] | None = None,
        confine: Confine = confined,
    ) -> None:
        self.name, self.reader, self.knows, self.ready = name, reader, knows, ready
        self.limits, self.factor, self.confine = limits or Limits(), 1, confine
        self._open: tuple[weakref.ref[Source], Confined, str | None] | None = None

    def raised(self, factor: int) -> GuardedReader:
        """The same reader with ``factor`` times its limits here, and those of the reader in the
        confined place.
        """
        other = GuardedReader(
            self.name,
            self.reader,
            self.knows,
            self.limits.raised(factor),
            ready=self.ready,
            confine=self.confine,
        )
        other.factor = self.factor * factor
        return other

    @property
    def task(self) -> Task:
        """What is done in the confined place."""
        arguments = (self.reader, str(self.factor))
        return Task("auditor.readers.child:Answers", arguments, self.limits, _READING)

    def words(self, source: Source) -> str | None:
        """All text of the document, or None where it is none of this reader's; raises
        UnreadableDocument for a broken one.
        """
        if not self.knows(source):
            return None
        return self._asked(source)[1]

    def accepts(self, source: Source, form: Form) -> bool:
        """Any document that the reader knows: which form it has, its words say."""
        return bool(form.fields or form.kpi) and self.words(source) is not None

    def read(self, source: Source, form: Form) -> Reading:
        """The records; raises UnreadableDocument where the document, or a limit, does not let any
        be made.
        """
        place, _ = self._asked(source)
        try:
            answer = place.ask({"ask": "read", "form": as_told(form)})
            try:
                return reading_adapter().validate_json(answer["reading"])
            except (ValidationError, KeyError, TypeError):
                raise broken_down(self.task) from None
        except Stopped as fault:
            raise _unreadable(source, fault) from None
        finally:
            self._let_go()

    def shown(self, source: Source, form: Form) -> tuple[ShownWorksheet, ...] | None:
        """The cells of a workbook's worksheets as they are displayed, for a form of tables, and
        None where the document is none of this reader's; raises UnreadableDocument.
        """
        if self.words(source) is None:
            return None
        from auditor.readers.shown import shown_adapter  # only tables in workbooks need it

        place, _ = self._asked(source)
        try:
            answer = place.ask({"ask": "shown", "form": as_told(form)})
            try:
                return shown_adapter().validate_json(answer["shown"])
            except (ValidationError, KeyError, TypeError):
                raise broken_down(self.task) from None
        except Stopped as fault:
            raise _unreadable(source, fault) from None
        finally:
            self._let_go()

    def grids(self, source: Source) -> tuple[PrintedGrid, ...] | None:
        """The cells of all worksheets or pages, for whoever does not know the document's form, and
        None where the document is none of this reader's; raises UnreadableDocument.
        """
        if self.words(source) is None:
            return None
        from auditor.readers.printed_grids import grids_adapter  # only drafts of forms need it

        place, _ = self._asked(source)
        try:
            answer = place.ask({"ask": "grids"})
            try:
                return grids_adapter().validate_json(answer["grids"])
            except (ValidationError, KeyError, TypeError):
                raise broken_down(self.task) from None
        except Stopped as fault:
            raise _unreadable(source, fault) from None
        finally:
            self._let_go()

    def _asked(self, source: Source) -> tuple[Confined, str | None]:
        """The place that has the document open, and the document's words; None where it turns out
        to be none of this reader's.
        """
        if self._open is not None and self._open[0]() is source:
            return self._open[1], self._open[2]
        self._let_go()
        if self.ready is not None:
            self.ready(source)
        place = self.confine(self.task)
        try:
            place.start(source.path, source.data)
            words = place.ask({"ask": "words"}).get("words", 0)
            if words is not None and not isinstance(words, str):
                raise broken_down(self.task)
        except Stopped as fault:
            place.end()
            raise _unreadable(source, fault) from None
        except BaseException:
            place.end()
            raise
        weakref.finalize(source, place.end)
        self._open = weakref.ref(source), place, words
        return place, words

    def _let_go(self) -> None:
        if self._open is not None:
            self._open[1].end()
        self._open = None


def _unreadable(source: Source, fault: Stopped) -> UnreadableDocument:
    return UnreadableDocument(source.path, fault.message.code, fault.message.en, fault.message.ja)
