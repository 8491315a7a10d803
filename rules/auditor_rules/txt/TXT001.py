"""TXT001: no filler is left over in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import auditor
from auditor.records.fields import japanese_label
from auditor.records.model import Sheet
from auditor.records.sentences import passage
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import PASS, Verdict, failed

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables

OF_SHEET: Final = (
    "name",
    "department",
    "category",
    "purpose",
    "planned",
    "achieved",
    "undivided",
    "captions",
)
OF_EVALUATION: Final = ("issues", "direction", "reason")

# A filler is a run of one sign that no sentence repeats, or a note of the writer to himself.
FILLER = re.compile(
    r"([あいうアイウｱ])\1{2,}|([△▲□■◇◆●×])\2{2,}|[○〇◯]{3,}|(?<![A-Za-zＡ-Ｚａ-ｚ])(?:[xX]{3,}|[ｘＸ]{3,}|TODO|TBD|FIXME|ＴＯＤＯ)(?![A-Za-zＡ-Ｚａ-ｚ])|＊{3,}|\?{3,}|？{3,}"
)
# What every engine can search for: at least all fillers, and some words that hold x three times.
MAYBE: Final = "|".join(
    (
        *(f"{sign}{{3}}" for sign in "あいうアイウｱ△▲□■◇◆●×＊？"),
        r"[○〇◯]{3}|[xX]{3}|[ｘＸ]{3}|\?{3}",
        "TODO|TBD|FIXME|ＴＯＤＯ",
    )
)


def _settle(tables: Tables) -> Settled:
    """A sheet passes if nothing in its texts is anything like a filler."""
    found = [
        tables.matching("sheet", OF_SHEET, MAYBE),
        tables.matching("sheet", ["plans"], rf"{MAYBE}|\\u"),  # a list may write signs by number
    ]
    if tables.has("evaluation"):
        found.append(tables.matching("evaluation", OF_EVALUATION, MAYBE))
    return tables.settled(tables.flagged("sheet", *found), ("#flagged", None), otherwise="pass")


@auditor.rule(
    """
code = "TXT001"
name = "leftover-filler"
severity = "warning"
each = "sheet"
looks_at = "undecided"
since = "0.1"

[title]
en = "Leftover filler in the text"
ja = "仮の文字が残っています"
[why]
en = "Text such as あああ, ○○○, xxx or TODO was typed to be replaced, and went into print in real reports."
ja = "「あああ」「○○○」「xxx」「TODO」などは、後で書き換えるつもりの仮の文字です。実際の報告書でも、残ったまま印刷されたことがあります。"
[action]
en = "Replace it by the text that was meant."
ja = "正しい文に書き換えてください。"

[[cases]]
form = "kushiro"
name = "企画事業"
purpose = "○市民との協働"
outcome = "pass"

[[cases]]
form = "kushiro"
name = "企画事業"
purpose = "あああああ"
outcome = "fail"
equation = "「あああああ」"

[[cases]]
form = "kushiro"
name = "○○○事業"
outcome = "fail"
""",
    settle=_settle,
)
def leftover_filler(row: Row) -> Verdict:
    """All texts of the sheet are searched; the finding shows what was found and in which section."""
    sheet = row.sheet
    assert sheet is not None
    matches = [
        (year, section, text, match)
        for year, section, text in _texts(sheet)
        if (match := FILLER.search(text))
    ]
    if not matches:
        return PASS
    fillers = [(year, section, match.group()) for year, section, _, match in matches]
    in_year, in_section, text, first = matches[0]
    shown = " · ".join(f"「{filler}」" for _, _, filler in fillers)
    english = ", ".join(f'"{filler}"' for _, _, filler in fillers)
    quoted = "".join(f"「{filler}」" for _, _, filler in fillers)
    sections = list(dict.fromkeys(section for _, section, _ in fillers))
    labels = "、".join(_label(row, section) for section in sections)
    detail = Text(
        en=f"Leftover filler in the text: {english} ({', '.join(sections)})",
        ja=f"仮の文字が残っています：{quoted}（{labels}）",
    )
    evaluations = row.rows.once(_evaluations)
    cells = dict.fromkeys(
        (row if year is None else evaluations[id(sheet), year], section)
        for year, section, _ in fillers
    )
    sentence = passage(text, [first.span()], in_section, in_year, name=in_section)
    return failed(*cells, equation=shown, detail=detail, sentence=sentence)


def _evaluations(rows: Rows) -> dict[tuple[int, str | None], Row]:
    """The evaluations of a book by the identity of their sheet and their year."""
    return {(id(row.sheet), row.column): row for row in rows.of("evaluation")}


def _label(row: Row, section: str) -> str:
    """The section as the form heads it; what has no heading of its own, or only the part of one
    by which it is recognised, is called by what it is.
    """
    heading = next(iter(row.form.labels.get(section, ())), "")
    brackets = [sum(heading.count(sign) for sign in signs) for signs in ("(（", ")）")]
    if heading and brackets[0] == brackets[1]:
        return heading
    return japanese_label(section)


def _texts(sheet: Sheet) -> Iterator[tuple[str | None, str, str]]:
    """The texts of a sheet with their fields; those of an evaluation have its year, too."""
    for section in OF_SHEET:
        yield None, section, str(getattr(sheet, section))
    for plan in sheet.plans:
        yield None, "plans", plan
    for year, evaluation in sheet.evaluations.items():
        yield year, "issues", evaluation.issues
        yield year, "direction", evaluation.direction
        yield year, "reason", evaluation.reason or ""
