"""What was read of the documents, for people: sheets with their figures, evaluations, KPIs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from auditor.auditing.formats import ReportContext
from auditor.auditing.totals import figures_of
from auditor.records.figures import Figure
from auditor.records.model import Book, Document, NotChecked, Remark, Sheet
from auditor.reports.findings import missed, parts_listed
from auditor.reports.layout import cut, entitled, hanging, painted, plain, table, wrap
from auditor.reports.terminal import unread_text, unsure_text
from auditor.reports.wording import Wording
from auditor.rules.kpi import achievement

__all__ = ["reading_text"]


def reading_text(not_checked: Iterable[NotChecked], context: ReportContext) -> str:
    """The records of ``context.books``, the figures whose column was not sure, and what could not
    be read.
    """
    documents = chain.from_iterable(book.documents for book in context.books)
    form_of = {document.path: document.form for document in documents}
    words = Wording(context.lang, context.forms, form_of)
    return "\n".join(_lines(tuple(not_checked), context, words)) + "\n"


def _lines(
    not_checked: tuple[NotChecked, ...], context: ReportContext, words: Wording
) -> Iterator[str]:
    say = words.say
    yield painted(say("What was read", "読み取り結果"), "heading", context.color)
    for book in context.books:
        for document in book.documents:
            yield from _document(document, book, context, words)
    if not context.books:
        yield say("No records were read.", "読み取れた記録はありません。")
    if any(book.sheets for book in context.books):
        yield from unsure_text(context, words)
    documents = [*chain.from_iterable(book.documents for book in context.books)]
    if "unread" in context.sections:
        yield from unread_text(documents, context, words)
    unread = [*not_checked, *chain.from_iterable(document.not_checked for document in documents)]
    if unread:
        yield from entitled(say("What could not be read", "読み取れなかったもの"), context.color)
    for reason in unread:
        yield from hanging("- ", cut(missed(reason, words), 600), context.width)


def _document(
    document: Document, book: Book, context: ReportContext, words: Wording
) -> Iterator[str]:
    form = context.forms.get(book.form)
    parts = [
        document.path,
        form.title.of(words.lang) if form else book.form,
        words.year(book.fiscal_year),
        words.row_count(document.sheets, [document.form]),
        words.say(words.count(document.kpis, "KPI"), f"KPI {document.kpis:,}件"),
        *_figures_read(document, words),
        words.say(f"{len(document.unread):,} unread", f"未読 {len(document.unread):,}件"),
    ]
    yield from entitled(words.listed([cut(part) for part in parts]), context.color)
    for sheet in book.sheets:
        if sheet.document == document.path:
            yield from _sheet(sheet, context, words)
    yield from _kpis(book, document.path, context, words)
    for part in parts_listed([document], words):
        yield from hanging("- ", cut(part, 400), context.width)
    for remark in document.remarks:
        yield from _remark(remark, document, context, words)


def _figures_read(document: Document, words: Wording) -> Iterator[str]:
    if document.figures is not None:
        count = f"{document.figures:,}"
        yield words.say(f"{count} figures read", f"読み取った数値 {count}件")


def _remark(
    remark: Remark, document: Document, context: ReportContext, words: Wording
) -> Iterator[str]:
    """A reading issue: where, which rule reports it, and what is printed there."""
    sheet = words.sheet(remark.sheet, document=document.path) if remark.sheet is not None else ""
    lead = words.listed([part for part in (sheet, words.place(remark.place)) if part])
    rule = context.rules.get(remark.rule)
    title = rule.file.title.of(words.lang) if rule else remark.rule
    detail = remark.detail.of(words.lang) if remark.detail else remark.printed
    text = words.labelled(f"{remark.rule} {title}", detail)
    yield from wrap(f"! {cut(words.labelled(lead, text) if lead else text, 400)}", context.width)


def _without_value(figure: Figure, words: Wording) -> str:
    """What is said of a figure that prints nothing, or of whose print a table keeps nothing."""
    if figure.state == "text":
        return words.say("(a text)", "（文字）")
    if figure.state == "unread":
        return words.say("(not read)", "（読み取れず）")
    return words.say("(blank)", "（空欄）")


def _sheet(sheet: Sheet, context: ReportContext, words: Wording) -> Iterator[str]:
    say = words.say
    yield ""
    stages = say(", ", "・").join(plain(stage) for stage in sheet.budget_stages)
    named = words.sheet(sheet.number, sheet.name, sheet.document, sheet.identifier)
    title = named + (say(f" <{stages}>", f"〈{stages}〉") if stages else "")
    yield from (
        painted(line, "heading", context.color)
        for line in wrap(f"{cut(title)}  {words.place(sheet.place)}".rstrip(), context.width)
    )
    facts = [(words.field("department", sheet.document), sheet.department)]
    form = context.forms.get(words.form_of.get(sheet.document, ""))
    if form is None or form.table is None:  # no column of a described table has a state
        state = words.word(sheet.status) if sheet.status else say("unknown", "不明")
        facts.append((say("state", "区分"), state))
    for name, figure in sheet.figure_items():
        unit = figure.unit if figure.value is not None else ""
        value = words.with_unit(words.figure(figure), unit) or _without_value(figure, words)
        facts.append((words.field(name, sheet.document), value))
    for key, evaluation in sheet.evaluations.items():
        label = say(f"evaluation of {words.year(key)}", f"{words.year(key)}の評価")
        facts.append((label, evaluation.result or evaluation.reason or say("(blank)", "（空欄）")))
    text = say("; ", "　").join(
        words.labelled(label, cut(value, 120)) for label, value in facts if value
    )
    yield from wrap(text, context.width)
    columns = list(sheet.years.items())
    fields: dict[str, dict[str, str]] = {}
    units: dict[str, str] = {}
    for name, key, _, figure in figures_of(sheet):
        fields.setdefault(name, {})[key] = words.figure(figure)
        units.setdefault(name, words.unit(figure.unit))
    if fields:
        heads = [
            words.say("field", "項目"),
            words.say("unit", "単位"),
            *(words.year(key, year.kind) for key, year in columns),
        ]
        absent = words.figure(None)
        rows = [
            [
                words.field(name, sheet.document),
                units[name],
                *(cells.get(key, absent) for key, _ in columns),
            ]
            for name, cells in fields.items()
        ]
        yield table(heads, rows, context.width, "ll" + "r" * len(columns))


def _kpis(book: Book, path: str, context: ReportContext, words: Wording) -> Iterator[str]:
    kpis = [kpi for kpi in book.kpis if kpi.document == path]
    if not kpis:
        return
    say = words.say
    years = sorted(set(chain.from_iterable(kpi.actuals for kpi in kpis)))
    heads = [
        "KPI",
        say("indicator", "指標"),
        say("target", "指標値"),
        say("unit", "単位"),
        say("due", "年月"),
    ]
    heads += [*(words.short_year(year) for year in years), say("better", "良い方向")]
    for project, group in groupby(kpis, key=lambda kpi: (kpi.project, kpi.grant_type)):
        rows: list[list[str]] = []
        for kpi in group:
            judged = achievement(kpi)
            actuals = [words.figure(kpi.actuals.get(year)) for year in years]
            direction = words.direction(judged.direction, judged.direction_source)
            rows.append(
                [
                    str(kpi.number),
                    kpi.name,
                    words.figure(kpi.target),
                    words.unit(kpi.unit),
                    words.month(kpi.due),
                    *actuals,
                    direction,
                ]
            )
        yield ""
        title = project[0] + (say(f" [{project[1]}]", f"［{project[1]}］") if project[1] else "")
        yield from (
            painted(line, "heading", context.color) for line in wrap(cut(title), context.width)
        )
        yield table(heads, rows, context.width, "rlrll" + "r" * len(years) + "l")
