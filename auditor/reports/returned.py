"""What reports show of files that came back: corrected copies, and files that were passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from auditor.auditing.report import Report
from auditor.comparison.differences import Difference
from auditor.records.model import PassedOver
from auditor.records.text import Text
from auditor.reports.layout import cut, plain
from auditor.reports.wording import Wording
from auditor.versions.model import ReturnedFile, ReturnedRecord

__all__ = [
    "PASSED_OVER",
    "RETURNED",
    "Returned",
    "grouped_files",
    "passed_over_lines",
    "returned_files",
]

RETURNED: Final = Text(en="Marked copies that came back", ja="返却ファイル")
PASSED_OVER: Final = Text(en="Files that were passed over", ja="点検の対象外としたファイル")
_MOST_NAMED: Final = 5
_LONGEST: Final = 120
"""How many characters of a text before and after are shown."""


class Returned(NamedTuple):
    """A copy that came back: what was made of it, and what was changed in it."""

    title: str
    lines: list[str]


def returned_files(report: Report, words: Wording) -> list[Returned]:
    """The copies that came back, with a line for each difference."""
    return [Returned(_title(file, words), list(_lines(file, words))) for file in report.returned]


def passed_over_lines(report: Report, words: Wording) -> list[str]:
    """The files of an audit that were passed over, a line for each reason."""
    return grouped_files(report.passed_over, words)


def grouped_files(files: Iterable[PassedOver], words: Wording) -> list[str]:
    """The files that need no audit, and why: those of one reason together, the first few by
    name.
    """
    groups: dict[str, list[str]] = {}
    for file in files:
        why = plain(file.why.of(words.lang))
        groups.setdefault(why, []).append(words.document(file.document))
    lines: list[str] = []
    for why, names in groups.items():
        more = len(names) - _MOST_NAMED
        listed = words.listed(names[:_MOST_NAMED])
        if more > 0:
            listed += words.say(f" and {more:,} more", f" ほか{more:,}件")
        lines.append(words.labelled(why, listed))
    return lines


def _title(file: ReturnedFile, words: Wording) -> str:
    name = words.document(file.document)
    say = words.say
    if file.original is None and file.is_changed:
        return say(
            f"{name}: a corrected copy, audited as it came back. Its original is not in this "
            "audit, so what was changed in it is not known.",
            f"{name}　訂正済みの返却ファイルとして、その内容で点検しました。"
            "元の文書がこの点検にないため、変更箇所は示せません。",
        )
    if file.original is None:
        return say(
            f"{name}: a marked copy in which nothing was changed. Its original is not in this "
            "audit, so the copy was audited.",
            f"{name}　変更のない写しです。元の文書がこの点検にないため、写しの内容で点検しました。",
        )
    original = words.document(file.original)
    if not file.is_changed:
        return say(
            f"{name}: a marked copy of {original} in which nothing was changed, but from which "
            "sheets are missing.",
            f"{name}　「{original}」の写しです。シートがなくなっているほかに変更はありません。",
        )
    if not file.is_audited:
        return say(
            f"{name}: a corrected copy of {original}, not audited, for there is another version.",
            f"{name}　「{original}」の訂正済みの返却ファイルですが、別の版があるため"
            "点検していません。",
        )
    count = sum(len(record.differences) for record in file.records)
    return say(
        f"{name}: a corrected copy, audited as the new version of {original} "
        f"({words.count(count, 'difference')}).",
        f"{name}　訂正済みの返却ファイルとして、「{original}」の新しい版の扱いで点検しました"
        f"（変更{count:,}か所）。",
    )


def _lines(file: ReturnedFile, words: Wording) -> Iterator[str]:
    for record in file.records if file.original is not None else ():
        of = _name(record, file.document, words)
        if record.earlier_number is None:
            new = words.say("is not in the original", "元の文書にないシート・指標")
            yield words.labelled(of, new)
        elif not record.differences:
            other = words.say(
                "something else was changed, such as a formula or a cell that is not read",
                "数式や読み取らない欄などの変更（読み取った数値・文章は同じ）",
            )
            yield words.labelled(of, other)
        for difference in record.differences:
            yield words.labelled(of, _change(difference, file, words))
    for name in file.missing:
        gone = words.say(
            "is not in the copy any more; the original's is audited",
            "返却ファイルにないため、元の文書の内容で点検",
        )
        yield words.labelled(plain(name), gone)


def _name(record: ReturnedRecord, document: str, words: Wording) -> str:
    if record.is_kpi:
        return words.kpi(record.number, record.name)
    return words.sheet(record.number, record.name, document)


def _change(difference: Difference, file: ReturnedFile, words: Wording) -> str:
    field = words.field(difference.field, file.document)
    year = words.year(difference.year) if difference.year else ""
    where = words.listed([part for part in (year, field) if part])
    sides = (difference.before, difference.after)
    before, after = (cut(words.content_text(side, difference.field), _LONGEST) for side in sides)
    place = words.place(difference.after.place) if difference.after is not None else ""
    at = words.say(f" ({place})", f"（{place}）") if place else ""
    return f"{where} {before} → {after}{at}"
