"""What a letter to a department says in the place of its place holders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.delivery.letter import PlaceHolder
from auditor.records.fiscal import era_of, wide_digits
from auditor.records.severities import SEVERITIES
from auditor.reports.entries import Entry
from auditor.reports.findings import wording_of
from auditor.reports.overview import needing_answer
from auditor.reports.wording import Wording

__all__ = ["letter_values"]


def letter_values(
    report: Report,
    context: ReportContext,
    department: str,
    items: Sequence[Entry],
    enclosed: Sequence[str],
) -> dict[PlaceHolder, str]:
    """The values for one department's letter about its entries; ``enclosed`` are the files that
    go with it. What neither the audit nor the settings say is empty.
    """
    words = wording_of(report, context)
    office, letter = context.settings.office, context.settings.letter
    today = context.made_at.date() if context.made_at is not None else None
    seal = words.say("(official seal omitted)", "（公印省略）") if letter.seal_omitted else ""
    years = sorted({document.fiscal_year for document in report.documents})
    return {
        "文書番号": letter.number,
        "日付": words.date(today) if today is not None else "",
        "所管課": department,
        "差出人": office.head or office.name,
        "公印省略": seal,
        "年度": words.listed([words.year(year) for year in years]),
        "対象": _subject(items, words),
        "回答期限": _deadline(letter.deadline, today, words),
        "回答方法": letter.reply_to or _how_to_answer(bool(office.name or office.role), words),
        "添付": "\n".join(enclosed),
        "とりまとめ課": office.name,
        "担当": office.role,
        "内線": office.extension,
    }


def _subject(items: Sequence[Entry], words: Wording) -> str:
    """How many sheets and places there are to look at."""
    answered = needing_answer(items)
    owners = {(entry.cause.document, entry.cause.sheet, entry.cause.kpi) for entry in answered}
    counts = Counter(entry.severity for entry in answered)
    shares = [
        words.word(severity) + words.say(f" {count:,}", f"{_wide(count)}か所")
        for severity in SEVERITIES
        if (count := counts[severity])
    ]
    sheets = words.count(len(owners), "sheet")
    places = words.count(len(answered), "place")
    return words.say(
        f"{sheets}, {places} ({words.listed(shares)}), as listed in the reply form",
        f"シート等{_wide(len(owners))}件・{_wide(len(answered))}か所（{words.listed(shares)}）。"
        "内容は回答票のとおり",
    )


def _wide(number: int) -> str:
    return wide_digits(f"{number:,}")


def _deadline(deadline: date | None, today: date | None, words: Wording) -> str:
    """Until when to answer; a blank to fill in, in the era of today, where nobody said it."""
    if deadline is not None:
        return words.date(deadline)
    era = era_of(today) if today is not None else None
    return words.say("____________________", f"{era.name if era else ''}　　年　　月　　日（　　）")


def _how_to_answer(is_signed: bool, words: Wording) -> str:
    """How to answer; ``is_signed`` where the letter names who gets the answer."""
    to_en, to_ja = (" to the section named below", "下記の担当まで") if is_signed else ("", "")
    return words.say(
        f"Fill in the reply form and return it{to_en}. Where you correct a sheet, enclose the "
        "corrected file.",
        f"回答票の「所管課回答」及び「理由」の欄に記入し、{to_ja}提出してください。"
        "訂正する場合は、訂正後のファイルもあわせて提出してください。",
    )
