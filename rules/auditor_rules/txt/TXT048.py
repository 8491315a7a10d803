"""TXT048: a sentence stands on one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import PASS, Verdict, elsewhere

if TYPE_CHECKING:
    from auditor.narrative.near import Index
    from auditor.records.model import Sheet


@auditor.rule(
    """
code = "TXT048"
name = "sentence-of-another-sheet"
severity = "note"
each = "sheet"
narrative = true
optional = true
since = "0.1"

[title]
en = "A sentence stands on another sheet, too"
ja = "ほかのシートと同じ文章があります"
[why]
en = "A long sentence that two projects share, word for word or but for a few characters, may have been left in from the sheet that was copied. Captions and what many sheets say are not meant. Many sheets share sentences lawfully, so this rule works only where it is asked for."
ja = "二つの事業に、同じ（または数文字だけ異なる）長い文がある場合、写したシートの文章が残っていることがあります。説明文や、多くのシートに共通する文は対象になりません。同じ文を使う団体も多いため、指定した場合だけ点検します。"
[action]
en = "Read the sentence again; if it holds for both projects, no change is needed."
ja = "文を読み直してください。どちらの事業にも当てはまるのであれば、訂正は不要です。"

[[cases]]
form = "kushiro"
name = "講座事業"
purpose = "市民の健康増進を図るため、関係団体と連携しながら各種の講座を開催する。"
book = [{ name = "研修事業", purpose = "職員の能力向上を図るため、外部の講師を招いて各種の研修を実施する。" }]
outcome = "pass"

[[cases]]
form = "kushiro"
name = "講座事業"
purpose = "市民の健康増進を図るため、関係団体と連携しながら引き続き各種の講座の開催に努める。"
book = [{ name = "研修事業", purpose = "市民の健康増進を図るため、関係団体と連携しながら引き続き各種の講座の開催に務める。" }]
outcome = "fail"

[[cases]]
form = "kushiro"
note = "a short sentence proves nothing"
name = "講座事業"
purpose = "引き続き実施する。"
book = [{ name = "研修事業", purpose = "引き続き実施する。" }]
outcome = "pass"
"""
)
def sentence_of_another_sheet(row: Row) -> Verdict:
    """The finding shows the first of the sentences, and names the other sheet."""
    sheet = row.sheet
    assert sheet is not None
    first = next(_shared(row), None)
    if first is None:
        return PASS
    quote, other = first
    name = elsewhere(other, sheet)
    title = Text(
        en=f"A sentence stands on another sheet, too ({name.en})",
        ja=f"ほかのシート（{name.ja}）と同じ文章があります",
    )
    return quoting(row, [quote], title)


def _shared(row: Row) -> Iterator[tuple[Quote, Sheet]]:
    index = row.rows.once(_index)
    number = row.rows.once(_numbers)[id(row.sheet)]
    for statement in prose_of(row).statements:
        if statement.section.field == "captions":
            continue
        near = index.elsewhere(statement.text, number)
        if near is not None:
            yield Quote.of_statement(statement), row.rows.book.sheets[near.owner]


def _numbers(rows: Rows) -> dict[int, int]:
    """The places of a book's sheets, by their identity."""
    return {id(sheet): number for number, sheet in enumerate(rows.book.sheets)}


def _index(rows: Rows) -> Index[int]:
    """The sentences of a book with the places of their sheets."""
    from auditor.narrative.near import Index

    numbers = rows.once(_numbers)
    return Index(
        (statement.text, numbers[id(row.sheet)])
        for row in rows.of("sheet")
        for statement in prose_of(row).statements
        if statement.section.field != "captions"
    )
