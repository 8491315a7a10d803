"""YOY012: a narrative that is word for word last year's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import auditor
from auditor.forms.words import squeezed
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed

_LEAST: Final = 10
"""Shorter texts (なし, 特になし, 継続して実施) do repeat."""
_OF_EVALUATION: Final = ("issues", "direction")
_OF_SHEET: Final = ("achieved",)


@auditor.rule(
    """
code = "YOY012"
name = "text-of-last-year"
severity = "note"
each = "evaluation"
when = "year == sheet.fiscal_year"
needs = ["earlier"]
optional = true
since = "0.1"

[title]
en = "A text is word for word that of last year's book"
ja = "文章が、前年度の冊子と一字一句同じです"
[why]
en = "Results, issues and the direction of a year are seldom those of the year before in every word. The text may have been left in. Many cities do repeat them lawfully, so this rule works only where it is asked for."
ja = "成果・課題・今後の方向性の文章が前年度と一字一句同じ場合、書き換えを忘れている可能性があります。同じ文章を続けて使う団体も多いため、指定した場合だけ点検します。"
[action]
en = "Read the text again; if it still holds, no change is needed."
ja = "文章を読み直してください。今年度も当てはまるのであれば、訂正は不要です。"

[[cases]]
form = "kushiro"
year = 2024
issues = "利用者の減少に歯止めがかかっていない。"
earlier = { own = { issues = "施設の老朽化が進んでいる。" } }
outcome = "pass"

[[cases]]
form = "kushiro"
year = 2024
issues = "施設の老朽化が\\n進んでいる。"
earlier = { own = { issues = "施設の老朽化が進んでいる。" } }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "a short text proves nothing"
year = 2024
issues = "特になし"
earlier = { own = { issues = "特になし" } }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "last year's evaluation repeated where it belongs"
year = 2023
issues = "施設の老朽化が進んでいる。"
earlier = { issues = "施設の老朽化が進んでいる。" }
outcome = "not_applicable"
"""
)
def text_of_last_year(row: Row) -> Verdict:
    """Compare the texts of the book's own year; spaces and line breaks make no difference."""
    earlier = row.link("earlier.own")
    if earlier is None:
        return NOT_APPLICABLE
    cells = [cell for cell, text, other in _texts(row, earlier) if _repeats(text, other)]
    return failed(*cells) if cells else PASS


def _texts(row: Row, earlier: Row) -> Iterator[tuple[tuple[Row, str], str, str]]:
    """The texts of the evaluation and of its sheet, each with its cell and last year's."""
    pairs = [(row, earlier, name) for name in _OF_EVALUATION]
    sheet, other = row.link("sheet"), earlier.link("sheet")
    if sheet is not None and other is not None:
        pairs += [(sheet, other, name) for name in _OF_SHEET]
    for here, there, name in pairs:
        yield (here, name), str(getattr(here.record, name)), str(getattr(there.record, name))


def _repeats(text: str, other: str) -> bool:
    return len(squeezed(text)) >= _LEAST and squeezed(text) == squeezed(other)
