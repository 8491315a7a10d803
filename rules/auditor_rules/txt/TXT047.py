"""TXT047: a section does not repeat another."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT047"
name = "section-repeated"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
optional = true
since = "0.1"

[title]
en = "A section repeats another one word for word"
ja = "別の欄と同じ文章です"
[why]
en = "A plan that is the purpose, or an issue that is last year's, may have been copied to be changed. Many cities do repeat them lawfully, so this rule works only where it is asked for."
ja = "計画が目的と同じ文章であったり、課題・方向性が前の年度の評価と同じ文章であったりする場合、写したまま書き換えていないことがあります。同じ文章を続けて使う団体も多いため、指定した場合だけ点検します。"
[action]
en = "Read both; if the text holds for both, no change is needed."
ja = "両方の欄を読み直してください。どちらにも当てはまるのであれば、訂正は不要です。"

[[cases]]
form = "kushiro"
evaluations = { 2023 = { result = "継続維持", issues = "参加者が減少している。" }, 2024 = { result = "継続維持", issues = "参加者が固定化している。" } }
outcome = "pass"

[[cases]]
form = "kushiro"
evaluations = { 2023 = { result = "継続維持", issues = "参加者が減少している。" }, 2024 = { result = "継続維持", issues = "参加者が\\n減少している。" } }
outcome = "fail"
equation = "「参加者が減少している。」"

[[cases]]
form = "kushiro"
note = "a long sentence of the purpose in the plan"
purpose = "学生の視点での課題の発見につなげるとともに、まちづくりに関わる検討の参考とするため、学生が交流するイベントを実施する。"
planned = "ワーキングイベントの実施\\n　学生の視点での課題の発見につなげるとともに、まちづくりに関わる検討の参考とするため、学生が交流するイベントを実施する。"
outcome = "fail"
"""
)
def section_repeated(row: Row) -> Verdict:
    """Plan and result are held against the purpose, evaluations against the ones before them."""
    title = Text(en="A section repeats another one word for word", ja="別の欄と同じ文章です")
    return quoting(row, _repeated(row), title)


def _repeated(row: Row) -> Iterator[Quote]:
    from auditor.narrative.repetition import repeated_sections

    for repeated in repeated_sections(prose_of(row)):
        yield Quote.of_statement(repeated.statement)
