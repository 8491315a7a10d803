"""EVL006: an evaluation is one of the form's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import auditor
from auditor.records.model import Evaluation
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import PASS, Verdict, failed

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables


def _settle(tables: Tables) -> Settled:
    """An evaluation passes if it is a word of the form as the form writes it."""
    import narwhals as nw

    result = nw.col("result")
    return tables.settled(
        tables.texts("evaluation", ["result"]),
        (result.is_null(), "not_applicable"),
        (result.is_in(list(tables.form.evaluations)), "pass"),
        otherwise=None,
    )


@auditor.rule(
    """
code = "EVL006"
name = "unknown-evaluation"
severity = "error"
each = "evaluation"
when = "present(result)"
looks_at = "undecided"
since = "0.1"

[title]
en = "The evaluation is a word that the form does not know"
ja = "評価に、様式で定めていない語が使われています"
[why]
en = "Evaluations come from a short list. Another word is a slip, or belongs to another year's list, and no rule on evaluations can judge it."
ja = "評価は決められた語から選びます。それ以外の語は打ち間違いか、別の年度の区分であり、評価に関する規則で確かめられません。"
[action]
en = "Use a word of the list, or add the word to the form definition."
ja = "決められた語に直すか、様式の定義にその語を加えてください。"

[[cases]]
form = "kushiro"
result = "継続維持"
outcome = "pass"

[[cases]]
form = "kushiro"
result = "拡大"
outcome = "fail"
equation = "「拡大」"

[[cases]]
form = "kushiro"
outcome = "not_applicable"
""",
    settle=_settle,
)
def unknown_evaluation(row: Row) -> Verdict:
    """The words are compared without regard to width and spacing."""
    evaluation = row.record
    assert isinstance(evaluation, Evaluation)
    if row.form.meaning(evaluation.result) is not None:
        return PASS
    words = tuple(row.form.evaluations)
    detail = Text(
        en=f'The form knows no evaluation "{evaluation.result}"; its words are {", ".join(words)}',
        ja=f"評価の「{evaluation.result}」は、様式で定めていない語です。使える語：{'、'.join(words)}",
    )
    return failed((row, "result"), equation=f"「{evaluation.result}」", detail=detail)
