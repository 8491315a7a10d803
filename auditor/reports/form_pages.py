"""Forms for people and programs: the list, and one form with its labels, columns and figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from auditor.auditing.formats import ReportContext
from auditor.forms.model import Column, FieldDefinition, Form, Total
from auditor.records.text import Text
from auditor.reports.layout import entitled, painted, plain, table, wrap
from auditor.reports.wording import Wording

__all__ = ["form_data", "form_list", "form_page", "layout_name"]

_LAYOUTS: Final[Mapping[str, Text]] = {
    "sheet": Text(en="sheet", ja="シート"),
    "list": Text(en="list", ja="一覧"),
    "items": Text(en="items", ja="科目の表"),
    "indicators": Text(en="indicators", ja="指標の一覧"),
    "table": Text(en="table", ja="表データ"),
}
_ROUNDINGS: Final[Mapping[str, Text]] = {
    "exact": Text(en="exact", ja="なし"),
    "half_up": Text(en="half up", ja="四捨五入"),
    "nearest": Text(en="to the nearest", ja="最も近い値"),
    "truncate": Text(en="truncated", ja="切捨て"),
    "either": Text(en="half up or truncated", ja="四捨五入または切捨て"),
    "up": Text(en="rounded up", ja="切上げ"),
    "floor": Text(en="rounded down", ja="負の方向へ切捨て"),
}
_REQUIRED: Final[Mapping[str, Text]] = {
    "never": Text(en="", ja=""),
    "always": Text(en="always", ja="常に"),
    "settled years": Text(en="settled", ja="決算の年度"),
    "evaluated year": Text(en="evaluated year", ja="評価する年度"),
    "settled years of continuing projects": Text(
        en="settled, if continuing", ja="継続事業の決算の年度"
    ),
}
_LABELS: Final[Mapping[str, Text]] = {
    "title": Text(en="title", ja="表題"),
    "number": Text(en="number", ja="番号"),
    "book": Text(en="book", ja="冊子"),
    "parent": Text(en="part of", ja="上位の行"),
    "year": Text(en="year", ja="年度"),
    "kind": Text(en="kind", ja="区分"),
    "evaluation": Text(en="heading of the evaluations", ja="評価欄の見出し"),
    "project": Text(en="project", ja="事業"),
    "target": Text(en="target", ja="指標値"),
    "actuals": Text(en="actuals", ja="実績値"),
    "unit": Text(en="unit", ja="単位"),
    "due": Text(en="due", ja="期限"),
}
"""What texts are called that no catalogue of fields names, or that it names otherwise."""
_GROUPS: Final[Mapping[str, Text]] = {
    "funding": Text(en="sources", ja="財源"),
    "negative_allowed": Text(en="may be below zero", ja="負の数でもよいもの"),
}
_ABOVE: Final[Mapping[str, Text]] = {
    "all": Text(en="all rows", ja="すべての行"),
    "above": Text(en="the rows above", ja="その上の行"),
}


def layout_name(form: Form) -> str:
    """How the documents of a form are laid out: ``sheet``, ``list``, ``items``, ``indicators`` or
    ``table``.
    """
    if form.table is not None:
        return "table"
    if form.items is not None:
        return "items"
    if form.listing is not None:
        return "list"
    return "indicators" if form.kpi is not None and not form.fields else "sheet"


def form_list(
    forms: Mapping[str, Form],
    catalogue: Mapping[str, Form],
    sources: Mapping[str, str],
    context: ReportContext,
) -> str:
    """A table of the forms in use, and one of those of the catalogue; ``sources`` name the plugin
    that brought each.
    """
    words = Wording(context.lang, {**forms, **catalogue})
    say = words.say
    lines = [_forms_table(forms, sources, context, words)]
    if catalogue:
        heading = say(
            "Catalogue: forms of layouts that cities publish", "様式例（よくある構成の様式）"
        )
        about = say(
            "They are used where they are named (--form FORM), and never chosen for a document. "
            "'auditor draft-form BOOK --from FORM' writes one with your document's headings.",
            "名前を指定したとき（--form 様式）だけ使われ、自動では選ばれません。"
            "「auditor draft-form 文書 --from 様式」で、文書の見出しに合わせた様式を作れます。",
        )
        lines += entitled(heading, context.color)
        lines += wrap(about, context.width)
        lines += ["", _forms_table(catalogue, sources, context, words)]
    more = say(
        "'auditor forms show FORM' says what a form reads; 'auditor forms check FORM BOOK' tries "
        "one on a document.",
        "「auditor forms show 様式」で様式の内容を、「auditor forms check 様式 文書」で"
        "様式が文書に合うかどうかを確かめられます。",
    )
    return "\n".join([*lines, "", *wrap(more, context.width)]) + "\n"


def _forms_table(
    forms: Mapping[str, Form], sources: Mapping[str, str], context: ReportContext, words: Wording
) -> str:
    say = words.say
    heads = [
        say("form", "様式"),
        say("layout", "構成"),
        say("for", "対象"),
        say("amounts in", "金額の単位"),
        say("from", "提供元"),
        say("title", "名称"),
    ]
    rows = [
        [
            name,
            _LAYOUTS[layout_name(form)].of(words.lang),
            words.meant([form.domain]) if form.domain else "",
            words.unit(form.unit) or say("not known", "不明"),
            PurePath(sources.get(name, "")).name,
            form.title.of(words.lang),
        ]
        for name, form in forms.items()
    ]
    return table(heads, rows, context.width)


def form_data(
    form: Form, source: str = "", file: str = "", *, in_use: bool = True
) -> dict[str, Any]:
    """The content of a form, in the names of its file, with its layout, the plugin that brought it,
    its file, and whether it is in use without being named.
    """
    content = form.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    about = {"layout": layout_name(form), "from": source, "file": file, "in_use": in_use}
    return {**about, **content}


def form_page(form: Form, file: str, context: ReportContext) -> str:
    """What a form reads: its labels, columns and figures, and how each is rounded."""
    return "\n".join(_page(form, file, context, Wording(context.lang, {form.name: form}))) + "\n"


def _page(form: Form, file: str, context: ReportContext, words: Wording) -> Iterator[str]:
    say, width = words.say, context.width
    title = say(f"{form.title.en} ({form.name})", f"{form.title.ja}（{form.name}）")
    yield painted(plain(title), "heading", context.color)
    facts = [
        (say("layout", "構成"), _LAYOUTS[layout_name(form)].of(words.lang)),
        (say("for", "対象"), words.meant([form.domain]) if form.domain else ""),
        (say("amounts in", "金額の単位"), words.unit(form.unit) or say("not known", "不明")),
        (say("units", "単位"), words.listed([words.unit(unit) for unit in form.units])),
        (say("recognised by", "判別に使う語"), words.listed(list(map(_quoted, form.detect)))),
        (say("fiscal year", "年度"), words.year(form.fiscal_year) if form.fiscal_year else ""),
        (say("sums", "合計の扱い"), _sums(form, words)),
        (say("file", "ファイル"), file),
    ]
    for name, value in facts:
        if value:
            yield from wrap(plain(words.labelled(name, value)), width)

    for heading, heads, rows in _tables(form, words):
        if rows:
            yield from entitled(heading, context.color)
            yield table(heads, rows, width)


def _quoted(word: str) -> str:
    return f"「{word}」"


def _sums(form: Form, words: Wording) -> str:
    if form.sums is None:
        return ""
    return words.say(
        form.sums, "端数調整済み" if form.sums == "exact" else "端数処理のため一致しない場合がある"
    )


Section = tuple[str, list[str], list[list[str]]]


def _tables(form: Form, words: Wording) -> Iterator[Section]:
    say = words.say
    label = say("printed as", "見出し")
    heads = [say("offset", "年度"), say("kind", "区分"), label]
    yield say("Columns", "列"), heads, [_column(column, words) for column in form.columns]

    heads = [
        say("name", "名前"),
        label,
        say("unit", "単位"),
        say("rounding", "端数処理"),
        say("required", "必須"),
    ]
    rows = [_field(name, definition, words) for name, definition in form.fields.items()]
    yield say("Figures", "数値の項目"), heads, rows

    heads = [say("text", "項目"), say("name", "名前"), label]
    rows = [_label(name, texts, words) for name, texts in form.labels.items()]
    yield say("Texts", "文字の項目"), heads, rows

    heads = [say("group", "グループ"), say("figures", "項目")]
    rows = [
        [
            _GROUPS[name].of(words.lang) if name in _GROUPS else name,
            words.listed([words.field(part, form=form.name) for part in parts]),
        ]
        for name, parts in form.groups.items()
    ]
    yield say("Groups", "グループ"), heads, rows
    yield from _more_tables(form, words)


def _more_tables(form: Form, words: Wording) -> Iterator[Section]:
    """What not every form has: total rows, evaluations, indicators, rules."""
    say = words.say
    label = say("printed as", "見出し")
    heads = [say("called", "行の名前"), say("totals", "合計するもの")]
    rows = [_total(total, words) for total in form.totals]
    yield say("Total rows", "合計の行"), heads, rows

    heads = [say("printed", "記載"), say("means", "意味")]
    rows = [[plain(word), words.word(meaning)] for word, meaning in form.evaluations.items()]
    yield say("Evaluations", "評価の語"), heads, rows

    if form.kpi is not None:
        heads = [say("column", "列"), say("name", "名前"), label]
        labels = form.kpi.labels.items()
        rows = [_label(name, texts, words) for name, texts in labels]
        yield say("Indicators", "KPI の表"), heads, rows

    heads = [say("code", "規則"), say("formula", "式")]
    rows = [[str(rule.get("code", "")), str(rule.get("formula", ""))] for rule in form.rules]
    yield say("Rules of this form alone", "この様式だけの規則"), heads, rows


def _column(column: Column, words: Wording) -> list[str]:
    return [_offset(column.offset, words), words.word(column.kind), _labels(column.label, words)]


def _offset(offset: int, words: Wording) -> str:
    """How many years a column is from its record: ``-1``, 前年度."""
    en = f"{offset:+d}" if offset else "0"
    near = {-1: "前年度", 0: "当年度", 1: "翌年度"}
    return words.say(en, near.get(offset, f"{abs(offset)}年{'後' if offset > 0 else '前'}"))


def _field(name: str, definition: FieldDefinition, words: Wording) -> list[str]:
    rounding = _ROUNDINGS[definition.rounding].of(words.lang)
    if definition.rounding != "exact":
        step = words.with_unit(f"{definition.step:,f}", definition.unit)
        rounding = words.say(f"{rounding} (to {step})", f"{rounding}（{step}単位）")
    return [
        name,
        _labels(definition.label, words),
        words.unit(definition.unit),
        rounding,
        _REQUIRED[definition.required].of(words.lang),
    ]


def _label(name: str, texts: Sequence[str], words: Wording) -> list[str]:
    text = _LABELS.get(name)
    called = text.of(words.lang) if text else words.field(name)
    return [called, name, _labels(texts, words)]


def _labels(texts: Iterable[str], words: Wording) -> str:
    return words.listed([plain(text) for text in texts])


def _total(total: Total, words: Wording) -> list[str]:
    if isinstance(total.of, str):
        of = _ABOVE[total.of].of(words.lang)
    else:
        names = words.listed([words.field(name) for name in total.of])
        of = words.say(f"rows of the same {names}", f"{names}が同じ行")
    return [_labels(total.words, words), of]
