"""What marked copies of workbooks and PDFs share.

Which findings they show, the words of their notes, and how a copy appears.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Final

from auditor.auditing.report import Report
from auditor.files.atomic import UnwritableFile, input_at, write_whole
from auditor.records.errors import AuditorError
from auditor.records.model import UnreadNumber
from auditor.records.text import Text
from auditor.reports.findings import described
from auditor.reports.wording import Wording
from auditor.rules.findings import SEVERITIES, Finding, Severity
from auditor.rules.rows import Cell

__all__ = [
    "EXPECTED",
    "SIGNED",
    "SUSPECTS",
    "MarkError",
    "copy_marked",
    "described_as",
    "findings_in",
    "likeliest_cells",
    "note",
    "unread_in",
    "unread_note",
    "worst",
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

# Labels of what reports say of a finding.
EXPECTED: Final = Text(en="expected", ja="計算上の値")
SUSPECTS: Final = Text(en="suspects", ja="疑わしい箇所")
_IN_NOTE: Final = (
    Text(en="figures", ja="数値"),
    EXPECTED,
    Text(en="difference", ja="差"),
    SUSPECTS,
    Text(en="what to do", ja="対応"),
)


class MarkError(AuditorError):
    """A copy that can't be made."""


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
    if target.exists() and (not target.is_file() or input_at(target, [source]) is not None):
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
    names = {
        document.path
        for document in report.documents
        if os.path.realpath(document.path) == os.path.realpath(source)
    }
    copy = marked(data, names | {str(source_path)})
    write_whole(out_path, copy, like=source)
    return SIGNED if copy != data and is_signed(data) else None


def findings_in(report: Report, documents: Iterable[str]) -> list[Finding]:
    """The findings of a document, and those of others that point at one of its cells."""
    names = set(documents)
    return [
        finding
        for finding in report.findings
        if finding.document in names or any(cell.document in names for cell in finding.cells)
    ]


def likeliest_cells(finding: Finding) -> list[Cell]:
    """The cells of a finding that are the likeliest to be wrong; none without suspects."""
    suspects = finding.suspects[0].cells if finding.suspects else ()
    names = {(cell.field, cell.year) for cell in suspects}
    return [cell for cell in finding.cells if (cell.field, cell.year) in names]


def worst(findings: Iterable[Finding]) -> Severity:
    """The highest severity of some findings; there must be one."""
    severities = {finding.severity for finding in findings}
    for severity in SEVERITIES:
        if severity in severities:
            return severity
    raise ValueError("there is no finding")


def note(finding: Finding, words: Wording) -> str:
    """The note beside a marked figure: rule and message, the figures, what was expected, the
    likeliest slips, what to do.
    """
    labels = {label.of(words.lang) for label in _IN_NOTE}
    head = f"【{words.word(finding.severity)}】{finding.rule} {finding.message.of(words.lang)}"
    lines = [
        words.labelled(label, text) for label, text in described(finding, words) if label in labels
    ]
    return "\n".join([head, *lines])


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


def described_as(finding: Finding, label: Text, words: Wording) -> str:
    """What reports say of a finding under a label, or nothing."""
    return dict(described(finding, words)).get(label.of(words.lang), "")
