"""Which of two files is the newer one, by what the files themselves say; nobody guesses it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from auditor.records.text import Text

__all__ = ["newer_of", "saved_at", "saved_at_path"]

_WORDS: Final = (
    "修正",
    "訂正",
    "改訂",
    "改定",
    "差替",
    "差し替",
    "再提出",
    "再送",
    "最新",
    "最終",
    "確定",
)
"""What people put into the name of a file that is to take the place of another."""
_VERSION: Final = re.compile(r"(?<![A-Za-z])(?:v|ver|rev)\.? ?\d+", re.IGNORECASE)
_CORE: Final = "docprops/core.xml"
_MODIFIED: Final = re.compile(rb"<(?:\w+:)?modified\b[^>]*>\s*([0-9T:.\-]+Z?)\s*<")
_PDF_MODIFIED: Final = re.compile(rb"/ModDate\s*\(D:(\d{14})([-+Z]?)(\d{2})?'?(\d{2})?")
_LARGEST_CORE: Final = 1 << 20


class _Facts(NamedTuple):
    """When a file was last saved, as it says itself, and what its name says."""

    saved_at: datetime | None
    word: str


def newer_of(names: Sequence[str], time_of: Callable[[str], datetime | None]) -> Text:
    """A sentence on which of some files is the newest one, or that nobody knows. ``time_of`` gives
    when a file says that it was saved.
    """
    facts = {name: _facts(name, time_of(name)) for name in names}
    by_time, by_name = _latest(facts), _renamed(facts)
    if by_time is not None and by_name is not None and by_time != by_name:
        return Text(
            en="which of them is newer is not known: the times of saving and the names of the "
            "files contradict each other",
            ja="保存日時とファイル名が食い違うため、どちらが新しいかは判断できません",
        )
    newest = by_time or by_name
    if newest is None:
        return Text(
            en="nothing in the files tells which of them is newer",
            ja="どちらが新しいかを示すものはファイルにありません",
        )
    reasons_en: list[str] = []
    reasons_ja: list[str] = []
    time = facts[newest].saved_at
    if by_time is not None and time is not None:
        reasons_en.append(f"saved last, at {time:%Y-%m-%d %H:%M} UTC")
        reasons_ja.append(f"最後に保存されたもの：{time:%Y-%m-%d %H:%M}（協定世界時）")
    if by_name is not None:
        reasons_en.append(f"its name says {facts[newest].word}")
        reasons_ja.append(f"名前に「{facts[newest].word}」とある")
    return Text(
        en=f"{newest} seems to be the newest ({'; '.join(reasons_en)})",
        ja=f"新しいとみられるのは「{newest}」です（{'、'.join(reasons_ja)}）",
    )


def _latest(facts: Mapping[str, _Facts]) -> str | None:
    """The file that was saved last; None where a file does not say when, or two say the same."""
    times = {name: fact.saved_at for name, fact in facts.items() if fact.saved_at is not None}
    if len(times) < len(facts):
        return None
    last = max(times.values())
    names = [name for name, time in times.items() if time == last]
    return names[0] if len(names) == 1 else None


def _renamed(facts: Mapping[str, _Facts]) -> str | None:
    """The only file whose name says that it is a new version."""
    names = [name for name, fact in facts.items() if fact.word]
    return names[0] if len(names) == 1 else None


def _facts(name: str, time: datetime | None) -> _Facts:
    stem = PurePath(name).stem
    version = _VERSION.search(stem)
    word = next((word for word in _WORDS if word in stem), version[0] if version else "")
    return _Facts(time, word)


def saved_at_path(path: str) -> datetime | None:
    """When the file at a path says that it was saved last."""
    try:
        return saved_at(Path(path).read_bytes())
    except (OSError, ValueError):
        return None


def saved_at(data: bytes) -> datetime | None:
    """When a file says that it was saved last; None where it says nothing."""
    try:
        if data.startswith(b"PK"):
            return _of_package(data)
        if b"%PDF-" in data[:1024]:
            return _of_pdf(data)
    except ValueError:  # no time that there is
        return None
    return None


def _of_package(data: bytes) -> datetime | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.filename.casefold() == _CORE and entry.file_size <= _LARGEST_CORE:
                    match = _MODIFIED.search(archive.read(entry))
                    return _time(match[1].decode()) if match else None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
        return None
    return None


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _of_pdf(data: bytes) -> datetime | None:
    matches = _PDF_MODIFIED.findall(data)
    if not matches:
        return None
    digits, sign, hours, minutes = (part.decode() for part in matches[-1])
    offset = f"{sign}{hours}:{minutes or '00'}" if sign in "+-" and hours else "+00:00"
    time = datetime.strptime(digits, "%Y%m%d%H%M%S")
    return _time(f"{time.isoformat()}{offset}")
