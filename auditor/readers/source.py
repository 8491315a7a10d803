"""What every reader shares: a document's bytes and text, and the protocol of a reader.

How a reader gives up is here, too, and what is said of a document that no form fits.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, runtime_checkable

from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.wording import folded
from auditor.records.addresses import MAX_COLUMN
from auditor.records.errors import CodedError
from auditor.records.frozen import FrozenDict
from auditor.records.model import (
    Book,
    Kpi,
    NotChecked,
    Part,
    PassedOver,
    Remark,
    Sheet,
    UnreadNumber,
)
from auditor.records.nearest import nearest_name
from auditor.records.text import Why

if TYPE_CHECKING:
    from auditor.files.own.copies import MarkedCopy

__all__ = [
    "LARGEST",
    "LARGEST_TEXT",
    "LONGEST_LINE",
    "AnyReader",
    "ReadResult",
    "Reader",
    "Reading",
    "RecordReader",
    "Source",
    "UnreadableDocument",
    "WordedReader",
    "cannot_open",
    "check_lines",
    "most_common_year",
    "several_forms",
    "titles",
    "too_large",
    "unknown_form",
]

_CANNOT_OPEN: Final = "ファイルを開けません（権限がないか、ほかの人が開いています）"
LARGEST: Final = 256 * 1024 * 1024
LARGEST_TEXT: Final = 64 * 1024 * 1024
"""How many bytes a document may have that is a text, but no JSON."""
LONGEST_LINE: Final = 1_000_000
"""How many characters a line of such a text may have."""
"""The bytes of the largest document that is opened; a device that never ends stops there too."""


class UnreadableDocument(CodedError):
    """A document that can't be read at all."""

    def __init__(self, path: str, code: str, en: str, ja: str) -> None:
        super().__init__(code, en, ja, place=path)
        self.path = path

    @property
    def not_checked(self) -> NotChecked:
        """The same as an entry of a report."""
        return NotChecked(document=self.path, why=self.message)


def cannot_open(name: str, fault: OSError | ValueError) -> UnreadableDocument:
    """Why a file can't be opened, or read on."""
    if isinstance(fault, IsADirectoryError):
        return UnreadableDocument(
            name,
            "folder",
            "is a folder without any document",
            "フォルダーの中に読み取れる文書がありません",
        )
    # No file can have a path that is no path at all (ValueError).
    if isinstance(fault, FileNotFoundError | ValueError):
        return UnreadableDocument(
            name, "missing", "there is no such file", "ファイルが見つかりません"
        )
    return UnreadableDocument(name, "unreadable", f"can't be read: {fault.strerror}", _CANNOT_OPEN)


DELIMITERS: Final = ("\t", ",", ";")
"""What stands between the cells of a text."""


def too_wide(source: Source) -> UnreadableDocument:
    """That a text has more cells in a line than a table may have columns."""
    return UnreadableDocument(
        source.path,
        "too-wide",
        f"a line has {source.widest:,} cells, and a table may have {MAX_COLUMN:,} columns; "
        "leave the columns out that hold nothing of the form",
        f"1行にセルが{source.widest:,}個あります。表の列は{MAX_COLUMN:,}列までです。"
        "様式にない列を除いてください",
    )


def too_large(name: str, largest: int | None = None) -> UnreadableDocument:
    """The fault of a file that is larger than any of its kind that is opened."""
    limit = f"{(largest or LARGEST) // (1024 * 1024):,} MiB"
    return UnreadableDocument(
        name,
        "too-large",
        f"the file is larger than {limit}; split it",
        f"ファイルが {limit} を超えています。分割してください",
    )


def check_lines(source: Source) -> None:
    """Raises UnreadableDocument for a text that is larger, or has a longer line, than people write.

    JSON, which programs write, may be one line; a PDF is no text, whatever its bytes are.
    """
    text = None if b"%PDF-" in source.data[:1024] else source.text
    if text is None or text.lstrip()[:1] in ("{", "["):
        return
    if len(source.data) > LARGEST_TEXT:
        raise too_large(source.path, LARGEST_TEXT)
    at = 0
    while len(text) - at > LONGEST_LINE:
        within = at, at + LONGEST_LINE + 1
        end = max(text.rfind("\n", *within), text.rfind("\r", *within))
        if end < 0:
            line = text.count("\n", 0, at) + 1
            raise UnreadableDocument(
                source.path,
                "too-large",
                f"line {line:,} has more than {LONGEST_LINE:,} characters",
                f"{line:,}行目が{LONGEST_LINE:,}字を超えています",
            )
        at = end + 1


