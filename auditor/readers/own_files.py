"""Files that this program wrote, known by what is in them, whatever they are called.

They are no documents: an audit passes them over. A marked copy is the one that comes back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, cast, get_args

from auditor.records.own import (
    ANSWERS_TITLE,
    COMPARISON_HEADING,
    COMPARISON_TITLES,
    ERRATA_HEADINGS,
    FINDING_COLUMNS,
    PROGRAM,
    PROOF_TITLE,
    REPORT_HEADINGS,
    REPORT_TITLE,
    TOTALS_HEADINGS,
    OwnKind,
)
from auditor.records.text import Text

__all__ = ["OWN_NAMES", "own_file"]

OWN_NAMES: Final[dict[OwnKind, Text]] = {
    "report": Text(en="a report of this program", ja="このプログラムの点検結果"),
    "reply_form": Text(en="a reply form of this program", ja="このプログラムの回答票"),
    "letter": Text(en="a letter of this program", ja="このプログラムの照会文"),
    "records": Text(en="the records of a round", ja="このプログラムの記録"),
    "waivers": Text(en="a file of waivers", ja="確認済みファイル"),
    "marked_copy": Text(en="a marked copy", ja="指摘を書き込んだ写し"),
}
"""What the kinds of own files are called."""

_HEAD: Final = 64 * 1024
"""How much of a text is looked at."""
_LARGEST_PROPERTIES: Final = 1 << 20
_JSON: Final = re.compile(
    r'\s*\{\s*(?:"type"\s*:\s*"report"\s*,\s*)?(?:"schema_version"\s*:\s*\d+\s*,\s*)?"tool_version"'
)
_FINDINGS: Final = re.compile(
    r'\s*\{\s*"rule"\s*:\s*"[^"]*"\s*,\s*"severity"\s*:\s*"[^"]*"\s*,\s*"book"\s*:'
)
"""A line of the file of findings."""
_RECORDS: Final = re.compile(r'\s*\{\s*"schema_version"\s*:\s*\d+\s*,\s*"head"\s*:')
"""Records of a round or of what was finally approved; others have no head."""
_SARIF: Final = re.compile(
    r'\s*\{\s*"\$schema"\s*:\s*"[^"]*sarif[^"]*".{0,1000}?"name"\s*:\s*"' + PROGRAM + '"',
    re.DOTALL,
)
_JUNIT: Final = re.compile(r"\s*<\?xml[^>]*>\s*<testsuites\b[^>]*\bname=[\"']" + PROGRAM + "[\"']")
_HTML: Final = re.compile(
    r"<meta\b[^>]*\bname=[\"']?generator[\"']?[^>]*\bcontent=[\"']?" + PROGRAM + r"\b",
    re.IGNORECASE,
)
_GITHUB: Final = re.compile(r"::(?:error|warning|notice) title=" + PROGRAM + "::")
_WAIVERS: Final = re.compile(r"^\[\[\s*waiver\s*\]\]\s*$", re.MULTILINE)
_WAIVER_KEYS: Final = ("rule", "place", "values")
_TEXT_TITLES: Final = (REPORT_TITLE, ANSWERS_TITLE, PROOF_TITLE)
_TITLES: Final = (
    *(title.en for title in _TEXT_TITLES),
    *(title.ja for title in _TEXT_TITLES),
)
_COMPARISONS: Final = (
    *(title.en for title in COMPARISON_TITLES),
    *(title.ja for title in COMPARISON_TITLES),
)
_SECTION: Final = re.compile(r"^■ ", re.MULTILINE)
"""Reports for a terminal have such headings."""
_TABLES: Final = (
    *(tuple(heading.of(lang) for heading in REPORT_HEADINGS) for lang in ("en", "ja")),
    *(tuple(heading.of(lang) for heading in TOTALS_HEADINGS) for lang in ("en", "ja")),
    *(tuple(heading.of(lang) for heading in ERRATA_HEADINGS) for lang in ("en", "ja")),
    (COMPARISON_HEADING.en,),
    (COMPARISON_HEADING.ja,),
    FINDING_COLUMNS,
)
"""The first headings of the tables that the program writes."""
_SEPARATORS: Final = (",", "\t", ";")


def own_file(path: str | Path) -> OwnKind | None:
    """What this program wrote a file as; None for every other file, and for one that can't be
    opened, which is said where it is read.
    """
    try:
        # What a pipe gives once, it gives no reader after that.
        if not Path(path).is_file():
            return None
        with Path(path).open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return None
    if head.startswith(b"PK"):
        return _office_file(path)
    if b"%PDF-" in head[:1024]:
        return _pdf(path)
    return _text_file(head)


def _office_file(path: str | Path) -> OwnKind | None:
    import zipfile
    import zlib

    from auditor.files.ooxml import PackageError
    from auditor.files.own.properties import PART, own_properties

    try:
        with zipfile.ZipFile(path) as archive:
            entry = next(
                (e for e in archive.infolist() if e.filename.casefold() == PART.casefold()), None
            )
            if entry is None or entry.file_size > _LARGEST_PROPERTIES or entry.flag_bits & 1:
                return None
            kind = own_properties(archive.read(entry)).get("")
    except (
        zipfile.BadZipFile,
        zlib.error,
        PackageError,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ):
        return None  # who reads it says what is wrong with it
    return cast(OwnKind, kind) if kind in get_args(OwnKind) else None


def _pdf(path: str | Path) -> OwnKind | None:
    from auditor.files.own.copies import copy_in

    try:
        return "marked_copy" if copy_in(Path(path).read_bytes()) is not None else None
    except OSError:
        return None


def _text_file(head: bytes) -> OwnKind | None:
    text = _decoded(head).lstrip("\ufeff")
    if any(mark.match(text) for mark in (_JSON, _FINDINGS, _SARIF, _GITHUB)):
        return "report"
    if _RECORDS.match(text):
        return "records"
    if _JUNIT.match(text) or _HTML.search(text):
        return "report"
    if _WAIVERS.search(text) and all(f"\n{key}" in text for key in _WAIVER_KEYS):
        return "waivers"
    if _is_report_in_words(text) or _is_table(text):
        return "report"
    return None


def _is_report_in_words(text: str) -> bool:
    """Whether a text is a report for a terminal, or in Markdown."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if first.removeprefix("# ") in _COMPARISONS:
        return True
    if first.startswith("# "):
        return first.removeprefix("# ") in _TITLES and "\n## " in text.replace("\r", "")
    return first in _TITLES and _SECTION.search(text) is not None


def _is_table(text: str) -> bool:
    """Whether the first line has the headings of a table of this program. Spreadsheet programs
    save such tables with other separators and quotes.
    """
    line = next(iter(text.splitlines()), "")
    for separator in _SEPARATORS:
        if separator in line:
            heads = [head.strip().strip('"') for head in line.split(separator)]
            if any(tuple(heads[: len(table)]) == table for table in _TABLES):
                return True
    return False


def _decoded(head: bytes) -> str:
    """The text of the first bytes of a file, which may end within a character."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return head.decode("cp932", "ignore")
