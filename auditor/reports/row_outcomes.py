"""Rows and how rules answered them, for people: in a line each, or whole, step by step."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from auditor.records.decimals import number
from auditor.records.text import Text
from auditor.reports.findings import Table, form_title
from auditor.reports.layout import Style, cut, hanging, painted, plain, shown_width
from auditor.reports.wording import Wording
from auditor.rules.outcomes import Decision, LookedAt, OutcomeRows, Range, RowOutcome, Step
from auditor.rules.rows import Cell
from auditor.rules.rule import Rule

__all__ = [
    "ROWS_TITLE",
    "decided_text",
    "decision_text",
    "reason_lines",
    "row_lines",
    "row_place",
    "rows_more",
    "rows_table",
    "rows_title",
    "step_text",
]

_STYLES: Final[Mapping[str, Style]] = {
    "pass": "good",
    "may": "good",
    "fail": "error",
    "unknown": "warning",
    "crashed": "error",
}
_CODED: Final = ("kind", "role", "status", "target_bound")
"""Fields that hold the program's own words."""
_LONGEST: Final = 600
_SHOWN_CELLS: Final = 4
"""How many cells a line names; the others are counted."""


def row_place(row: RowOutcome, words: Wording) -> str:
    """Which row it is: document, sheet or KPI, department, year and, where the rule is judged on
    each figure, the figure.
    """
    parts = [words.document(row.document)]
    if row.sheet is not None:
        parts.append(words.sheet_of(row.sheet, row.document))
        parts.append(plain(row.sheet.department))
    if row.kpi is not None:
        parts.append(words.kpi(row.kpi.number, row.kpi.name))
        parts.append(plain(row.kpi.project))
        parts.append(plain(row.kpi.department))
    if row.year is not None:
        parts.append(words.year(row.year))
    if row.figure:
        parts.append(words.field(row.figure, row.document))
    return words.listed([part for part in parts if part])


# --- cells and numbers


def _cell_name(cell: Cell, row: RowOutcome, words: Wording) -> str:
    """What a cell is called beside the row that it is named for."""
    name = words.field(cell.field, cell.document)
    if cell.year and cell.year != row.year:
        year = words.year(cell.year)
        name = words.say(f"{name} of {year}", f"{year}の{name}")
    if cell.other_book is not None:
        book = words.other_book(cell.other_book)
        name = words.say(f"{name} in {book}", f"{book}の{name}")
    elif cell.sheet is not None and (row.sheet is None or row.sheet.number != cell.sheet):
        sheet = words.sheet(cell.sheet, document=cell.document)
        name = words.say(f"{name} of {sheet}", f"{sheet}の{name}")
    return name


def _located(cell: Cell, row: RowOutcome, words: Wording) -> str:
    """A cell's name with its place."""
    name, place = _cell_name(cell, row, words), words.place(cell.place)
    return name + (words.say(f" ({place})", f"（{place}）") if place else "")


def _content(value: LookedAt, words: Wording) -> str:
    """What a cell prints, and what a rounded figure stands for."""
    match value.state:
        case "blank":
            return words.say("(blank)", "（空欄）")
        case "unread":
            return words.say("(not read)", "（読み取れず）")
        case "dash":
            text = plain(value.cell.shown()) or "-"
            return text + words.say(" (a dash, as blank)", "（記載なしの印）")
        case "text":
            text = plain(value.cell.shown())
            return text + words.say(" (no number)", "（数値ではない）")
        case "word" if value.cell.field in _CODED:
            text = words.word(value.cell.shown())
        case "number" | "word":
            text = words.content_of(value.cell)
    if value.range is None:
        return text
    stands = _range(value.range, value.cell.unit, words)
    return text + words.say(f" (rounded: {stands})", f"（端数処理前は{stands}）")


def _range(between: Range, unit: str, words: Wording) -> str:
    """The values that a number may be."""
    low = words.with_unit(number(between.low), unit)
    high = words.with_unit(number(between.high), unit)
    over, over_ja = ("above", "超") if between.low_open else ("at least", "以上")
    under, under_ja = ("below", "未満") if between.high_open else ("at most", "以下")
    return words.say(f"{over} {low}, {under} {high}", f"{low}{over_ja}{high}{under_ja}")


