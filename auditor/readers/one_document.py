"""Reads one document: opens it, finds its form and the reader for it, and makes its books.

What could not be read is said in the result; nothing that happens in a document stops the reading
of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard, TypeVar, cast

from auditor.forms.loading import detect
from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.kinds import explained, kind_of, refused
from auditor.readers.remarks import alike
from auditor.readers.source import (
    AnyReader,
    Reader,
    Reading,
    ReadResult,
    RecordReader,
    Source,
    UnreadableDocument,
    WordedReader,
    check_lines,
    several_forms,
)
from auditor.readers.wording import folded
from auditor.records.compact import compacted
from auditor.records.errors import AuditorError, message_of
from auditor.records.model import Book, Document, NotChecked, Remark
from auditor.records.text import Text, Why
from auditor.records.unchecked import counted

if TYPE_CHECKING:
    from auditor.readers.near import Near

__all__ = ["Forms", "OneResult", "named", "opened", "read_document", "read_source"]

T = TypeVar("T")

# Codes of documents that no reader knows.
_UNKNOWN: Final = ("binary", "no-form", "no-reader")


class Forms(NamedTuple):
    """The forms that documents may have, the one that is insisted on, and the files of those that
    are used by name alone.
    """

    in_use: Mapping[str, Form]
    insisted: Form | None
    catalogue: Mapping[str, Path]


class OneResult(NamedTuple):
    """What became of one document; ``near`` is the form that it nearly fits, where none does."""

    read: ReadResult
    near: Near | None = None


def named(reason: NotChecked, name_of: Callable[[str], str]) -> NotChecked:
    """The reason with the name of its document in place of its path."""
    if reason.document is None:
        return reason
    return reason.model_copy(update={"document": name_of(reason.document)})


def read_document(
    path: str,
    name: str,
    forms: Forms,
    readers: Sequence[AnyReader],
) -> OneResult:
    """What became of the document at a path, which the result calls ``name``."""
    source = opened(path, name)
    return source if isinstance(source, OneResult) else read_source(source, forms, readers)


def opened(path: str, name: str) -> Source | OneResult:
    """The document at a path, which the result calls ``name``; why it can't be opened."""
    try:
        source = replace(Source.open(path), path=name)
        check_lines(source)
    except UnreadableDocument as fault:
        return OneResult(ReadResult(not_checked=(named(fault.not_checked, lambda _: name),)))
    return source


def read_source(source: Source, forms: Forms, readers: Sequence[AnyReader]) -> OneResult:
    """What became of an open document."""
    name = source.path
    candidates = _Readers(name, readers)
    near: Near | None = None
    try:
        result = _of_source(source, forms, candidates)
    except _ReaderFailed:
        result = ReadResult()
    except UnreadableDocument as fault:
        # Where a reader failed, it may be the one that was wanting.
        unread = fault.message.code in _UNKNOWN and candidates.failures
        result = ReadResult(not_checked=() if unread else (fault.not_checked,))
        near = _near_of(fault)
    except Exception as fault:  # the other documents are read all the same
        result = ReadResult(
            not_checked=(_crashed(name, "the choice of a reader", "読み取り方法の選択", fault),)
        )
    reasons = result.not_checked
    if not result.books:
        reasons = _explained(source, reasons, forms.in_use.values())
    return OneResult(result._replace(not_checked=counted((*reasons, *candidates.failures))), near)


def _near_of(fault: UnreadableDocument) -> Near | None:
    """The form that a document nearly fits, where it fits none."""
    if fault.message.code != "no-form":
        return None
    from auditor.readers.near import NoForm  # most documents have a form

    return fault.near if isinstance(fault, NoForm) else None


def _explained(
    source: Source, missed: Sequence[NotChecked], forms: Iterable[Form]
) -> tuple[NotChecked, ...]:
    """Why nothing of a document was read, with what to do about it."""
    reasons = explained(source, [reason.why for reason in missed], forms)
    if len(reasons) != len(missed):
        return tuple(NotChecked(document=source.path, why=why) for why in reasons)
    return tuple(
        reason.model_copy(update={"why": why}) for reason, why in zip(missed, reasons, strict=True)
    )


