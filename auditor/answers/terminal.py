"""The answers for a terminal: the departments, what to do next in each, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.answers.model import Answers
from auditor.answers.wording import (
    DEPARTMENT_ALIGN,
    DEPARTMENT_HEADS,
    NO_FORMS,
    conclusion,
    department_row,
    fault_line,
    next_steps,
    others_line,
    subtitle,
)
from auditor.auditing.formats import ReportContext
from auditor.records.own import ANSWERS_TITLE
from auditor.reports.findings import missed
from auditor.reports.layout import Style, cut, entitled, hanging, painted, table, wrap
from auditor.reports.overview import department_name
from auditor.reports.wording import Wording

__all__ = ["answers_text"]


def answers_text(answers: Answers, context: ReportContext, words: Wording) -> str:
    """The answers as lines of at most ``context.width`` columns, the conclusion last."""
    return "\n".join(_lines(answers, context, words)) + "\n"


def _lines(answers: Answers, context: ReportContext, words: Wording) -> Iterator[str]:
    yield painted(ANSWERS_TITLE.of(words.lang), "heading", context.color)
    yield from wrap(subtitle(answers, words), context.width)
    yield ""
    heads = [head.of(words.lang) for head in DEPARTMENT_HEADS]
    rows = [department_row(part, words) for part in answers.departments]
    yield table(heads, rows, context.width, DEPARTMENT_ALIGN)
    yield from entitled(words.say("What to do next", "次にすること"), context.color)
    for part in answers.departments:
        yield painted(f"◆ {department_name(part.department, words)}", "heading", context.color)
        yield from _listed(next_steps(part, words), context)
    earlier = [cause for cause in answers.causes if cause.taken_over]
    if earlier:
        title = words.say("Taken over from last year", "前年度の理由を引き継いだもの")
        yield from entitled(title, context.color)
        yield from _listed(
            (
                words.labelled(
                    words.say(f"no. {cause.number}", f"番号{cause.number}"),
                    words.listed([cause.owner, cause.subject, cause.reason]),
                )
                for cause in earlier
            ),
            context,
        )
    numbers = {cause.id: cause.number for cause in answers.causes}
    if answers.faults:
        yield from entitled(words.say("What does not fit", "確認が必要な記入"), context.color)
        yield from _listed((fault_line(fault, numbers, words) for fault in answers.faults), context)
    if answers.unread:
        yield from entitled(words.say("Not read", "読み取れなかったファイル"), context.color)
        yield from _listed((missed(reason, words) for reason in answers.unread), context)
    if answers.others:
        yield from entitled(NO_FORMS.of(words.lang), context.color)
        yield from _listed([others_line(answers, words)], context)
    yield ""
    style: Style = "error" if answers.exit_code else "good"
    for line in wrap(conclusion(answers, words), context.width):
        yield painted(line, style, context.color)


def _listed(lines: Iterable[str], context: ReportContext) -> Iterator[str]:
    for line in lines:
        yield from hanging("- ", cut(line, 2_000), context.width)
