"""TXT052: no slip of the pen in the texts of an indicator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import auditor
from auditor.records.model import Kpi
from auditor.records.text import Text
from auditor.rules.quotes import Quote, quoting
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import Verdict

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables
    from auditor.narrative.words import Words

_TEXTS: Final = ("project", "summary", "name", "unit")


def _settle(tables: Tables) -> Settled:
    """Indicators are left if their texts hold anything like a slip."""
    from auditor.narrative.slips import maybe_slips
    from auditor.narrative.words import words_of

    rows = tables.flagged("kpi", tables.matching("kpi", _TEXTS, maybe_slips(words_of(tables.form))))
    return tables.settled(rows, ("#flagged", None), otherwise="pass")


@auditor.rule(
    """
code = "TXT052"
name = "slip-in-indicator"
severity = "note"
each = "kpi"
looks_at = "undecided"
since = "0.1"

[title]
en = "A slip of the pen in the texts of an indicator"
ja = "指標の文章に書き誤りとみられる箇所があります"
[why]
en = "Fillers (○○数, XX人), doubled particles (体制を強化を) and figures in two widths (１0人) are looked for in names and summaries, as they are in the prose of sheets."
ja = "指標名・事業名・概要についても、シートの文章と同じように、仮の文字（○○数、XX人）、助詞の重なり（体制を強化を）、全角と半角が混じる数値（１0人）を探します。"
[action]
en = "Read the text again and correct it."
ja = "文章を読み直し、書き改めてください。"

[[cases]]
form = "kushiro"
project = "交流推進事業"
name = "参加者数"
target = 2
outcome = "pass"

[[cases]]
form = "kushiro"
project = "交流推進事業"
summary = "受入体制を強化を行う。"
name = "参加者数"
target = 2
outcome = "fail"
equation = "「体制を強化を行う」"
""",
    settle=_settle,
)
def slip_in_indicator(row: Row) -> Verdict:
    """What several indicators of a project share is reported on the first of them."""
    kpi = row.kpi
    assert kpi is not None
    first = row.rows.once(_first_with_text)
    title = Text(
        en="A slip of the pen in the texts of an indicator",
        ja="指標の文章に書き誤りとみられる箇所があります",
    )
    texts = [
        (section, text)
        for section, text in _texts(kpi)
        if first[kpi.document, section, text] is kpi
    ]
    from auditor.narrative.words import words_of

    return quoting(row, _slips(texts, words_of(row.form)), title)


def _slips(texts: list[tuple[str, str]], words: Words) -> Iterator[Quote]:
    from auditor.narrative.folding import folded
    from auditor.narrative.slips import (
        doubled_particles,
        fillers,
        mixed_widths,
        with_neighbours,
    )

    for section, text in texts:
        plain = folded(text)
        spans = [*fillers(plain, words), *mixed_widths(text)]
        yield from (Quote.of_text(text, span, section) for span in spans)
        for span in doubled_particles(plain, words):
            quote = Quote.of_text(text, span, section)
            yield quote._replace(words=with_neighbours(text, span))


def _texts(kpi: Kpi) -> Iterator[tuple[str, str]]:
    for section in _TEXTS:
        text = str(getattr(kpi, section))
        if text:
            yield section, text


def _first_with_text(rows: Rows) -> dict[tuple[str, str, str], Kpi]:
    """The first indicator of each document with a text."""
    first: dict[tuple[str, str, str], Kpi] = {}
    for row in rows.of("kpi"):
        if row.kpi is not None:
            for section, text in _texts(row.kpi):
                first.setdefault((row.kpi.document, section, text), row.kpi)
    return first