def _of_source(source: Source, forms: Forms, readers: _Readers) -> ReadResult:
    """What the reader makes of the document that knows it best."""
    for record_reader in readers.of_records:
        accepts = partial(record_reader.accepts_records, source)
        if readers.ask(record_reader, partial(_accepts, accepts, "accepts_records")):
            records = partial(_records, record_reader, source, forms.in_use, forms.insisted)
            return readers.insist(record_reader, records)
    form, reader, words = _chosen(source, forms, readers)

    def books() -> ReadResult:
        try:
            return _books(source, form, _read(reader, source, form))
        except UnreadableDocument as fault:
            if fault.message.code != "no-sheet" or words is None:
                raise
            from auditor.readers.near import without_labels

            raise without_labels(fault, form, words) from None

    return readers.insist(reader, books)


def _accepts(accepts: Callable[[], bool], method: str) -> bool:
    answer = accepts()
    # A plugin may give anything.
    if not isinstance(cast(object, answer), bool):
        raise _gives(method, answer, "bool")
    return answer


def _records(
    reader: RecordReader, source: Source, forms: Mapping[str, Form], insisted: Form | None
) -> ReadResult:
    result = reader.read_records(source, forms, insisted)
    # A plugin may give anything.
    if not isinstance(cast(object, result), ReadResult):
        raise _gives("read_records", result, "ReadResult")
    return result


def _words(reader: WordedReader, source: Source) -> str | None:
    words = reader.words(source)
    # A plugin may give anything.
    if not isinstance(cast(object, words), str | None):
        raise _gives("words", words, "str | None")
    return words


def _read(reader: Reader, source: Source, form: Form) -> Reading:
    reading = reader.read(source, form)
    # A plugin may give anything.
    if not isinstance(cast(object, reading), Reading):
        raise _gives("read", reading, "Reading")
    return reading


def _gives(method: str, result: object, expected: str) -> AuditorError:
    """That a method of a reader gives something else than it is to give."""
    kind = "None" if result is None else type(result).__name__
    return AuditorError(
        f"{method}() gives {kind}; {expected} was expected",
        f"{method}() の戻り値が {kind} です。{expected} が必要です",
    )


def _crashed(path: str, en: str, ja: str, fault: BaseException) -> NotChecked:
    from auditor.records.foreign import excerpt_of  # few readers fail

    message = message_of(fault)
    why = Why(
        code="crashed",
        en=f"{en} failed: {message.en}",
        ja=f"{ja}が途中で止まりました：{message.ja}",
    )
    return NotChecked(document=path, why=why, excerpt=excerpt_of(fault))


# To ask whether an object is of a protocol takes as long as to read some lines.


def _reads_documents(reader: AnyReader) -> TypeGuard[Reader]:
    return hasattr(reader, "accepts") and hasattr(reader, "read")


def _reads_records(reader: AnyReader) -> TypeGuard[RecordReader]:
    return hasattr(reader, "accepts_records") and hasattr(reader, "read_records")


class _ReaderFailed(Exception):
    """The reader that has a document did not come to an end."""


class _Readers:
    """The readers of one document. They may be foreign code: one that fails is named, and it is
    asked no more.
    """

    def __init__(self, path: str, readers: Iterable[AnyReader]) -> None:
        self.path, self._readers = path, tuple(readers)
        self.failures: list[NotChecked] = []
        self._failed: set[str] = set()

    @property
    def of_records(self) -> list[RecordReader]:
        """Those that read records, and have not failed."""
        return [reader for reader in self._usable if _reads_records(reader)]

    @property
    def of_documents(self) -> list[Reader]:
        """Those that read documents, and have not failed."""
        return [reader for reader in self._usable if _reads_documents(reader)]

    @property
    def _usable(self) -> list[AnyReader]:
        return [reader for reader in self._readers if reader.name not in self._failed]

    def ask(self, reader: AnyReader, call: Callable[[], T]) -> T | None:
        """What a reader answers; None where it fails. Raises UnreadableDocument."""
        try:
            return call()
        except UnreadableDocument:
            raise
        except BaseException as fault:
            # Few readers fail.
            from auditor.records.foreign import code_place, is_interrupt, origin_of

            if is_interrupt(fault):
                raise
            name, plugin, place = reader.name, origin_of(reader), code_place(fault)
            if place is not None and place.name == plugin:  # the place names it already
                plugin = ""
            of_en = f" of the plugin {plugin}" if plugin else ""
            of_ja = f"（プラグイン {plugin}）" if plugin else " "
            failure = _crashed(
                self.path, f"the reader {name}{of_en}", f"読み取りプログラム {name}{of_ja}", fault
            )
            self.failures.append(failure)
            self._failed.add(name)
            return None

    def insist(self, reader: AnyReader, call: Callable[[], T]) -> T:
        """What a reader answers; raises _ReaderFailed where it fails, and UnreadableDocument."""
        answer = self.ask(reader, call)
        if answer is None:
            raise _ReaderFailed
        return answer


