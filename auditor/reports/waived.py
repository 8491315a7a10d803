"""What reports show of waivers: findings that were accepted as they are, and waivers without use.

Every format shows them in a place of their own, so that nothing that was found is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from auditor.auditing.causes import of_findings
from auditor.auditing.report import Report, UnusedWaiver, WaivedFinding, WhyUnused
from auditor.records.text import Text
from auditor.reports.acceptance import REASONS
from auditor.reports.entries import Entry, titled
from auditor.reports.findings import Table
from auditor.reports.layout import plain
from auditor.reports.wording import Wording
from auditor.waivers.model import Waiver

__all__ = [
    "UNUSED",
    "WAIVED",
    "entry_of",
    "facts",
    "justification",
    "unmarked",
    "unused_lines",
    "waived_in",
    "waived_table",
]

WAIVED: Final = Text(en="Accepted (no correction needed)", ja="確認済み（訂正不要）")
UNUSED: Final = Text(en="Waivers that do not apply", ja="適用していない確認済みの登録")

_REGISTERED: Final = (
    Text(en="kind", ja="種別"),
    Text(en="reason", ja="理由"),
    Text(en="accepted by", ja="確認者"),
    Text(en="accepted on", ja="確認日"),
    Text(en="until", ja="期限"),
)
"""What is registered with a waiver, in the order of ``_registered``."""
_WHY_UNUSED: Final[dict[WhyUnused, Text]] = {
    "expired": Text(en="its time is over", ja="期限を過ぎています"),
    "to_come": Text(
        en="its date is yet to come; look at the date of this computer, too",
        ja="確認日が今日より後です（パソコンの日付も確かめてください）",
    ),
    "changed": Text(
        en="the values at its place are others now", ja="登録したときから値が変わっています"
    ),
    "unmatched": Text(
        en="there is no such finding in this audit", ja="今回の点検に該当する指摘がありません"
    ),
    "repeated": Text(
        en="another waiver is for the same finding", ja="同じ指摘がほかにも登録されています"
    ),
    "earlier_year": Text(
        en="it is for an earlier year, and this year has no such finding",
        ja="以前の年度の登録で、今年度は該当する指摘がありません",
    ),
}


def entry_of(item: WaivedFinding) -> Entry:
    """A waived finding as an entry of its own, with the suspects of its cause."""
    (cause,) = of_findings([item.cause], [item.finding])
    return Entry(cause, (item.finding,))


def waived_in(report: Report, documents: Iterable[str]) -> Report:
    """The report whose waived findings are those of some documents."""
    paths = set(documents)
    waived = tuple(item for item in report.waived if item.finding.document in paths)
    return report.model_copy(update={"waived": waived})


def facts(item: WaivedFinding, words: Wording) -> list[tuple[str, str]]:
    """What there is to say of a waived finding, as labels and texts; what it does not have is left
    out.
    """
    say, finding = words.say, item.finding
    pairs = [
        (say("where", "場所"), words.where(finding)),
        (say("figures", "数値"), words.equation(finding.equation)),
    ]
    labels = (label.of(words.lang) for label in _REGISTERED)
    pairs += zip(labels, _registered(item.waiver, words), strict=True)
    return [(label, text) for label, text in pairs if text]


def _registered(waiver: Waiver, words: Wording) -> list[str]:
    """What is registered with a waiver; the last text is empty where it has no end."""
    return [
        REASONS[waiver.kind].of(words.lang),
        plain(waiver.reason),
        plain(waiver.role),
        words.date(waiver.date),
        words.date(waiver.until) if waiver.until is not None else "",
    ]


def justification(waiver: Waiver, words: Wording) -> str:
    """Why a finding was accepted, by whom and when, in one line."""
    reason = words.labelled(REASONS[waiver.kind].of(words.lang), plain(waiver.reason))
    by = words.listed([plain(waiver.role), words.date(waiver.date)])
    return words.say(f"{reason} ({by})", f"{reason}（{by}）")


def waived_table(report: Report, words: Wording) -> Table:
    """The waived findings, a row each; without rows where there are none."""
    say = words.say
    heads = [
        say("finding", "指摘"),
        say("severity", "区分"),
        say("where", "場所"),
        *(label.of(words.lang) for label in _REGISTERED),
    ]
    rows: list[list[str]] = []
    for item in report.waived:
        finding = item.finding
        rows.append(
            [
                titled(finding, words),
                words.word(finding.counted_as),
                words.where(finding),
                *_registered(item.waiver, words),
            ]
        )
    return heads, rows, "l" * len(heads)


def unused_lines(report: Report, words: Wording) -> list[str]:
    """The waivers that do not apply, a line each: where it stands, what it is for, and why."""
    return [_unused(item, words) for item in report.waivers_unused]


def _unused(item: UnusedWaiver, words: Wording) -> str:
    waiver = item.waiver
    file = plain(waiver.file)
    place = words.say(f"{file}:{waiver.line}", f"{file} {waiver.line}行目") if file else ""
    department = item.department or waiver.department
    about = [waiver.rule, department, waiver.sheet, waiver.field]
    name = words.listed([plain(part) for part in about if part])
    why = _WHY_UNUSED[item.why].of(words.lang)
    return words.labelled(words.listed([part for part in (place, name) if part]), why)


def unmarked(report: Report, words: Wording) -> str:
    """The line of a marked copy on its waived findings, which have no mark; empty for none."""
    count = len(report.waived)
    if not count:
        return ""
    return words.say(
        f"{WAIVED.en}: {words.count(count, 'finding')}, not marked",
        f"{WAIVED.ja}：{count:,}件（印を付けていません）",
    )
