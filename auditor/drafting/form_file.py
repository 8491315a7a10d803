"""The file of a drafted form: TOML that the program loads, with comments for whoever completes it.

Comments are in Japanese, as forms of Japanese documents are; what a field means stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, cast

from auditor.drafting.draft import Draft, DraftField, DraftRule, FormColumn, Question
from auditor.drafting.drafter import UNKNOWN_KIND
from auditor.forms.model import USUAL_TOTALS
from auditor.forms.words import squeezed
from auditor.records.decimals import plain_digits as number
from auditor.records.fields import UNKNOWN_UNIT

__all__ = ["comment", "form_text", "quoted"]

_LONGEST_COMMENT: Final = 400


def form_text(draft: Draft) -> str:
    """The text of the form's file."""
    parts = [
        *_head(draft),
        *_layout(draft),
        *_columns(draft.columns),
        *_labels(draft),
        *_fields(draft),
        *_indicators(draft),
        *_rules(draft.rules),
    ]
    return "\n".join(parts).rstrip() + "\n"


def quoted(value: str) -> str:
    """A text as TOML has it."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def comment(text: str) -> str:
    """A line of comment: what a document prints may hold anything."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return f"# {line[:_LONGEST_COMMENT]}".rstrip()


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(map(quoted, values)) + "]"


def _head(draft: Draft) -> Iterator[str]:
    yield comment(f"「{draft.source}」から作成した様式の案です。")
    yield comment(f"根拠の説明は {draft.name}.md にあります。")
    yield from _questions(draft.questions)
    yield ""
    yield f"name = {quoted(draft.name)}"
    title = quoted(draft.title)
    yield f"title = {{ ja = {title}, en = {title} }}"
    if draft.layout.kind == "indicators":
        yield from _WITHOUT_AMOUNTS
        return
    if draft.detect:
        yield comment("次の語がすべて書かれた文書を、この様式の文書とみなします。")
        yield f"detect = {_list(draft.detect)}"
    if draft.unit == UNKNOWN_UNIT:
        yield comment("文書に金額の単位がありません。分かり次第、下の2行を書き換えてください。")
    yield f"unit = {quoted(draft.unit)}"
    units = ", ".join(f"{quoted(unit)} = {number(value)}" for unit, value in draft.units.items())
    yield f"units = {{ {units} }}"
    if draft.states_fiscal_year and draft.fiscal_year is not None:
        yield comment("文書に年度の記載がないため、ここで指定します。翌年度は書き換えてください。")
        yield f"fiscal_year = {draft.fiscal_year}"
    elif draft.states_fiscal_year:
        yield comment("文書に年度の記載がありません。次の行の # を消し、西暦で書いてください。")
        yield "# fiscal_year ="
    if draft.columns:
        yield f"evaluated = [{', '.join(map(str, draft.evaluated))}]"
    if draft.adding_up is not None:
        yield comment(f"{draft.adding_up.why.ja}。")
        yield f"sums = {quoted(draft.adding_up.sums)}"
    if not draft.funding_complete:
        yield comment("財源の内訳の合計が事業費と一致することを確かめられませんでした。")
        yield "funding_complete = false"


_WITHOUT_AMOUNTS: Final = (
    "# 指標の表に金額はありません。金額に関する次の行は、様式の決まりとして置いています。",
    'unit = "円"',
    'units = { "円" = 1 }',
    "",
    "[[columns]]",
    "offset = 0",
    'kind = "settled"',
    "",
    "[fields]",
)
"""What every form has, in that of a table of indicators."""


def _questions(questions: Sequence[Question]) -> Iterator[str]:
    if questions:
        yield comment("確認が必要な点（書き換えるか、--interactive で答えてください）")
    for index, question in enumerate(questions, 1):
        hint = f"（候補：{question.hint.ja}）" if question.suggestion else ""
        needed = "（必須）" if question.blocking else ""
        yield comment(f"　問{index}　{needed}{question.text.ja}{hint}")


def _layout(draft: Draft) -> Iterator[str]:
    layout = draft.layout
    if layout.kind in ("sheet", "indicators"):
        return
    yield ""
    if layout.kind == "items":
        yield "[items]"
        if layout.levels:
            yield f"levels = {_list(layout.levels)}"
    else:
        yield "[list]"
    if layout.rows == "year":
        yield 'rows = "year"'
    if draft.years is not None:
        if draft.years_assumed:
            yield comment("同じ見出しが何年度のものか、確かめてください（左から順に書きます）。")
        yield f"years = [{', '.join(map(str, draft.years))}]"
    yield from _totals(draft)


def _totals(draft: Draft) -> Iterator[str]:
    """Total rows, where one is called as no form expects it."""
    layout = draft.layout
    words = [word for of_kind in layout.total_words.values() for word in of_kind]
    called = {word: squeezed(word).casefold() for word in words}
    unusual = [
        word
        for word, key in called.items()
        if not any(usual.is_called(key) for usual in USUAL_TOTALS)
    ]
    if not unusual:
        return
    table = "items" if layout.kind == "items" else "list"
    for names in (unusual, *(total.words for total in USUAL_TOTALS)):
        yield ""
        yield f"[[{table}.totals]]"
        yield f"words = {_list(names)}"
        yield 'of = "above"'


