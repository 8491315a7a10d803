"""What marked copies of workbooks and PDFs share.

Which entries they show and where, the words of their notes, and how a copy appears.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from auditor.auditing.report import Report
from auditor.files.atomic import UnwritableFile, input_at, refusals, write_whole
from auditor.records.errors import AuditorError
from auditor.records.figures import Place
from auditor.records.model import Document, UnreadNumber
from auditor.records.text import Text
from auditor.reports.entries import (
    LABELS,
    Entry,
    described,
    entries,
    following,
    place_of,
    proposed,
)
from auditor.reports.wording import Wording
from auditor.rules.rows import Cell

__all__ = [
    "SIGNED",
    "DocumentChanged",
    "MarkError",
    "MarkedPlace",
    "check_unchanged",
    "copy_marked",
    "entries_in",
    "note",
    "places_of",
    "pointer",
    "unread_in",
    "unread_note",
]

SIGNED: Final = Text(
    en=(
        "The original is digitally signed. The marks change this copy, so that its signature is "
        "no longer valid; the original is untouched."
    ),
    ja=(
        "元の文書には電子署名があります。この写しは指摘を書き込んだため、写しの署名は無効になります。"
        "元の文書とその署名は変更していません。"
    ),
)

_IN_NOTE: Final = (
    "figures",
    "formula",
    "wording",
    "sentence",
    "suspect",
    "candidates",
    "follows",
    "certainty",
    "action",
)
"""What a note says of an entry, by the keys of ``LABELS``."""


class MarkError(AuditorError):
    """A copy that can't be made."""


class DocumentChanged(MarkError):
    """A document that is another one by now than the one that was read."""


def check_unchanged(document: Document, data: bytes) -> None:
    """Raise DocumentChanged where these bytes are not those that were read of a document: marks
    would stand on figures that nobody judged.
    """
    if document.sha256 is not None and hashlib.sha256(data).hexdigest() != document.sha256:
        raise DocumentChanged(
            f"{document.path} has changed since it was read; audit it again",
            f"{document.path} は、読み取った後に変更されています。もう一度点検してください",
        )


def copy_marked(
    source_path: str | Path,
    report: Report,
    out_path: str | Path,
    marked: Callable[[bytes, set[str]], bytes],
    is_signed: Callable[[bytes], bool],
) -> Text | None:
    """Write what ``marked`` makes of a document's bytes and of the paths under which the report
    knows it.

    The copy appears whole or not at all, and never over its input. Returns ``SIGNED`` where the
    copy of a signed document differs from it. Raises MarkError, and UnwritableFile for the copy.
    """
    source, target = Path(source_path), Path(os.path.realpath(out_path))
    with refusals(out_path):
        is_other = target.exists() and not target.is_file()
    if is_other or input_at(target, [source]) is not None:
        en, ja = (
            f"{out_path} is the document itself, or no file; name another",
            f"{out_path} には書き込めません。別の名前を指定してください",
        )
        raise UnwritableFile(en, ja)
    try:
        data = source.read_bytes()
    except OSError as fault:
        raise MarkError(
            f"{source} can't be read: {fault.strerror}",
            f"{source} を開けません（権限がないか、ほかの人が開いています）",
        ) from None
    documents = [
        document
        for document in report.documents
        if os.path.realpath(document.path) == os.path.realpath(source)
    ]
    for document in documents:
        check_unchanged(document, data)
    copy = marked(data, {str(source_path), *(document.path for document in documents)})
    write_whole(out_path, copy, like=source)
    return SIGNED if copy != data and is_signed(data) else None


def entries_in(report: Report, documents: Iterable[str]) -> list[Entry]:
    """The entries about a document, and those of others that point at one of its cells."""
    names = set(documents)
    return [
        entry
        for entry in entries(report)
        if any(
            finding.document in names or any(_is_in(cell, names) for cell in finding.cells)
            for finding in entry.findings
        )
    ]


class MarkedPlace(NamedTuple):
    """A place that an entry marks.

    ``suspected`` is whether it stands out; ``leading`` is whether it has the entry's note, to
    which the notes of the others point.
    """

    place: Place
    suspected: bool
    leading: bool


def places_of(
    entry: Entry, documents: Collection[str], usable: Callable[[Place], bool]
) -> list[MarkedPlace]:
    """The places of an entry in a document that can be marked: the suspected ones first, then
    the others of its findings.
    """
    suspects = (place_of(cell, entry) for cell in proposed(entry))
    suspected = _usable_places(filter(None, suspects), documents, usable)
    cells = chain.from_iterable(finding.cells for finding in entry.findings)
    others = [place for place in _usable_places(cells, documents, usable) if place not in suspected]
    # A place that is the only one is where the fault lies.
    alone = not suspected and len(others) == 1
    places = [*suspected, *others]
    return [
        MarkedPlace(place, number < len(suspected) or alone, number == 0)
        for number, place in enumerate(places)
    ]


def _usable_places(
    cells: Iterable[Cell], documents: Collection[str], usable: Callable[[Place], bool]
) -> list[Place]:
    places = (cell.place for cell in cells if cell.place is not None and _is_in(cell, documents))
    return list(dict.fromkeys(filter(usable, places)))


def _is_in(cell: Cell, documents: Collection[str]) -> bool:
    """Whether a cell stands in one of the documents; those of another book are never marked."""
    return cell.document in documents and cell.other_book is None


def note(number: int, entry: Entry, words: Wording) -> str:
    """The note beside the cell that an entry is about: what is wrong, what the figures give, how
    sure that is, what to do. ``number`` is the entry's in the list of the copy.
    """
    label = words.say(f"finding {number}", f"指摘{number}")
    severity = words.word(entry.counted_as)
    head = words.say(f"[{severity}, {label}] ", f"【{severity}・{label}】")
    lines = [head + f"{entry.main.rule} {entry.main.message.of(words.lang)}"]
    labels = {LABELS[key].of(words.lang) for key in _IN_NOTE}
    lines += [
        words.labelled(label, text) for label, text in described(entry, words) if label in labels
    ]
    others = following(entry, words)
    if others is not None:
        lines.append(f"→ {others.heading}")
    return "\n".join(lines)


def pointer(number: int, entry: Entry, leading: Place, words: Wording) -> str:
    """The note beside another cell of an entry: where its own note is."""
    place = words.place(leading)
    return words.say(
        f"→ finding {number} ({entry.main.rule}): see {place}",
        f"→ 指摘{number}（{entry.main.rule}）：{place}を参照",
    )


def unread_in(report: Report, documents: Iterable[str]) -> list[UnreadNumber]:
    """The numbers of a document that are visible and that no record holds."""
    names = set(documents)
    parts = (document.unread for document in report.documents if document.path in names)
    return list(chain.from_iterable(parts))


def unread_note(count: int, words: Wording) -> str:
    """What the grey frames of a copy are."""
    return words.say(
        f"Framed in grey: {count:,} numbers that are visible and were not read",
        f"灰色の枠：紙面にあるものの読み取れなかった数値（{count:,}個）",
    )