@dataclass(frozen=True, eq=False)
class Source:
    """A document's bytes, and its text where it is a text: BOM, then strict UTF-8, then CP932."""

    path: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @classmethod
    def open(cls, path: str | Path) -> Source:
        """Read the file; raises UnreadableDocument where it is missing, a folder, empty or too
        large.
        """
        name = str(path)
        try:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST + 1)
        except (OSError, ValueError) as fault:
            raise cannot_open(name, fault) from None
        if len(data) > LARGEST:
            raise too_large(name)
        source = cls(name, data)
        if not data.strip() or (source.text is not None and not source.text.strip()):
            raise UnreadableDocument(name, "empty", "the file is empty", "ファイルが空です")
        return source

    @cached_property
    def text(self) -> str | None:
        """The decoded text without its BOM, or None where the bytes are no text."""
        data = self.data
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                return data.decode("utf-16").lstrip("\ufeff")
            except UnicodeDecodeError:
                return None
        if b"\0" in data:
            return None
        for encoding in ("utf-8-sig", "cp932"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        return None

    @cached_property
    def widest(self) -> int:
        """How many cells a line of the text has at most, whatever divides them."""
        text = self.text or ""
        signs = [sign for sign in DELIMITERS if text.count(sign) >= MAX_COLUMN]
        counts = (max(map(line.count, signs)) for line in text.splitlines()) if signs else ()
        return max(counts, default=0) + 1

    @cached_property
    def body(self) -> str:
        """The text as labels are matched in it."""
        return squeezed(folded(self.text or ""))


@dataclass(frozen=True)
class Reading:
    """What a reader understood of one document; sheets and KPIs are numbered from 1 and name the
    document. ``unread`` are the numbers that are visible and that no record holds, ``parts`` the
    pages and worksheets that need no audit.
    """

    fiscal_year: int | None
    sheets: tuple[Sheet, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    remarks: tuple[Remark, ...] = ()
    not_checked: tuple[NotChecked, ...] = field(default=())
    unread: tuple[UnreadNumber, ...] = ()
    parts: tuple[Part, ...] = ()


@runtime_checkable
class Reader(Protocol):
    """Turns one kind of document into records; see docs/plugins.md. Readers never repair a
    figure.
    """

    @property
    def name(self) -> str:
        """A short name, for ``auditor plugins`` and messages."""
        ...

    def accepts(self, source: Source, form: Form) -> bool:
        """Whether this reader knows how to read such a document of that form; decides by content,
        not by name.
        """
        ...

    def read(self, source: Source, form: Form) -> Reading:
        """The records; raises UnreadableDocument where nothing can be made of it."""
        ...


@runtime_checkable
class WordedReader(Reader, Protocol):
    """A reader that can tell the words of documents that are no text, so that their form can be
    found out.
    """

    def words(self, source: Source) -> str | None:
        """All text of the document, or None where it is none of this reader's; raises
        UnreadableDocument for a broken one.
        """
        ...


class ReadResult(NamedTuple):
    """What became of some documents: their books, and which of them could not be read.

    ``not_checked`` holds what belongs to no document of a book; the documents of the books carry
    their own. ``passed_over`` are files that need no audit, ``copies`` what those documents
    say of themselves that are marked copies.
    """

    books: tuple[Book, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    copies: Mapping[str, MarkedCopy] = FrozenDict()


@runtime_checkable
class RecordReader(Protocol):
    """Reads records that a program or a person wrote down: they name documents and forms
    themselves, so one file can hold several books.
    """

    @property
    def name(self) -> str:
        """A short name, for ``auditor plugins`` and messages."""
        ...

    def accepts_records(self, source: Source) -> bool:
        """Whether the file is of this kind at all; decides by content, not by name."""
        ...

    def read_records(
        self, source: Source, forms: Mapping[str, Form], form: Form | None = None
    ) -> ReadResult:
        """The books; ``form`` insists on one. Raises UnreadableDocument where nothing can be made
        of the file.
        """
        ...


AnyReader = Reader | RecordReader


def unknown_form(name: str, forms: Mapping[str, Form], catalogue: Iterable[str] = ()) -> Why:
    """Why nothing was read: there is no form of that name, nor in the catalogue. Lists those that
    there are and asks whether one of a like name was meant.
    """
    named = list(catalogue)
    en, ja = (
        f"there is no form {name!r}; known: {', '.join(forms) or '-'}",
        f"「{name}」という様式はありません。登録されている様式：{titles(forms.values())}",
    )
    if named:
        en = f"{en}; in the catalogue: {', '.join(named)}"
        ja = f"{ja}。様式例：{'、'.join(named)}"
    if near := nearest_name(name, (*forms, *named)):
        en, ja = f"{en}; did you mean {near!r}?", f"{ja}。「{near}」のことですか"
    return Why(code="unknown-form", en=en, ja=ja)


def several_forms(path: str, forms: Iterable[Form]) -> UnreadableDocument:
    """The fault of a document that more than one form fits."""
    fitting = tuple(forms)
    names = ", ".join(form.name for form in fitting)
    return UnreadableDocument(
        path,
        "several-forms",
        f"several forms fit ({names}); insist on one with --form",
        f"複数の様式（{titles(fitting)}）に該当します。--form で指定してください",
    )


def titles(forms: Iterable[Form]) -> str:
    """Forms in Japanese, by their titles and the names that ``--form`` takes."""
    return "、".join(f"{form.title.ja}（{form.name}）" for form in forms) or "なし"


def most_common_year(sheets: Iterable[Sheet]) -> int | None:
    """The fiscal year of most of the sheets."""
    years = Counter(sheet.fiscal_year for sheet in sheets)
    return years.most_common(1)[0][0] if years else None
