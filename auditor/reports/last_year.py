"""What reports show of last year's book: its documents, and which project is which there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.auditing.report import LastYear, NamedPair, NamedRecord
from auditor.comparison.how import How
from auditor.records.text import Text
from auditor.reports.findings import Table
from auditor.reports.layout import plain
from auditor.reports.wording import Wording

__all__ = [
    "HOW",
    "LAST_YEAR",
    "NOTHING",
    "UNDECIDED",
    "first_names",
    "pairs_summary",
    "pairs_table",
    "record_name",
]

LAST_YEAR: Final = Text(en="Held against last year's book", ja="前年度の冊子との対応")

HOW: Final[dict[How, Text]] = {
    "name": Text(en="same name", ja="名称が同じ"),
    "spelling": Text(en="spelt alike, please check", ja="名称が似ている（要確認）"),
    "columns": Text(en="same figures, please check", ja="数値が一致（要確認）"),
    "given": Text(en="given", ja="指定"),
}
_ALONE: Final = Text(en="not in last year's book", ja="前年度の冊子にない")
_GONE: Final = Text(en="in last year's book only", ja="前年度の冊子だけにある")
UNDECIDED: Final = Text(
    en="could be any of these, held against none", ja="特定できない（照合していません）"
)
NOTHING: Final = "－"
"""Stands where a record has no partner."""
_NAMED: Final = 3
"""How many names of a list are shown; more are counted."""


def pairs_summary(last_year: LastYear, words: Wording) -> str:
    """How many records have a partner in which documents, in one or two sentences."""
    say = words.say
    names = ", ".join(document.path for document in last_year.documents)
    documents = words.document(names) if names else say("no document", "文書なし")
    pairs, others = len(last_year.pairs), len(_not_by_name(last_year))
    forms = list(words.form_of.values())
    counted, owners = words.owner_count(pairs, forms), words.owners_name(forms)
    text = say(f"{documents}: {counted} found there", f"{documents}：対応する{owners} {pairs:,}件")
    if others:
        text += say(f", {others:,} of them not by name", f"（うち名称以外による対応 {others:,}件）")
    return text + say(".", "。")


def pairs_table(last_year: LastYear, words: Wording) -> Table:
    """The pairs that were not made by name, and all that has no partner or is undecided, a row
    each; without rows where there are none.
    """
    say = words.say
    heads = [say("this year", "今年度"), say("last year", "前年度"), say("how", "対応")]
    rows: list[list[str]] = []
    for pair in _not_by_name(last_year):
        how = HOW[pair.how].of(words.lang)
        rows.append([record_name(pair.record, words), record_name(pair.earlier, words), how])
    for undecided in last_year.undecided:
        names = [record_name(candidate, words) for candidate in undecided.candidates]
        candidates = first_names(names, words)
        rows.append([record_name(undecided.record, words), candidates, UNDECIDED.of(words.lang)])
    for record in last_year.unpaired:
        rows.append([record_name(record, words), NOTHING, _ALONE.of(words.lang)])
    for record in last_year.unpaired_earlier:
        rows.append([NOTHING, record_name(record, words), _GONE.of(words.lang)])
    return heads, rows, "lll"


def _not_by_name(last_year: LastYear) -> list[NamedPair]:
    return [pair for pair in last_year.pairs if pair.how != "name"]


def first_names(names: Sequence[str], words: Wording) -> str:
    """Some names; of many, the first, and how many more there are."""
    more = len(names) - _NAMED
    text = words.say("; ", "／").join(names[:_NAMED])
    return text + (words.say(f" and {more:,} more", f" ほか{more:,}件") if more > 0 else "")


def record_name(record: NamedRecord, words: Wording) -> str:
    """A record with its department, as a finding on it would name it."""
    if record.sheet is not None:
        sheet = record.sheet
        parts = [words.sheet(sheet.number, sheet.name, record.document), plain(sheet.department)]
    elif record.kpi is not None:
        kpi = record.kpi
        parts = [words.kpi(kpi.number, kpi.name), plain(kpi.project), plain(kpi.department)]
    else:
        parts = [words.document(record.document)]
    return words.listed([part for part in parts if part])