# --- steps


def _formula(text: str, row: RowOutcome, rule: Rule | None, words: Wording) -> str:
    """A formula, or a part of one, in words, with the labels of the row's form."""
    if rule is None:  # a report may be of rules that nobody has here
        return plain(text)
    form = words.form_of.get(row.document.split(", ")[0])
    forms = (form,) if form is not None else tuple(rule.forms)
    return words.formula(text, rule.each, forms)


def step_text(step: Step, row: RowOutcome, rule: Rule | None, words: Wording) -> str:
    """A step in a line: in words, with its figures, and what it came to. What joins other steps
    names them by their numbers.
    """
    result = _came_to(step, words)
    if not step.figures and len(step.made_of) > 1 and step.answer is not None:
        numbers = words.listed([f"{number}" for number in step.made_of])
        phrase = (
            words.say(f"one of steps {numbers} holds", f"{numbers} のいずれかが成り立つ")
            if _is_or(step.formula)
            else words.say(f"steps {numbers} all hold", f"{numbers} がすべて成り立つ")
        )
        return f"{phrase} → {result}"
    phrase = _formula(step.formula, row, rule, words)
    figures = words.equation(step.figures)
    parts = [phrase]
    if figures not in ("", phrase, result):
        parts.append(figures)
    return words.say(": ", "：").join(parts) + f" → {result}"


def _is_or(formula: str) -> bool:
    """Whether a formula as it is written joins its parts by ``or``, which binds the loosest."""
    from auditor.formula.grammar import expression

    try:
        tree = expression(formula)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # of a report from elsewhere
        return False
    return isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.Or)


def _came_to(step: Step, words: Wording) -> str:
    if step.answer is not None:
        answers = {
            "yes": ("yes", "はい"),
            "no": ("no", "いいえ"),
            "may": ("yes or no, within the rounding", "端数処理の範囲内でどちらもありえる"),
            "unknown": ("unknown", "判定不能"),
        }
        return words.say(*answers[step.answer])
    if step.missing is not None:
        names = {"blank": ("blank", "空欄"), "unknown": ("unknown", "計算できず")}
        return words.say(*names[step.missing])
    if step.range is not None:
        return _range(step.range, step.unit, words)
    return "" if step.value is None else words.with_unit(number(step.value), step.unit)


# --- what decided


def decision_text(why: Decision, row: RowOutcome, rule: Rule | None, words: Wording) -> str:
    """One thing that decided: the cells or the part of the formula, and what is said of it."""
    message = plain(why.message.of(words.lang))
    if why.kind == "form" and rule is not None:
        title = form_title(words.form_of.get(row.document.split(", ")[0], ""), words)
        meant = words.meant(rule.forms)
        return words.say(
            f"not run: the rule is for {meant}; the form of this document is {title}",
            f"規則の対象は {meant} で、この文書の様式（{title}）では判定しません",
        )
    cells = [_located(cell, row, words) for cell in why.cells[:_SHOWN_CELLS]]
    more = max(why.size, len(why.cells)) - len(cells)
    about = words.listed(cells)
    if cells and more > 0:
        about += words.say(f" and {more:,} more", f" ほか{more:,}件")
    if not about and why.formula:
        about = _formula(why.formula, row, rule, words)
        figures = next((step.figures for step in row.steps if step.formula == why.formula), "")
        if figures and why.kind in ("holds", "does_not_hold"):
            equation = words.equation(figures)
            about += words.say(f" ({equation})", f"（{equation}）")
    text = words.labelled(about, message) if about else message
    if why.part != "when" or why.kind == "does_not_hold":
        return text
    stated = rule.file.when if rule is not None else ""
    condition = _formula(stated or why.formula, row, rule, words)
    return words.say(
        f"{text} (asked by the rule's condition: {condition})",
        f"{text}（規則を適用する条件「{condition}」の判定）",
    )


def decided_text(row: RowOutcome, rule: Rule | None, words: Wording) -> str:
    """Everything that decided, on one line."""
    texts = [decision_text(why, row, rule, words) for why in row.decided]
    return words.say("; ", "。").join(dict.fromkeys(texts))


