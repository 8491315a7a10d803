"""TXT051: what missed a target of its own text is seldom expanded."""

from __future__ import annotations

import auditor
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed


@auditor.rule(
    """
code = "TXT051"
name = "expanded-beside-missed-target"
severity = "note"
question = true
each = "evaluation"
narrative = true
when = 'present(result) and meaning == "expand"'
looks_at = "sheet"
since = "0.1"

[title]
en = "Expanded, while a target stated in the text was missed"
ja = "拡充と評価されていますが、文中の目標に達していません"
[why]
en = "The sheet states a target, and a result that falls short of it, and the project is expanded. That is policy and no error; the council will ask for the reason. Indicators of the book are EVL008's."
ja = "文中の実績が目標に達していない事業を拡充と評価しています。政策の判断であり誤りではありませんが、議会で理由を問われやすい点です。冊子の指標（KPI）については EVL008 で点検します。"
[action]
en = "Check the figures; if they are right, have the reason at hand."
ja = "数値を確かめ、正しければ理由を説明できるようにしておいてください。"

[[cases]]
form = "kushiro"
year = 2024
result = "拡充"
sheet = { name = "講座事業", achieved = "目標100名に対し、実績は98名となった。" }
outcome = "fail"
equation = "98名 ↔ 100名"

[[cases]]
form = "kushiro"
year = 2024
result = "拡充"
sheet = { name = "講座事業", achieved = "目標100名に対し、実績は102名となった。" }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "no target is stated"
year = 2024
result = "拡充"
sheet = { name = "講座事業", achieved = "98名が参加した。" }
outcome = "not_applicable"
"""
)
def expanded_beside_missed_target(row: Row) -> Verdict:
    """Only the evaluation of the report's own year, and targets whose direction the text tells."""
    sheet = row.sheet
    assert sheet is not None
    if row.values["year"] != sheet.fiscal_year:
        return NOT_APPLICABLE
    targets = [claim for claim in row.rows.claims_of(sheet) if claim.values["kind"] == "target"]
    missed = [target for target in targets if _is_missed(target)]
    if not missed:
        return PASS if targets else NOT_APPLICABLE
    cells = ((target, name) for target in missed for name in ("target", "actual"))
    first = missed[0]
    actual, target = (_shown(first, name) for name in ("actual", "target"))
    sentence = None if first.claim is None else first.claim.sentence
    return failed((row, "result"), *cells, equation=f"{actual} ↔ {target}", sentence=sentence)


def _is_missed(target: Row) -> bool:
    """Whether the result is on the wrong side of the target. Both figures were counted out."""
    figures = [target.figure(name) for name in ("actual", "target")]
    actual, aim = (None if figure is None else figure.value for figure in figures)
    if actual is None or aim is None:
        return False
    bound = target.values["bound"]
    if bound in ("at_most", "less"):
        return actual > aim or (actual == aim and bound == "less")
    return actual < aim or (actual == aim and bound == "more")


def _shown(target: Row, name: str) -> str:
    figure = target.figure(name)
    return "" if figure is None else figure.shown()
