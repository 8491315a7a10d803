"""For those who write rules and plugins: what each plugin brought, and how cases came out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from auditor.auditing.formats import ReportContext
from auditor.reports.layout import Style, cut, painted, wrap
from auditor.reports.wording import Wording
from auditor.rules.rule import Rule

if TYPE_CHECKING:
    from auditor.auditing.session import Origin
    from auditor.rules.outcomes import RowOutcome
    from auditor.testing.cases import CaseResult

__all__ = ["case_data", "case_list", "plugin_data", "plugin_list", "untested"]


def plugin_list(origins: Iterable[Origin], context: ReportContext) -> str:
    """Every plugin with what it brought."""
    words = Wording(context.lang)
    parts = (_origin(origin, context, words) for origin in origins)
    return "\n".join(chain.from_iterable(parts))


def _origin(origin: Origin, context: ReportContext, words: Wording) -> Iterator[str]:
    say = words.say
    yield painted(cut(f"{origin.plugin} ({origin.source})"), "heading", context.color)
    brought = (
        (say("rules", "規則"), origin.rules),
        (
            say("its rules are for", "規則の対象"),
            [words.meant(origin.rules_for)] if origin.rules_for else [],
        ),
        (say("forms", "様式"), origin.forms),
        (say("forms of the catalogue", "様式例"), origin.catalogue),
        (say("readers", "読み取りプログラム"), origin.readers),
        (say("readers of claims", "文を読むプログラム"), origin.claims),
        (say("report formats", "出力形式"), origin.reports),
    )
    for label, names in brought:
        if names:
            lines = wrap(cut(words.labelled(label, " ".join(names)), 10_000), context.width - 2)
            yield from (f"  {line}" for line in lines)
    if not any(names for _, names in brought):
        yield f"  {say('(nothing)', '（なし）')}"
    yield ""


def plugin_data(origins: Iterable[Origin]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [origin._asdict() for origin in origins]


def untested(rule: Rule) -> bool:
    """Whether a rule lacks cases. Reading issues need none: they are tested with their reader."""
    return rule.each != "reading" and not rule.file.cases


def case_list(
    rules: Sequence[Rule], results: Mapping[str, Sequence[CaseResult]], context: ReportContext
) -> str:
    """One line for each rule, more for each case that came out otherwise, and the sum of all."""
    words = Wording(context.lang)
    parts = (_rule(rule, results[rule.code], context, words) for rule in rules)
    lines = [*chain.from_iterable(parts)]
    cases = [*chain.from_iterable(results[rule.code] for rule in rules)]
    failed = sum(not case.passed for case in cases)
    bare = sum(untested(rule) for rule in rules)

    en = f"{words.count(len(rules), 'rule')}, {words.count(len(cases), 'case')}: "
    en += f"{failed or 'none'} came out otherwise than stated"
    ja = f"規則{len(rules)}件、例{len(cases)}件："
    ja += f"{failed}件が記載どおりになりませんでした" if failed else "すべて記載どおりでした"
    if bare:
        en += f"; {words.count(bare, 'rule')} without cases"
        ja += f"。例のない規則が{bare}件あります"
    style: Style = "error" if failed or bare else "good"
    return "\n".join([*lines, "", painted(words.say(en, ja), style, context.color), ""])


def _rule(
    rule: Rule, results: Sequence[CaseResult], context: ReportContext, words: Wording
) -> Iterator[str]:
    say = words.say
    wrong = [result for result in results if not result.passed]
    if rule.each == "reading":
        message = say(
            "remarked while reading; tested with its reader",
            "読み取り時の指摘のため、例はありません",
        )
    elif not results:
        message = say("has no cases", "例がありません")
    elif wrong:
        message = say(
            f"{len(wrong)} of {words.count(len(results), 'case')} came out otherwise",
            f"例{len(results)}件のうち{len(wrong)}件が記載と違います",
        )
    else:
        message = say(
            f"{words.count(len(results), 'case')} as stated",
            f"例{len(results)}件はすべて記載どおりです",
        )
    line = cut(words.labelled(f"{rule.code} {rule.file.name}", message))
    yield painted(line, "error", context.color) if wrong or untested(rule) else line
    for result in wrong:
        note = say(f" ({result.note})", f"（{result.note}）") if result.note else ""
        place = say(f" at {result.where}", f"（{result.where}）") if result.where else ""
        head = words.labelled(
            say(f"case {result.number}", f"例{result.number}") + note + place,
            say("; ", "／").join(p.of(words.lang) for p in result.problems),
        )
        yield from (f"  {part}" for part in wrap(cut(head, 2_000), context.width - 2))
        yield from (f"  {line}" for line in result.excerpt)
        if result.row is not None:
            yield from _reasons(rule, result, result.row, context)


def _reasons(
    rule: Rule, result: CaseResult, row: RowOutcome, context: ReportContext
) -> Iterator[str]:
    """What a case that came out otherwise has, and what decided, as `auditor why` shows it."""
    # Most cases come out as they should.
    from auditor.reports.row_outcomes import reason_lines

    form = str(rule.file.cases[result.number - 1].get("form", ""))
    words = Wording(context.lang, context.forms, {row.document: form})
    for line in reason_lines(row, rule, words, context.width - 2, verbose=True):
        yield f"  {line}"


def case_data(results: Iterable[CaseResult]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "rule": result.rule,
            "case": result.number,
            "note": result.note,
            "wanted": result.wanted,
            "outcome": result.outcome,
            "equation": result.equation,
            "passed": result.passed,
            "where": result.where,
            "problems": [{"en": problem.en, "ja": problem.ja} for problem in result.problems],
            "row": None if result.row is None else result.row.model_dump(mode="json"),
        }
        for result in results
    ]