def _columns(columns: Sequence[FormColumn]) -> Iterator[str]:
    for column in columns:
        yield ""
        yield "[[columns]]"
        yield f"offset = {column.offset}"
        if column.kind == UNKNOWN_KIND:
            yield comment("決算なら settled、予算なら budgeted と書いてください。")
        yield f"kind = {quoted(column.kind)}"
        if column.label:
            yield f"label = {quoted(column.label)}"


def _labels(draft: Draft) -> Iterator[str]:
    if draft.layout.kind == "indicators":
        return
    yield ""
    yield "[labels]"
    if draft.title_label:
        yield f"title = {quoted(draft.title_label)}"
    for name, heading in draft.layout.labels.items():
        if name == "name" and draft.layout.levels:
            continue  # levels say where names stand
        yield f"{name} = {quoted(' '.join(heading.split()))}"


def _fields(draft: Draft) -> Iterator[str]:
    for field in draft.fields:
        yield ""
        yield from (comment(note.text.ja) for note in draft.unit_notes if note.key == field.key)
        yield from _field(field)
    for field in draft.alike:
        yield ""
        yield comment(f"見出し「{field.label}」は他と同じで区別できないため、読み取りません。")


def _field(field: DraftField) -> Iterator[str]:
    match field.certainty:
        case "certain":
            yield comment(f"{field.why.ja}")
        case "asked" if field.suggestion:
            yield comment(
                f"{field.suggestion} と推定しました（{field.why.ja}）。正しければ、次の行を"
                f" [fields.{field.suggestion}] に書き換え、each の行を消してください。"
            )
        case "unnamed":
            yield comment("見出しから意味を判断できないため、仮の名前にしています。")
        case _:
            pass
    yield f"[fields.{field.name}]"
    if field.each is not None:
        yield f"each = {quoted(field.each)}"
    labels = (field.label, *field.other_labels)
    yield f"label = {_list(labels) if field.other_labels else quoted(field.label)}"
    if field.unit is not None:
        yield f"unit = {quoted(field.unit)}"
    if field.columns:
        yield comment("ほかの列には、この項目の数値がありません。")
        texts = (quoted(part) if isinstance(part, str) else str(part) for part in field.columns)
        yield f"columns = [{', '.join(texts)}]"
    if field.step is not None and field.rounding != "exact":
        yield f"rounding = {quoted(field.rounding)}"
        yield f"step = {quoted(number(field.step))}"


def _indicators(draft: Draft) -> Iterator[str]:
    indicators = draft.layout.indicators
    if indicators is None:
        return
    yield ""
    yield comment("指標（KPI）の目標値と実績値です。達成・未達成の判定と達成率を点検します。")
    yield "[kpi]"
    if draft.layout.kind == "indicators":
        yield comment("次の語がすべて書かれた表を、この様式の表とみなします。")
        yield f"detect = {_list(draft.detect)}"
    if (years := indicators.year_label) is not None:
        pattern, unless = years
        yield comment("年度の列のうち、次の語があるものは実績値ではありません。")
        yield f"year_label = {{ pattern = {quoted(pattern)}, unless = {_list(unless)} }}"
    if "declared_achieved" in indicators.labels:
        yield f"achieved = {_list(indicators.achieved)}"
        yield f"missed = {_list(indicators.missed)}"
        if indicators.unclear:
            words = "、".join(f"「{word}」" for word in indicators.unclear)
            yield comment(f"{words}は、達成か未達成かを判断できません。当たる方に加えてください。")
    yield comment("次の型に合う名前の指標は、値が小さいほどよいものとみなします。")
    yield f"lower_is_better = {_list(draft.lower_is_better)}"
    if (rounding := indicators.rate_rounding) is not None:
        mode, step = rounding
        yield comment("達成率は、目標値と実績値からこの端数処理で計算されています。")
        yield "[kpi.rate]"
        yield 'unit = "%"'
        yield f"rounding = {quoted(mode)}"
        yield f"step = {quoted(number(step))}"
    yield "[kpi.labels]"
    for name, heading in indicators.labels.items():
        yield f"{name} = {quoted(heading)}"


def _rules(rules: Sequence[DraftRule]) -> Iterator[str]:
    for rule in rules:
        relation = rule.relation
        yield ""
        yield comment(rule.shown)
        holds = f"{relation.of:,}件中{relation.holds:,}件で成り立ちます"
        yield comment(f"{holds}（{relation.reason.ja}）")
        yield "[[rules]]"
        yield f"code = {quoted(rule.code)}"
        yield f"title = {{ ja = {quoted(rule.title.ja)}, en = {quoted(rule.title.en)} }}"
        yield f"severity = {quoted(rule.severity)}"
        yield f"each = {quoted(rule.each)}"
        yield f"when = {quoted(rule.when)}"
        yield f"formula = {quoted(rule.formula)}"
        if rule.cases:
            yield "cases = ["
            for case in rule.cases:
                yield f"    {_inline(case)},"
            yield "]"


def _inline(table: Mapping[str, object]) -> str:
    pairs = (f"{key} = {_value(value)}" for key, value in table.items())
    return "{ " + ", ".join(pairs) + " }"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return _inline(cast("Mapping[str, object]", value))
    if isinstance(value, Decimal):
        text = number(value)
        return text if value == value.to_integral_value() else quoted(text)
    return quoted(str(value))
