"""TXT045: a figure is printed in one width."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT045"
name = "digits-of-two-widths"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
since = "0.1"

[title]
en = "A figure is printed with digits of two widths"
ja = "一つの数値に全角と半角の数字が混じっています"
[why]
en = "１0,717 is one figure with a full-width １. A digit may have been added or changed by hand; a search for 10,717 does not find it."
ja = "「１0,717」のように全角と半角が混じる数値は、後から手で打ち足したり直したりした跡であることがあります。「10,717」で検索しても見つかりません。"
[action]
en = "Check the figure with its source, and print it in one width."
ja = "元の資料と照合し、全角か半角のどちらかにそろえてください。"

[[cases]]
form = "kushiro"
achieved = "ポスト総数：10,717件、１２回、R６.10.15、（１）2024年度"
outcome = "pass"

[[cases]]
form = "kushiro"
achieved = "ポスト総数：１0,717件"
outcome = "fail"
equation = "「１0,717」"
"""
)
def digits_of_two_widths(row: Row) -> Verdict:
    """Only what stands on one line is one figure: two columns of a layout may meet elsewhere."""
    title = Text(
        en="A figure is printed with digits of two widths",
        ja="一つの数値に全角と半角の数字が混じっています",
    )
    return quoting(row, _mixed(row), title)


def _mixed(row: Row) -> Iterator[Quote]:
    from auditor.narrative.slips import mixed_widths

    for section in prose_of(row).sections:
        for span in mixed_widths(section.text):
            yield Quote.of_text(section.text, span, section.field, section.year)