# --- a row, whole


def row_lines(
    row: RowOutcome,
    rule: Rule | None,
    words: Wording,
    width: int,
    color: bool = False,
    *,
    verbose: bool = False,
) -> Iterator[str]:
    """A row with its figures, its steps and what decided; with ``verbose`` each step stands there
    as rule files have it, too.
    """
    outcome = words.word(row.outcome)
    place = row_place(row, words)
    head = words.say(f"{place} — {outcome}", f"{place}：{outcome}") if place else outcome
    style: Style = _STYLES.get(row.outcome, "heading")
    for line in hanging("◆ ", cut(head, _LONGEST), width):
        yield painted(line, style, color)
    yield from reason_lines(row, rule, words, width, verbose=verbose)


def reason_lines(
    row: RowOutcome, rule: Rule | None, words: Wording, width: int, *, verbose: bool = False
) -> Iterator[str]:
    """The figures and steps of a row, and what decided."""
    say = words.say
    if row.values:
        yield f"  {say('As printed', '記載の値')}"
        yield from _value_lines(row, words, width)
    if row.steps:
        yield f"  {say('Step by step', '計算の順序')}"
        for position, step in enumerate(row.steps, 1):
            text = step_text(step, row, rule, words)
            if step.part == "when":
                text = say(f"[condition] {text}", f"［条件］{text}")
            yield from hanging(f"    {position}. ", cut(text, _LONGEST), width)
            if verbose:
                yield from hanging("       ", plain(step.formula), width)
    yield f"  {say('Decided by', '判定の決め手')}"
    for why in row.decided:
        text = decision_text(why, row, rule, words)
        yield from hanging("    - ", cut(text, _LONGEST), width)


def _value_lines(row: RowOutcome, words: Wording, width: int) -> Iterator[str]:
    """The cells that were looked at: label, field name, what is printed, and where."""
    names: list[str] = []
    for value in row.values:
        field = plain(value.cell.field)
        name = _cell_name(value.cell, row, words)
        names.append(name + words.say(f" [{field}]", f"［{field}］"))
    room = min(max(map(shown_width, names)), max(width // 2, 20))
    for value, name in zip(row.values, names, strict=True):
        lead = f"    {name}{' ' * max(room - shown_width(name), 0)}  "
        place = words.place(value.cell.place)
        text = _content(value, words) + (
            words.say(f"  ({place})", f"　（{place}）") if place else ""
        )
        if shown_width(lead) > width // 2 + 8:
            yield from hanging("    ", cut(name, _LONGEST), width)
            lead = "      "
        yield from hanging(lead, cut(text, _LONGEST), width)


# --- rows in a line each


def rows_title(group: OutcomeRows, rule: Rule | None, words: Wording) -> str:
    """A rule and an outcome, and how many rows have it."""
    title = f" {rule.file.title.of(words.lang)}" if rule is not None else ""
    rows = words.count(group.total, "row", "行")
    outcome = words.word(group.outcome)
    return plain(
        words.say(
            f"{group.rule}{title}: {outcome}, {rows}", f"{group.rule}{title}：{outcome} {rows}"
        )
    )


def rows_table(group: OutcomeRows, rule: Rule | None, words: Wording) -> Table:
    """The rows of a rule and outcome with what decided each."""
    heads = [words.say("row", "行"), words.say("decided by", "判定の決め手")]
    rows = [[row_place(row, words), decided_text(row, rule, words)] for row in group.rows]
    return heads, rows, "ll"


def rows_more(group: OutcomeRows, words: Wording) -> str:
    """How many rows are counted alone; empty where all are listed."""
    more = group.total - len(group.rows)
    if not more:
        return ""
    listed, code = len(group.rows), plain(group.rule)
    return words.say(
        f"The first {listed:,} rows are listed; {more:,} more are counted. "
        f"'auditor why {code} FILE' shows them.",
        f"最初の{listed:,}行を掲載しています（ほか{more:,}行）。"
        f"「auditor why {code} ファイル」で確かめられます。",
    )


ROWS_TITLE: Final = Text(en="Rows by outcome", ja="判定ごとの行")