def _chosen(source: Source, forms: Forms, readers: _Readers) -> tuple[Form, Reader, str | None]:
    """The form that fits, the first reader that accepts, and the document's words where they are
    known; raises UnreadableDocument where form or reader is wanting or in doubt.

    Which form a text has, its words say; of anything else, only the readers can tell.
    """
    kind = kind_of(source)
    words = source.text if kind is None else None
    for reader in readers.of_documents if words is None else ():
        if isinstance(reader, WordedReader):
            words = readers.ask(reader, partial(_words, reader, source))
        if words is not None:
            break
    in_use = forms.in_use.values()
    if forms.insisted is not None:
        fitting: tuple[Form, ...] = (forms.insisted,)
    elif words is None:
        fitting = tuple(form for form in in_use if _accepting(source, form, readers) is not None)
    else:
        body = source.body if words is source.text else squeezed(folded(words))
        fitting = detect(body, in_use)
        if not fitting:
            from auditor.readers.near import no_form  # most documents have a form

            raise no_form(source.path, words, forms.in_use, forms.catalogue)
    if len(fitting) > 1:
        raise several_forms(source.path, fitting)
    for form in fitting:
        if (accepting := _accepting(source, form, readers)) is not None:
            return form, accepting, words
    raise refused(source, [reader.name for reader in readers.of_documents])


def _accepting(source: Source, form: Form, readers: _Readers) -> Reader | None:
    """The first reader that accepts the document."""
    for reader in readers.of_documents:
        accepts = partial(reader.accepts, source, form)
        if readers.ask(reader, partial(_accepts, accepts, "accepts")):
            return reader
    return None


def _books(source: Source, form: Form, reading: Reading) -> ReadResult:
    """A document's records as books, one for each fiscal year that it holds records of."""
    years = [sheet.fiscal_year for sheet in reading.sheets]
    years += [kpi.fiscal_year for kpi in reading.kpis]
    path = source.path
    compacted(reading.sheets, reading.kpis)
    if not years:
        return ReadResult(not_checked=_reasons_without_records(path, form, reading))
    main = reading.fiscal_year if reading.fiscal_year in years else years[0]
    of_sheet: dict[int | None, int] = {sheet.number: sheet.fiscal_year for sheet in reading.sheets}
    of_kpi: dict[int | None, int] = {kpi.number: kpi.fiscal_year for kpi in reading.kpis}

    def year_of(remark: Remark) -> int:
        """The year of the record that a remark is on; one on no record is in the main book."""
        if remark.sheet is not None:
            return of_sheet.get(remark.sheet, main)
        return of_kpi.get(remark.kpi, main)

    books: list[Book] = []
    for year in dict.fromkeys((main, *years)):
        sheets = tuple(sheet for sheet in reading.sheets if sheet.fiscal_year == year)
        kpis = tuple(kpi for kpi in reading.kpis if kpi.fiscal_year == year)
        unread = (number for number in reading.unread if of_sheet.get(number.sheet, main) == year)
        document = Document.of(
            path,
            form.name,
            year,
            sheets,
            kpis,
            sha256=source.sha256,
            remarks=tuple(alike([remark for remark in reading.remarks if year_of(remark) == year])),
            not_checked=counted(reading.not_checked) if year == main else (),
            unread=tuple(unread),
            parts=reading.parts if year == main else (),
        )
        books.append(
            Book(form=form.name, fiscal_year=year, documents=(document,), sheets=sheets, kpis=kpis)
        )
    return ReadResult(tuple(books))


def _reasons_without_records(path: str, form: Form, reading: Reading) -> tuple[NotChecked, ...]:
    """Why a document gave no record; its remarks are among the reasons, for there is no book to
    hold them.
    """
    reasons = [NotChecked(document=path, why=_nothing(form)), *reading.not_checked]
    for remark in reading.remarks:
        detail = remark.detail or Text(en=remark.printed, ja=remark.printed)
        why = Why(code=remark.rule, en=detail.en, ja=detail.ja)
        reasons.append(NotChecked(document=path, why=why))
    return tuple(reasons)


def _nothing(form: Form) -> Why:
    return Why(
        code="no-records",
        en=f"no sheet and no indicator of the form {form.name} could be read",
        ja=f"様式 {form.name} の事業シートも指標も読み取れませんでした",
    )
