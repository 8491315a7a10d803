"""What a set of rules says as such under each form, and which rules can't be used where.

Some can't be used by the search for suspects, some not as columns of tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from auditor.auditing.formats import ReportContext
from auditor.records.text import Text
from auditor.reports.layout import painted, plain, wrap
from auditor.reports.wording import Wording
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.suspects.analysis import Analysis, analyse, unusable

__all__ = ["analysis_data", "analysis_text"]


def analysis_data(
    rules: RuleSet,
    context: ReportContext,
    *,
    analysed: bool,
    suspects: bool,
    columns: Mapping[str, Text] | None,
) -> str:
    """For programs: as JSON. ``columns`` are the rules that can't be columns, where they are
    asked for.
    """
    data: dict[str, Any] = {}
    if analysed:
        data["forms"] = {name: _data(analyse(rules, form)) for name, form in context.forms.items()}
    if suspects:
        data["unusable"] = {rule.code: why.model_dump() for rule, why in unusable(rules)}
    if columns is not None:
        data["not_columnar"] = {code: why.model_dump() for code, why in columns.items()}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _data(analysis: Analysis) -> dict[str, Any]:
    reasons = {
        "never_fails": analysis.never_fails,
        "never_applies": analysis.never_applies,
        "left_out": analysis.left_out,
    }
    return {
        "contradicting": [list(codes) for codes in analysis.contradicting],
        "implied": {implied.rule: list(implied.by) for implied in analysis.implied},
        "elsewhere": list(analysis.elsewhere),
        **{key: _dumped(whys) for key, whys in reasons.items()},
    }


def _dumped(whys: Mapping[str, Text]) -> dict[str, Any]:
    return {code: why.model_dump() for code, why in whys.items()}


def analysis_text(
    rules: RuleSet,
    context: ReportContext,
    *,
    analysed: bool,
    suspects: bool,
    columns: Mapping[str, Text] | None,
) -> str:
    """The same for people."""
    words = Wording(context.lang)
    lines: list[str] = []
    for name, form in context.forms.items() if analysed else ():
        title = f"{plain(name)}: {plain(form.title.of(context.lang))}"
        lines += [
            "",
            painted(f"■ {title}", "heading", context.color),
            *_analysed(analyse(rules, form), context, words),
        ]
    if suspects:
        title = words.say(
            "Rules that the search for suspects can't use", "疑わしい箇所の探索に使えない規則"
        )
        lines += _reasons(
            title,
            [(_named(rule, words), why) for rule, why in unusable(rules)],
            context,
            words,
        )
    if columns is not None:
        title = words.say(
            "Rules that can't be columns: tables are judged row by row",
            "列の式にできず、表を1行ずつ判定する規則",
        )
        named = [
            (_named(rule, words), columns[rule.code]) for rule in rules if rule.code in columns
        ]
        lines += _reasons(title, named, context, words)
    return "\n".join(lines[1:]) + "\n"


def _named(rule: Rule, words: Wording) -> str:
    """A rule's code, and what it is for."""
    forms = words.meant(rule.forms)
    return words.say(f"{rule.code} (for {forms})", f"{rule.code}（対象：{forms}）")


def _reasons(
    title: str, whys: Iterable[tuple[str, Text]], context: ReportContext, words: Wording
) -> list[str]:
    lines = [*chain.from_iterable(_reason(code, why, context, words) for code, why in whys)]
    return [
        "",
        painted(f"■ {title}", "heading", context.color),
        *(lines or [words.say("There are none.", "ありません。")]),
    ]


def _analysed(analysis: Analysis, context: ReportContext, words: Wording) -> Iterator[str]:
    say = words.say
    for codes in analysis.contradicting:
        yield from wrap(
            say(
                f"- No record satisfies all of: {', '.join(codes)}",
                f"- 同時に満たせない規則：{'、'.join(codes)}",
            ),
            context.width,
        )
    for implied in analysis.implied:
        rule, by = implied.rule, words.listed(list(implied.by))
        text = say(f"- {rule} follows from: {by}", f"- {rule} は次の規則から導かれます：{by}")
        yield from wrap(text, context.width)
    for title, reasons in (
        (say("never fails", "不一致になりません"), analysis.never_fails),
        (say("never applies", "対象がありません"), analysis.never_applies),
        (say("not analysed", "分析していません"), analysis.left_out),
    ):
        for code, why in reasons.items():
            yield from _reason(f"{code} {title}", why, context, words)
    if analysis.elsewhere:
        others = words.listed(list(analysis.elsewhere))
        text = words.labelled(say("- for other forms", "- ほかの様式の規則"), others)
        yield from wrap(text, context.width)
    if not (
        analysis.contradicting or analysis.implied or analysis.never_fails or analysis.never_applies
    ):
        yield from wrap(
            say(
                "Nothing wrong was found with the rules that could be analysed.",
                "分析できた規則に問題はありません。",
            ),
            context.width,
        )


def _reason(what: str, why: Text, context: ReportContext, words: Wording) -> Iterator[str]:
    yield from wrap(f"- {words.labelled(plain(what), plain(why.of(context.lang)))}", context.width)
