"""TXT053: what an evaluation says is what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict

if TYPE_CHECKING:
    from auditor.narrative.statements import Statement

GOING_ON: Final = ("expand", "continue", "improve", "reduce")
CONTRADICTIONS: Final = {
    **dict.fromkeys(GOING_ON, ("says_ended",)),
    **dict.fromkeys(("end", "complete", "abolish"), ("says_continued", "says_expanded")),
}
"""The roles of words that contradict an evaluation, by its meaning."""

BOUNDARIES: Final = frozenset(("、", "。", ",", "・", ":", ";", "(", " ", "本", "当", "該"))
"""What the word for the project may stand behind: 補助事業を終了する may speak of a part of it."""


@auditor.rule(
    """
code = "TXT053"
name = "evaluation-against-its-text"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
since = "0.1"

[title]
en = "The direction contradicts its evaluation"
ja = "今後の方向性の文が、評価の区分と合いません"
[why]
en = "The project is evaluated as going on, and the text says that it ends; or the other way round. One of them is usually left from an earlier year."
ja = "「継続」などの評価なのに事業を終了すると書かれている場合や、その逆の場合です。どちらかが前年度のまま残っていることがあります。"
[action]
en = "Bring the evaluation and its text into line."
ja = "評価の区分と文章を確かめ、どちらかを直してください。"

[[cases]]
form = "kushiro"
evaluations = { 2024 = { result = "継続維持", direction = "目標を達成したため、事業を終了する。" } }
outcome = "fail"
equation = "「事業を終了する」"

[[cases]]
form = "kushiro"
evaluations = { 2024 = { result = "終了", direction = "目標を達成したため、事業を終了する。" } }
outcome = "pass"

[[cases]]
form = "kushiro"
evaluations = { 2024 = { result = "終了", direction = "効果が大きいことから、本事業を継続する。" } }
outcome = "fail"

[[cases]]
note = "a part of the project"
form = "kushiro"
evaluations = { 2024 = { result = "継続維持", direction = "旧制度の補助事業を終了する。" } }
outcome = "pass"

[[cases]]
note = "it goes on until then"
form = "kushiro"
evaluations = { 2024 = { result = "継続維持", direction = "令和８年度をもって、事業を終了する。" } }
outcome = "pass"

[[cases]]
note = "a negation"
form = "kushiro"
evaluations = { 2024 = { result = "継続維持", direction = "事業を終了することなく、工夫して続ける。" } }
outcome = "pass"

[[cases]]
form = "kushiro"
evaluations = { 2024 = { result = "終了", direction = "市政情報の届け方について引き続き検討する。" } }
outcome = "pass"
"""
)
def evaluation_against_its_text(row: Row) -> Verdict:
    """Only plain sentences about the whole project count."""
    title = Text(
        en="The direction contradicts its evaluation",
        ja="今後の方向性の文が、評価の区分と合いません",
    )
    return quoting(row, _contradictions(row), title)


def _contradictions(row: Row) -> Iterator[Quote]:
    assert row.sheet is not None
    text = prose_of(row)
    for section in text.sections:
        if section.field != "direction" or section.year is None:
            continue
        meaning = row.sheet.evaluations[section.year].meaning
        roles = CONTRADICTIONS.get(meaning or "")
        if roles is None:
            continue
        for statement in section.statements:
            yield from _in_statement(statement, roles)


def _in_statement(statement: Statement, roles: tuple[str, ...]) -> Iterator[Quote]:
    match = statement.words.pattern(*roles).search(statement.text)
    # A project that is to end in a year that is named goes on until then.
    if match is None or statement.tokens.days:
        return
    before = statement.text[: match.start()]
    rest = statement.text[match.end() :]
    is_whole = not before or before[-1] in BOUNDARIES
    is_denied = statement.words.pattern("denial").match(rest) is not None
    if is_whole and not is_denied:
        yield Quote.of_statement(statement, match.span())
