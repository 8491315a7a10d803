"""The one way from paths to books: which documents there are, and what was read of all of them.

Each is read by ``one_document``. What could not be read is said in the result.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.files.confined import at_once, in_order
from auditor.forms.model import Form
from auditor.readers.folders import contents_of
from auditor.readers.one_document import Forms, OneResult, named, read_document
from auditor.readers.source import (
    AnyReader,
    Reader,
    Reading,
    ReadResult,
    RecordReader,
    Source,
    UnreadableDocument,
    unknown_form,
)
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, NotChecked, PassedOver
from auditor.records.text import Why

if TYPE_CHECKING:
    from auditor.files.own.copies import MarkedCopy

__all__ = [
    "AnyReader",
    "ReadResult",
    "Reader",
    "Reading",
    "RecordReader",
    "Source",
    "UnreadableDocument",
    "documents_in",
    "read_documents",
    "together",
    "unchanged_copies",
    "unchanged_copy",
]


def read_documents(
    paths: Iterable[str | Path],
    *,
    forms: Mapping[str, Form],
    readers: Iterable[AnyReader],
    form: str | None = None,
    jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
    tables: Collection[str] = (),
    worksheets: Sequence[str] = (),
    pages: str = "",
    name_of: Callable[[str], str] = str,
    catalogue: Mapping[str, Path] = FrozenDict(),
) -> ReadResult:
    """Read every document that can be read; of a folder, all documents below it. A path given
    twice is read once.

    ``form`` insists on a form by its name; of the ``readers`` the first that accepts a document
    reads it. A file that can't be read is an entry of ``not_checked`` and keeps no other from
    being read; so are the files of other kinds in a folder, but for the tables of the folders
    that ``tables`` names. ``jobs`` documents are read at a time (None: as many as are best), which
    changes nothing in the result; ``progress`` hears how many of how many are read. ``worksheets``
    and ``pages``, where they are given, say what is read of a workbook and of a PDF in place of
    those keys of each form.
    ``name_of`` gives the name that a path has in the result, its own if it is left out. A document
    that no form fits is held against the ``catalogue`` too, the files of forms that are not in use.
    """
    if worksheets or pages:
        chosen: dict[str, object] = {"worksheets": tuple(worksheets)} if worksheets else {}
        if pages:
            chosen["pages"] = pages
        forms = {name: each.model_copy(update=chosen) for name, each in forms.items()}
    if form is not None and form not in forms:
        return ReadResult(not_checked=(NotChecked(why=unknown_form(form, forms)),))
    choice = Forms(forms, forms[form] if form is not None else None, catalogue)
    inputs = _Inputs(paths, tables, name_of)

    def followed() -> Iterator[tuple[str, ReadResult]]:
        results = _results(inputs.documents, name_of, choice, tuple(readers), jobs)
        for number, item in enumerate(results, 1):
            if progress is not None:
                progress(number, len(inputs.documents))
            yield item

    return together(
        followed(),
        not_checked=inputs.not_checked,
        passed_over=inputs.passed_over,
        copies=inputs.copies,
    )


def together(
    results: Iterable[tuple[str, ReadResult]],
    *,
    not_checked: Iterable[NotChecked] = (),
    passed_over: Iterable[PassedOver] = (),
    copies: Mapping[str, MarkedCopy] = FrozenDict(),
) -> ReadResult:
    """What was read of several documents, as one result; ``results`` are those of each, by its
    name.

    Records of a document that was read already are left out, and reported. ``not_checked``,
    ``passed_over`` and ``copies`` are what is known without reading.
    """
    reasons = list(not_checked)
    books: list[Book] = []
    seen: set[tuple[str, str, int, str]] = set()
    for name, result in results:
        reasons.extend(result.not_checked)
        for book in result.books:
            keys = {
                (book.key, book.form, book.fiscal_year, document.path)
                for document in book.documents
            }
            if keys & seen:
                reasons.append(_twice(name, sorted(key[3] for key in keys & seen)))
            else:
                books.append(book)
            seen |= keys
    return ReadResult(
        Book.merged(books),
        tuple(reasons),
        tuple(dict.fromkeys(passed_over)),
        FrozenDict(copies),
    )


class _Inputs:
    """The documents of some paths, each once, and what else the paths hold.

    ``copies`` are the marked copies among the documents, by their names in the result.
    """

    def __init__(
        self, paths: Iterable[str | Path], tables: Collection[str], name_of: Callable[[str], str]
    ) -> None:
        self._name_of = name_of
        self.not_checked: list[NotChecked] = []
        self.passed_over: list[PassedOver] = []
        self.copies: dict[str, MarkedCopy] = {}
        distinct: dict[str, str] = {}
        marked: dict[str, None] = {}
        for path in dict.fromkeys(map(str, paths)):
            contents = contents_of(path, tables)
            self.not_checked += (named(reason, name_of) for reason in contents.not_checked)
            for item in contents.passed_over:
                self._pass_over(item.document, item.why)
            marked |= dict.fromkeys(map(_identity, contents.copies))
            for document in contents.documents:
                distinct.setdefault(_identity(document), document)
        self.documents = list(distinct.values())
        if marked:
            self._take_copies([distinct[key] for key in marked])

    def _pass_over(self, path: str, why: Why) -> None:
        self.passed_over.append(PassedOver(document=self._name_of(path), why=why))

    def _take_copies(self, marked: Sequence[str]) -> None:
        """Take up the marked copies. Those that are as they were written, and whose originals are
        read, need not be read: they say what the originals do.
        """
        copies = {path: item for path in marked if (item := _copy_at(path)) is not None}
        unchanged = unchanged_copies({path: _sha256(path) for path in self.documents}, copies)
        for path, copy_of in copies.items():
            if path in unchanged:
                self.documents.remove(path)
                self._pass_over(path, unchanged_copy(self._name_of(unchanged[path])))
            else:
                self.copies[self._name_of(path)] = copy_of


def unchanged_copies(
    digests: Mapping[str, str | None], copies: Mapping[str, MarkedCopy]
) -> dict[str, str]:
    """Those of the marked copies that are as they were written and whose originals are among the
    documents, with these; ``digests`` are the SHA-256 of all documents, in their order.
    """
    originals = {digests[name]: name for name in reversed(list(digests))}
    return {
        name: originals[item.original]
        for name, item in copies.items()
        if item.state == "untouched" and item.original in originals
    }


def _sha256(path: str) -> str | None:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):  # reading it says so
        return None


def _copy_at(path: str) -> MarkedCopy | None:
    from auditor.files.own.copies import copy_in  # few audits hold a copy

    try:
        return copy_in(Path(path).read_bytes())
    except OSError:
        return None


def unchanged_copy(original: str) -> Why:
    """Why a marked copy in which nothing was changed is passed over."""
    return Why(
        code="unchanged-copy",
        en=f"a marked copy of {original}, in which nothing was changed",
        ja=f"「{original}」に指摘を書き込んだ写し（変更なし）",
    )


def documents_in(path: str) -> list[str]:
    """The documents below a folder, in the order of their names; a file, or a folder without any,
    as it is given.
    """
    return contents_of(path).documents or [path]


def _results(
    paths: Sequence[str],
    name_of: Callable[[str], str],
    forms: Forms,
    readers: Sequence[AnyReader],
    jobs: int | None,
) -> Iterator[tuple[str, ReadResult]]:
    """The name of each path and what became of it, in their order."""
    names = list(map(name_of, paths))
    best = at_once(len(paths))
    jobs = best if jobs is None else min(jobs, len(paths))
    if min(best, jobs) > 1:
        from auditor.readers.apart import read_many  # few calls read so many

        yield from zip(names, read_many(paths, names, forms, readers, jobs), strict=True)
        return
    works: list[Callable[[], OneResult]] = []
    for path, name in zip(paths, names, strict=True):
        # A reader keeps its document open between questions: each job has its own readers.
        of_path = [copy(reader) for reader in readers] if jobs > 1 else readers
        works.append(partial(read_document, path, name, forms, of_path))
    results = (result.read for result in in_order(works, jobs))
    yield from zip(names, results, strict=True)


def _identity(path: str | Path) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # no path that a file can have; opening it says so
        return str(path)


def _twice(path: str, documents: Sequence[str]) -> NotChecked:
    """Records of a document that was read already: counting them twice would find its faults
    twice.
    """
    names = ", ".join(documents)
    return NotChecked(
        document=path,
        why=Why(
            code="read-twice",
            en=f"holds records of documents that were read already ({names}); "
            "this book was left out",
            ja=f"すでに読み込んだ文書（{'、'.join(documents)}）の記録を含むため、"
            "この分は読み込んでいません",
        ),
    )
