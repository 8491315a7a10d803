"""Adds entries to a file of waivers: what stands in it stays, and it is written whole or not."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from auditor.files.atomic import refusals, replacement
from auditor.files.locks import alone_in
from auditor.records.errors import AuditorError
from auditor.toml.bounds import LARGEST, MOST_SIGNS, sign_too_many
from auditor.waivers.loading import WaiverError, WaiverTargetError, read_waivers, waivers_in
from auditor.waivers.model import Waiver

__all__ = ["Added", "UnfitFile", "add_waivers", "one_line", "waiver_file"]

_HEADING: Final = (
    "# 確認済み（訂正不要）の登録です。点検のときに --waivers で指定します。\n"
    "# 値が変わった指摘には適用されません。\n"
)
_NEW: Final = "確認済み.toml"
"""What messages call a file that has no name yet."""
_WRAPPED: Final = re.compile(r"(?<=[^\x00-\x7f])[ \t]*[\r\n]+[ \t]*(?=[^\x00-\x7f])")
"""The end of a line within a Japanese text, in which no blank belongs in its place."""
_ORDER: Final = (
    "department",
    "sheet",
    "field",
    "rule",
    "place",
    "values",
    "kind",
    "reason",
    "role",
    "date",
    "until",
    "fiscal_year",
    "recurring",
)
"""The keys of an entry as they are written: first what people read."""


class UnfitFile(AuditorError):
    """A file of waivers to which nothing can be added."""


class Added(NamedTuple):
    """What was added to a file, and the entries that are in it already for the same findings."""

    added: tuple[Waiver, ...]
    present: tuple[Waiver, ...]


def one_line(text: str) -> str:
    """A text as the file takes it: on one line, without characters that can't be printed."""
    words = " ".join(_WRAPPED.sub("", text).split())
    return "".join(
        character for character in words if not unicodedata.category(character).startswith("C")
    ).strip()


def add_waivers(path: Path, waivers: Iterable[Waiver]) -> Added:
    """Add entries to a file, which is made where there is none; a finding that has an entry
    already gets no second one.

    Raises WaiverTargetError for a file with faults, UnfitFile for one to which nothing can be
    added, UnwritableFile where the system refuses. The file is then as it was.
    """
    waivers = list(waivers)
    with alone_in(Path(os.path.realpath(path)).parent):
        while (done := _added(path, waivers)) is None:
            pass
    return done


def _added(path: Path, waivers: Iterable[Waiver]) -> Added | None:
    """What was added; None, and nothing is, where another run added to the file meanwhile."""
    exists = path.exists()
    entries = read_waivers([path], WaiverTargetError) if exists else ()
    there = {_finding_of(waiver): waiver for waiver in entries}
    new: dict[tuple[object, ...], Waiver] = {}
    present: dict[tuple[object, ...], Waiver] = {}
    for waiver in waivers:
        key = _finding_of(waiver)
        if key in there:
            present[key] = there[key]
        else:
            new.setdefault(key, waiver)
    added = tuple(new.values())
    if added:
        before = path.read_bytes() if exists else None
        data = _appended(_HEADING.encode() if before is None else before, added)
        _check(path, data, len(there) + len(added))
        try:
            with replacement(path) as whole, refusals(path):
                whole.write_bytes(data)
                _check_as_before(path, before)
        except _Changed:
            return None
    return Added(added, tuple(present.values()))


class _Changed(Exception):
    """The file is another one than the one that was read."""


def _check_as_before(path: Path, before: bytes | None) -> None:
    if (path.read_bytes() if path.exists() else None) != before:
        raise _Changed


def waiver_file(waivers: Sequence[Waiver]) -> bytes:
    """A new file of waivers. Raises UnfitFile where one of them is none that a file may hold."""
    data = _appended(_HEADING.encode(), waivers)
    _check(Path(_NEW), data, len(waivers))
    return data


def _finding_of(waiver: Waiver) -> tuple[object, ...]:
    return waiver.rule, waiver.place, waiver.values, waiver.fiscal_year


def _appended(before: bytes, waivers: Sequence[Waiver]) -> bytes:
    """The bytes of a file with entries behind all that is there; its ends of lines are kept."""
    end = b"\r\n" if b"\r\n" in before else b"\n"
    text = "".join(f"\n{_entry(waiver)}" for waiver in waivers).encode()
    between = b"" if not before or before.endswith(b"\n") else end
    return before + between + text.replace(b"\n", end)


def _entry(waiver: Waiver) -> str:
    lines = ["[[waiver]]"]
    for key in _ORDER:
        value = getattr(waiver, key)
        if value is not None and value != "":
            lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: str | int | date) -> str:
    """A value as TOML: of texts without control characters, JSON writes the same."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | int) else f"{value}"


def _check(path: Path, data: bytes, entries: int) -> None:
    """Raise UnfitFile where a file would not say all of its entries any more."""
    if len(data) > LARGEST:
        raise UnfitFile(
            f"{path} would be larger than {LARGEST:,} bytes; name a new file, and give both to "
            "--waivers",
            f"{path} は {LARGEST:,}バイトを超えます。別のファイルを指定し、点検では両方を "
            "--waivers に指定してください",
        )
    if sign_too_many(data.decode("utf-8", "replace")) is not None:
        raise UnfitFile(
            f"{path} would have more than {MOST_SIGNS:,} keys and values; name a new file, and "
            "give both to --waivers",
            f"{path} は項目と値が{MOST_SIGNS:,}個を超えます。別のファイルを指定し、点検では両方を "
            "--waivers に指定してください",
        )
    try:
        count = len(waivers_in(path, data))
    except WaiverError:
        count = -1
    if count != entries:
        raise UnfitFile(
            f"nothing can be added at the end of {path}: write its entries as [[waiver]]",
            f"{path} の末尾に追加できません。登録は1件ごとに [[waiver]] で始めてください",
        )
