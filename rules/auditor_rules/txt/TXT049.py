"""TXT049: a name in the text is written in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT049"
name = "spelling-variants"
severity = "note"
each = "sheet"
narrative = true
optional = true
since = "0.1"

[title]
en = "A name in the text is written differently elsewhere in the book"
ja = "文中の名称の表記が、冊子のほかの箇所と異なります"
[why]
en = "デジタル・デバイド and デジタルデバイド, くしろ文化ホール and 釧路文化ホール are one name to a reader and two to a search. Words in katakana, and the place in a name, are compared. Few books are without such variants, so this rule works only where it is asked for."
ja = "「デジタル・デバイド」と「デジタルデバイド」、「くしろ文化ホール」と「釧路文化ホール」は、読み手には同じでも検索では別の名称になります。カタカナの語と、名称の中の地名を比べます。表記の違いは多くの冊子にあるため、指定した場合だけ点検します。"
[action]
en = "Settle on one way of writing the name."
ja = "表記をそろえてください。"

[[cases]]
form = "kushiro"
purpose = "デジタルデバイド対策を行う。"
achieved = "デジタルデバイド対策を行った。"
outcome = "pass"

[[cases]]
form = "kushiro"
purpose = "デジタル・デバイド対策を行う。"
achieved = "デジタルデバイド対策を２回行い、デジタルデバイド講座を開いた。"
outcome = "fail"
equation = "「デジタル・デバイド」 ↔ 「デジタルデバイド」"

[[cases]]
form = "kushiro"
note = "the place in a name"
purpose = "会場：マリンプラザみなと文化ホール"
achieved = "会場：マリンプラザ港文化ホール"
outcome = "fail"
"""
)
def spelling_variants(row: Row) -> Verdict:
    """A sheet fails with each spelling for which another one is as frequent in the book or more."""
    title = Text(
        en="A name in the text is written differently elsewhere in the book",
        ja="文中の名称の表記が、冊子のほかの箇所と異なります",
    )
    unusual = list(_unusual(row))
    verdict = quoting(row, [quote for quote, _ in unusual], title)
    if not unusual:
        return verdict
    first, usual = unusual[0]
    equation = f"「{first.words}」 ↔ 「{usual}」"
    return verdict._replace(explanation=verdict.explanation._replace(equation=equation))


def _unusual(row: Row) -> Iterator[tuple[Quote, str]]:
    """The spellings of a sheet that are no more frequent than another, each with that one."""
    from auditor.narrative.spellings import names

    spellings = row.rows.once(_spellings)
    for statement in prose_of(row).statements:
        for key, name in names(statement.text):
            counts = spellings[key]
            usual = max(
                (other for other in counts if other != name),
                key=lambda other: counts[other],
                default=None,
            )
            if usual is not None and counts[usual] >= counts[name]:
                yield Quote.of_statement(statement, words=name), usual


def _spellings(rows: Rows) -> dict[str, Counter[str]]:
    """How often the book writes each name in each way, by the name's key."""
    from auditor.narrative.spellings import names

    spellings: dict[str, Counter[str]] = {}
    for row in rows.of("sheet"):
        for statement in prose_of(row).statements:
            for key, name in names(statement.text):
                spellings.setdefault(key, Counter())[name] += 1
    return spellings
