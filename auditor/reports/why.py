"""Why rules answered as they did, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from auditor.auditing.formats import ReportContext
from auditor.reports.findings import missed, wording_of
from auditor.reports.layout import cut, entitled, hanging, painted, plain, wrap
from auditor.reports.row_outcomes import decided_text, row_lines
from auditor.reports.wording import Wording
from auditor.rules.findings import OUTCOMES
from auditor.rules.rule import Rule

if TYPE_CHECKING:
    from auditor.auditing.why import Reasons
    from auditor.rules.outcomes import RowOutcome

__all__ = ["trial_data", "trial_text", "why_data", "why_text"]

_LISTED: Final = 60
"""How many sheets or KPIs are named where none of them was meant."""


def why_text(
    reasons: Reasons, rules: Sequence[Rule], context: ReportContext, *, verbose: bool = False
) -> str:
    """Each rule with the rows that were asked for; where there are none, what rows there are."""
    words = wording_of(reasons.report, context)
    lines: list[str] = []
    for rule in rules:
        rows = [row for row in reasons.rows if row.rule == rule.code]
        lines += _rule_lines(rule, rows, reasons, context, words, verbose)
        lines.append("")
    lines += _missed_lines(reasons, context, words)
    return "\n".join(lines).rstrip("\n") + "\n"


def _rule_lines(
    rule: Rule,
    rows: Sequence[RowOutcome],
    reasons: Reasons,
    context: ReportContext,
    words: Wording,
    verbose: bool,
) -> Iterator[str]:
    say = words.say
    yield from (
        painted(line, "heading", context.color)
        for line in wrap(plain(f"{rule.code} {rule.file.title.of(words.lang)}"), context.width)
    )
    if rule.file.formula:
        formula = words.formula(rule.file.formula, rule.each, rule.forms)
        yield from wrap(words.labelled(say("Formula", "満たすべき式"), formula), context.width)
    if rule.file.when:
        when = words.formula(rule.file.when, rule.each, rule.forms)
        yield from wrap(words.labelled(say("Applies when", "適用する条件"), when), context.width)
    for entry in reasons.not_run:
        if entry.rule == rule.code:
            text = words.labelled(words.document(entry.document), decided_text(entry, rule, words))
            yield from hanging("- ", cut(text, 2_000), context.width)
    groups = [group for group in reasons.report.outcome_rows if group.rule == rule.code]
    totals = {group.outcome: group.total for group in groups}
    counts = [
        f"{words.word(outcome)} {totals[outcome]:,}" for outcome in OUTCOMES if outcome in totals
    ]
    if counts:
        yield from wrap(
            words.labelled(say("Rows", "該当する行"), words.listed(counts)), context.width
        )
    for row in rows:
        yield ""
        yield from row_lines(row, rule, words, context.width, context.color, verbose=verbose)
    more = sum(group.total for group in groups) - len(rows)
    if more:
        yield ""
        yield from wrap(
            say(
                f"{words.count(more, 'more row')}; --sheet, --year, --kind and --outcomes say "
                "which ones are meant, --max-rows shows more.",
                f"ほかに{more:,}行あります。--sheet、--year、--kind、--outcomes で絞り込むか、"
                "--max-rows で表示する行を増やせます。",
            ),
            context.width,
        )
    if not groups and not any(entry.rule == rule.code for entry in reasons.not_run):
        yield from _nothing_fits(reasons, context, words)


def _nothing_fits(reasons: Reasons, context: ReportContext, words: Wording) -> Iterator[str]:
    """That no row fits what was asked for, and which sheets, KPIs and years there are."""
    choice = reasons.choice
    yield from wrap(
        words.say("No row fits what was asked for.", "指定に当てはまる行はありません。"),
        context.width,
    )
    sheets = [
        words.sheet_of(sheet, document) for (document, _), sheet in choice.sheets_there.items()
    ]
    kpis = [words.kpi(kpi.number, kpi.name) for kpi in choice.kpis_there.values()]
    years = [words.year(column) for column in sorted(choice.columns_there)]
    for label, names in (
        (words.say("There are", "あるもの"), sheets),
        (words.say("KPIs", "指標"), kpis),
        (words.say("Years", "年度"), years),
    ):
        if names:
            more = len(names) - _LISTED
            shown = words.listed(names[:_LISTED])
            if more > 0:
                shown += words.say(f" and {more:,} more", f" ほか{more:,}件")
            yield from hanging("- ", words.labelled(label, shown), context.width)


def _missed_lines(reasons: Reasons, context: ReportContext, words: Wording) -> Iterator[str]:
    """What could not be checked, which may be why a row is not there."""
    if not reasons.report.not_checked:
        return
    yield from entitled(
        words.say("What could not be checked", "点検できなかったもの"), context.color
    )
    for item in reasons.report.not_checked:
        yield from hanging("- ", cut(missed(item, words), 2_000), context.width)


def why_data(reasons: Reasons, rules: Sequence[Rule]) -> dict[str, Any]:
    """The same for programs; the rows are those of ``outcome_rows`` in the JSON report."""

    def plain_data(rows: Sequence[RowOutcome]) -> list[Mapping[str, Any]]:
        return [row.model_dump(mode="json") for row in rows]

    choice = reasons.choice
    return {
        "rules": [rule.code for rule in rules],
        "counts": dict(reasons.counts),
        "rows": plain_data(reasons.rows),
        "not_run": plain_data(reasons.not_run),
        "sheets": [
            {"document": document, **sheet.model_dump(mode="json")}
            for (document, _), sheet in choice.sheets_there.items()
        ],
        "kpis": [
            {"document": document, **kpi.model_dump(mode="json")}
            for (document, _), kpi in choice.kpis_there.items()
        ],
        "years": sorted(choice.columns_there),
        "not_checked": [item.model_dump(mode="json") for item in reasons.report.not_checked],
    }


# --- a formula that is tried


def trial_text(trial: Reasons, rule: Rule, context: ReportContext, *, verbose: bool = False) -> str:
    """How a formula answered, the first rows that fail, and the first of which it is unknown."""
    words = wording_of(trial.report, context)
    return "\n".join(_trial_lines(trial, rule, context, words, verbose)) + "\n"


def _trial_lines(
    trial: Reasons, rule: Rule, context: ReportContext, words: Wording, verbose: bool
) -> Iterator[str]:
    say = words.say
    forms = list(dict.fromkeys(document.form for document in trial.report.documents))
    formula = words.formula(rule.file.formula, rule.each, forms)
    for line in wrap(plain(formula), context.width):
        yield painted(line, "heading", context.color)
    if rule.file.when:
        when = words.formula(rule.file.when, rule.each, forms)
        yield from wrap(words.labelled(say("Applies when", "適用する条件"), when), context.width)
    each = words.word("each.figure" if rule.file.each == "figure" else f"each.{rule.each}")
    yield from wrap(words.labelled(say("Judged on", "判定の単位"), each), context.width)
    counts = trial.report.outcomes.get(rule.code, {})
    listed = [
        f"{words.word(name)} {counts.get(name, 0):,}" for name in OUTCOMES if counts.get(name)
    ]
    if listed:
        yield from wrap(words.labelled(say("Rows", "行"), words.listed(listed)), context.width)
    if not any(number for name, number in counts.items() if name != "not_applicable"):
        nothing = say("No row was judged.", "判定した行はありません。")
        yield painted(nothing, "error", context.color)
    for group in trial.report.outcome_rows:
        rows = words.count(group.total, "row", "行")
        yield from entitled(f"{words.word(group.outcome)} {rows}", context.color)
        for row in group.rows:
            yield ""
            yield from row_lines(row, rule, words, context.width, context.color, verbose=verbose)
        more = group.total - len(group.rows)
        if more:
            text = say(f"{words.count(more, 'more row')} (--max-rows)", f"ほか{more:,}行")
            yield from ("", text)
    yield from _missed_lines(trial, context, words)


def trial_data(trial: Reasons, rule: Rule) -> dict[str, Any]:
    """The same for programs."""
    counts = trial.report.outcomes.get(rule.code, {})
    return {
        "formula": rule.file.formula,
        "when": rule.file.when,
        "each": rule.file.each,
        "counts": {name: counts.get(name, 0) for name in OUTCOMES},
        "rows": [row.model_dump(mode="json") for row in trial.rows],
        "not_checked": [item.model_dump(mode="json") for item in trial.report.not_checked],
    }
