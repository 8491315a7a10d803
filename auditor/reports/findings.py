"""The parts of a report beside its entries, for every format that people read.

They are the conclusion, what was checked and what was not, and the tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import JudgedKpi, Report
from auditor.records.decimals import number
from auditor.records.model import Document, NotChecked, PartState, UnreadNumber
from auditor.records.severities import SEVERITIES, Severity
from auditor.records.text import Text
from auditor.records.unchecked import number_of
from auditor.reports.entries import apart, counts_of, entries
from auditor.reports.layout import plain
from auditor.reports.wording import Wording
from auditor.rules.findings import OUTCOMES
from auditor.rules.ruleset import PUBLICATION_FAMILY

if TYPE_CHECKING:
    from auditor.auditing.totals import BookTotals
    from auditor.auditing.uncertain import UncertainFigure

__all__ = [
    "Table",
    "checked_range",
    "conclusion",
    "documents_table",
    "form_title",
    "forms_of",
    "kpi_table",
    "left_out",
    "missed",
    "narrowed",
    "notes",
    "nothing_found",
    "outcome_table",
    "outcomes_heading",
    "parts_listed",
    "publication_note",
    "questions_count",
    "rules_left_out",
    "settled",
    "statistics_table",
    "totals_note",
    "totals_table",
    "unchecked",
    "unlisted",
    "unread_table",
    "unread_text",
    "unsure_table",
    "wording_of",
]

_DOCUMENTS: Final = 200
_OF_DEPARTMENTS: Final = Text(en="of these departments", ja="この所管課・室の")

Table = tuple[list[str], list[list[str]], str]
"""Headers, rows, and the alignment of each column (``l`` or ``r``)."""


def wording_of(report: Report, context: ReportContext) -> Wording:
    """The words of the context's language; labels come from the form of each document."""
    return Wording(
        context.lang,
        context.forms,
        {document.path: document.form for document in report.every_document},
        pages=context.pages,
    )


def missed(reason: NotChecked, words: Wording) -> str:
    """One thing that was not checked, and why."""
    parts = [
        words.document(reason.document) if reason.document else "",
        words.sheet(reason.sheet, document=reason.document or "")
        if reason.sheet is not None
        else "",
    ]
    if reason.rule:
        parts.append(words.say(f"rule {plain(reason.rule)}", f"規則{plain(reason.rule)}"))
    where = words.listed([part for part in parts if part])
    why = plain(reason.why.of(words.lang))
    return words.labelled(where, why) if where else why


def conclusion(report: Report, words: Wording, narrowed: bool = False) -> str:
    """The outcome in one sentence or two, of some departments where the report is narrowed to
    them.
    """
    if not sum(report.by_severity.values()):
        return nothing_found(report, words, _OF_DEPARTMENTS if narrowed else None)
    return (
        _total(report, words, narrowed=narrowed)
        + questions_count(report, words)
        + _known(report, words)
        + _waived(report, words)
        + _missing(report, words)
    )


def nothing_found(report: Report, words: Wording, about: Text | None = None) -> str:
    """The outcome where nothing was found. ``about`` names the part of the audit that the report is
    narrowed to, whose judgements are not counted apart.

    It says in which range nothing was found, and what was not checked: a report never approves of
    a document.
    """
    if not report.documents or not _judgements(report):
        text = words.say("Nothing was checked.", "点検できたものはありません。")
        return text + questions_count(report, words) + _missing(report, words)
    waived = len(report.waived)
    but = f" but {waived:,} that {'is' if waived == 1 else 'are'} accepted" if waived else ""
    but_ja = f"確認済み（訂正不要）の{waived:,}件のほかに" if waived else ""
    scope = checked_range(report, words, narrowed=about is not None)
    if about is None:
        text = words.say(
            f"No findings in what was checked ({scope}){but}.",
            f"点検した範囲では{but_ja}不一致は見つかりませんでした（{scope}）。",
        )
    else:
        text = words.say(
            f"No findings {about.en} in what was checked ({scope}){but}.",
            f"点検した範囲では、{but_ja}{about.ja}不一致は見つかりませんでした（{scope}）。",
        )
    text += questions_count(report, words) + _known(report, words)
    if kinds := unchecked(report, words):
        listed = words.listed(kinds)
        return text + words.say(f" Not checked: {listed}.", f"点検していないもの：{listed}。")
    if _undecided(report):
        return text
    return text + words.say(" Nothing was left unchecked.", "点検できなかったものはありません。")


def questions_count(report: Report, words: Wording) -> str:
    """How many places somebody may ask about, as a sentence behind another one; empty where there
    are none.
    """
    count = report.questions
    if not count:
        return ""
    return words.say(
        f" {words.count(count, 'place')} that may be asked about (no "
        f"{'error' if count == 1 else 'errors'}).",
        f"説明を求められそうな箇所は{count:,}件です（誤りではありません）。",
    )


def _known(report: Report, words: Wording) -> str:
    """How many findings the baseline has, and what of it is gone; empty without one."""
    if report.baseline is None:
        return ""
    unchanged, new = len(report.baseline.unchanged), sum(report.new_counts.values())
    fixed = sum(report.baseline.fixed.values())
    return words.say(
        f" Against the baseline: {words.count(new, 'new finding')}, {unchanged:,} known; "
        f"{words.count(fixed, 'earlier entry', nouns='earlier entries')} gone.",
        f"基準の結果との比較：新規の指摘{new:,}件、既知の指摘{unchanged:,}件、"
        f"なくなった箇所{fixed:,}件。",
    )


def _waived(report: Report, words: Wording) -> str:
    count = len(report.waived)
    if not count:
        return ""
    return words.say(
        f" {words.count(count, 'other finding')} {'is' if count == 1 else 'are'} accepted.",
        f"ほかに確認済み（訂正不要）が{count:,}件あります。",
    )


def _missing(report: Report, words: Wording) -> str:
    count = number_of(report.not_checked)
    if not count:
        return ""
    return words.say(
        f" {words.count(count, 'item')} could not be checked.",
        f"点検できなかったものが{count:,}件あります。",
    )


def forms_of(documents: Iterable[Document]) -> list[str]:
    """The names of the forms of some documents, each once."""
    return list(dict.fromkeys(document.form for document in documents))


def checked_range(report: Report, words: Wording, *, narrowed: bool = False) -> str:
    """What was checked, in numbers: documents, sheets, KPIs, judgements and how many of these
    could not be made. The judgements of a narrowed report are those of the whole audit.
    """
    sheets = sum(document.sheets for document in report.documents)
    kpis = sum(document.kpis for document in report.documents)
    judged, undecided = _judgements(report), _undecided(report)
    documents = len(report.documents)
    parts = [words.say(words.count(documents, "document"), f"文書{documents:,}件")]
    if sheets:
        parts.append(words.row_count(sheets, forms_of(report.documents)))
    if kpis:
        parts.append(words.say(words.count(kpis, "KPI"), f"KPI{kpis:,}件"))
    judgements = words.say(words.count(judged, "judgement"), f"判定{judged:,}件")
    if narrowed:
        judgements = words.say(f"{judgements} of the whole audit", f"点検全体の{judgements}")
    parts.append(judgements)
    parts.append(words.say(f"{undecided:,} of them undecided", f"うち判定不能{undecided:,}件"))
    return words.listed(parts)


def unchecked(report: Report, words: Wording) -> list[str]:
    """What an audit did not check, counted by kind; empty where it checked all that it read."""
    counts = (
        (number_of(report.not_checked), ("item", "items"), "点検できなかったもの"),
        (
            sum(len(document.unread) for document in report.documents),
            ("unread number", "unread numbers"),
            "読み取れなかった数値",
        ),
        (
            sum(len(document.parts) for document in report.documents),
            ("page or worksheet", "pages or worksheets"),
            "対象外のページ・ワークシート",
        ),
        (len(report.left_out), ("rule", "rules"), "点検から除いた規則"),
    )
    return [
        words.say(words.count(count, noun, nouns=nouns), f"{ja}{count:,}件")
        for count, (noun, nouns), ja in counts
        if count
    ]


def _judgements(report: Report) -> int:
    return sum(
        sum(counts.values()) - counts.get("not_applicable", 0)
        for counts in report.outcomes.values()
    )


def _undecided(report: Report) -> int:
    return sum(counts.get("unknown", 0) for counts in report.outcomes.values())


def _total(report: Report, words: Wording, *, narrowed: bool) -> str:
    """How many entries there are and, where they are fewer, how many findings they stand for."""
    total, items = sum(report.by_severity.values()), apart(entries(report)).findings
    grouped = not report.unlisted and len(items) < total
    counts: Mapping[Severity, int] = counts_of(items) if grouped else report.by_severity
    # A note needs no answer, so it does not count among the entries that do.
    listed = SEVERITIES[: SEVERITIES.index("note")] if grouped else SEVERITIES
    shares = [(severity, count) for severity in listed if (count := counts.get(severity))]
    detail = words.listed(
        [words.say(f"{words.word(s)} {n:,}", f"{words.word(s)}{n:,}件") for s, n in shares]
    )
    all_findings = words.count(total, "finding")
    of = words.say(f" {_OF_DEPARTMENTS.en}", _OF_DEPARTMENTS.ja) if narrowed else ""
    if not grouped:
        return words.say(
            f"{all_findings}{of} ({detail}).", f"{of}指摘が{total:,}件あります（{detail}）。"
        )
    notes = counts.get("note", 0)
    needed = len(items) - notes
    en, ja = words.count(needed, "entry", nouns="entries"), f"{needed:,}件"
    notes_en, notes_ja = words.count(notes, "note"), f"参考が{notes:,}件"
    if not notes:
        return words.say(
            f"{en}{of} ({detail}), {all_findings} in all.",
            f"{of}訂正または確認が必要な箇所が{ja}あります（{detail}。指摘は{total:,}件）。",
        )
    if not needed:
        return words.say(
            f"{notes_en}{of}, {all_findings} in all.",
            f"{of}{notes_ja}あります（指摘は{total:,}件）。",
        )
    return words.say(
        f"{en}{of} ({detail}) and {notes_en}, {all_findings} in all.",
        f"{of}訂正または確認が必要な箇所が{ja}（{detail}）、{notes_ja}あります"
        f"（指摘は{total:,}件）。",
    )


def narrowed(context: ReportContext, words: Wording) -> str:
    """What a narrowing to departments left out; empty without one."""
    if not context.departments:
        return ""
    names = words.listed([plain(name) for name in context.departments])
    others = words.count(context.hidden, "other finding")
    return words.say(
        f"Only findings of: {names}. {others} not shown.",
        f"所管課・室が「{names}」の指摘だけを表示しています。"
        f"ほかの所管課・室の指摘（{context.hidden:,}件）は表示していません。",
    )


def unlisted(report: Report, words: Wording) -> str:
    """How many findings a report lists of all, and how to get the others; empty where it lists
    all.
    """
    if not report.unlisted:
        return ""
    listed, total = len(report.findings), len(report.findings) + report.unlisted
    verb = "is" if listed == 1 else "are"
    return words.say(
        f"{listed:,} of {words.count(total, 'finding')} {verb} listed. "
        "--max-findings lists more, --findings FILE writes all of them as rows; "
        "the counts are of all findings.",
        f"指摘{total:,}件のうち{listed:,}件を掲載しています。--max-findings で掲載数を増やすか、"
        "--findings で全件をファイルに書き出せます。件数はすべて全件のものです。",
    )


def documents_table(report: Report, words: Wording) -> Table:
    """The documents with how much each holds: the first 200, and the others together."""
    say = words.say
    heads = [
        say("document", "文書"),
        say("form", "様式"),
        say("fiscal year", "年度"),
        words.rows_name(forms_of(report.documents)),
        "KPI",
        say("figures", "数値"),
        say("unread", "未読"),
    ]
    listed, more = report.documents[:_DOCUMENTS], report.documents[_DOCUMENTS:]
    rows = [
        [
            words.document(d.path),
            form_title(d.form, words),
            words.year(d.fiscal_year),
            f"{d.sheets:,}",
            f"{d.kpis:,}",
            "" if d.figures is None else f"{d.figures:,}",
            f"{len(d.unread):,}",
        ]
        for d in listed
    ]
    if more:  # a country's tables are of thousands of documents
        counts = (
            sum(document.sheets for document in more),
            sum(document.kpis for document in more),
            sum(document.figures or 0 for document in more),
            sum(len(document.unread) for document in more),
        )
        name = say(f"({len(more):,} more)", f"（ほか{len(more):,}件）")
        rows.append([name, "", "", *(f"{count:,}" for count in counts)])
    return heads, rows, "lllrrrr"


def unread_text(number: UnreadNumber) -> str:
    """A number that was not read, as it is printed."""
    return plain(number.printed)


def unread_table(documents: Iterable[Document], words: Wording) -> Table:
    """The numbers that are visible and were not read, those of pages and worksheets without a
    sheet last; without rows where there are none.
    """
    say = words.say
    documents = list(documents)
    heads = [
        say("document", "文書"),
        words.row_name(forms_of(documents)),
        say("printed", "記載"),
        say("place", "場所"),
    ]
    rows: list[list[str]] = []
    for document in documents:
        for unread in chain(document.unread, *(part.unread for part in document.parts)):
            sheet = ""
            if unread.sheet is not None:
                sheet = words.sheet(unread.sheet, document=document.path)
            place = words.place(unread.place)
            rows.append([words.document(document.path), sheet, unread_text(unread), place])
    return heads, rows, "llrl"


def parts_listed(documents: Iterable[Document], words: Wording) -> list[str]:
    """The pages and worksheets that needed no audit: those of a document for one reason in one
    line, with how many numbers stand there.
    """
    lines: dict[tuple[str, PartState, str], list[str]] = {}
    numbers: Counter[tuple[str, PartState, str]] = Counter()
    for document in documents:
        for part in document.parts:
            key = (document.path, part.state, part.why.of(words.lang))
            lines.setdefault(key, []).append(words.place(part.place))
            numbers[key] += len(part.unread)
    listed: list[str] = []
    for key, places in lines.items():
        path, of_part, why = key
        count, state = numbers[key], words.word(of_part)
        name = words.document(path)
        if words.lang == "en":
            more = f"; {count:,} numbers stand there" if count else ""
            listed.append(f"{name}: {state}: {words.listed(places)}: {plain(why)}{more}")
        else:
            more = f"。数値{count:,}件" if count else ""
            listed.append(f"{name}　{state}：{words.listed(places)}（{plain(why)}{more}）")
    return listed


def form_title(name: str, words: Wording) -> str:
    """What a form is called; its name where the form is not there."""
    form = words.forms.get(name)
    return plain(form.title.of(words.lang) if form else name)


def outcomes_heading(context: ReportContext, words: Wording) -> str:
    """What stands over the table of outcomes, which is of the whole audit also where a report is
    narrowed to departments.
    """
    if context.departments:
        return words.say(
            "Judgements of the whole audit by outcome:", "点検全体の判定の内訳（件数）"
        )
    return words.say("Judgements by outcome:", "判定の内訳（件数）")


def outcome_table(report: Report, words: Wording) -> Table:
    """How many judgements came out how, over all rules."""
    counts = [sum(by.get(outcome, 0) for by in report.outcomes.values()) for outcome in OUTCOMES]
    return (
        [words.word(outcome) for outcome in OUTCOMES],
        [[f"{count:,}" for count in counts]],
        "rrrrrr",
    )


def left_out(report: Report, context: ReportContext, words: Wording) -> str:
    """The line of the rules that a selection left out; empty for none."""
    names = rules_left_out(report, context, words)
    label = words.say("Rules left out", "点検から除いた規則")
    return words.labelled(label, names) if names else ""


def notes(report: Report, context: ReportContext, words: Wording) -> list[str]:
    """How the audit was made: what was settled, and how its tables were judged."""
    return [
        *settled(report, context, words),
        *_prose_unread(report, words),
        *_judged_by_row(report, words),
    ]


def _prose_unread(report: Report, words: Wording) -> list[str]:
    """That sentences of tables were not read, and what reads them; nothing where they were."""
    if not report.prose_unread:
        return []
    codes = words.listed([plain(code) for code in report.prose_unread])
    label = words.say("Sentences", "文章の点検")
    note = words.say(
        f"not read (rules {codes}); --narrative reads those of tables",
        f"していません（規則 {codes}）。表の文章は --narrative を付けると点検します",
    )
    return [words.labelled(label, note)]


def _judged_by_row(report: Report, words: Wording) -> list[str]:
    """The rows of tables that were judged one by one, and why; none without them."""
    lines: list[str] = []
    for item in report.judged_by_row:
        names = [plain(name) for name in item.books]
        if item.more:
            names.append(words.say(f"{item.more:,} more", f"ほか{item.more:,}冊"))
        books, codes = words.listed(names), words.listed([plain(code) for code in item.rules])
        rows = words.count(item.rows, "row", "行")
        if codes:
            where = words.say(f"{rows}, by {codes}", f"{rows}（規則 {codes}）")
        else:
            where = words.say(f"{rows} of the books {books}", f"冊子 {books} の{rows}")
        label = words.say("Judged row by row", "1行ずつ判定したもの")
        why = words.say(f"; {item.why.en}", f"。{item.why.ja}")
        lines.append(words.labelled(label, f"{where}{why}"))
    return lines


def rules_left_out(report: Report, context: ReportContext, words: Wording) -> str:
    """The rules that a selection left out, whole families by their letters; empty for none."""
    families = {_family(rule.code) for rule in context.rules}
    names = [code if (family := _family(code)) in families else family for code in report.left_out]
    return words.listed([plain(name) for name in dict.fromkeys(names)])


def settled(report: Report, context: ReportContext, words: Wording) -> list[str]:
    """What the settled figures are, the settings file that was used, and the severities that it
    changed; none without them.
    """
    lines: list[str] = []
    if context.occasion is not None and context.occasion.figures:
        label = words.say("Settled figures", "決算額の区分")
        lines.append(words.labelled(label, words.word(f"figures.{context.occasion.figures}")))
    if context.occasion is not None and context.occasion.settings_file:
        label = words.say("Settings file", "設定ファイル")
        lines.append(words.labelled(label, plain(context.occasion.settings_file)))
    changes: list[str] = []
    for code, severity in report.severities.items():
        rule = context.rules.get(code)
        usual = rule.file.severity if rule is not None else severity
        # A rule that states several severities may be given its usual one for all findings.
        names = dict.fromkeys((words.word(usual), words.word(severity)))
        changes.append(f"{plain(code)} {' → '.join(names)}")
    if changes:
        label = words.say("Severities changed", "重要度を変更した規則")
        lines.append(words.labelled(label, words.listed(changes)))
    return lines


def publication_note(report: Report, words: Wording) -> str:
    """What the findings on files before publication are; empty where no file was looked at so."""
    if not any(code.startswith(PUBLICATION_FAMILY) for code in report.outcomes):
        return ""
    return words.say(
        "The files were also looked through for what they would give away if they were published "
        f"(rules {PUBLICATION_FAMILY}). These findings are notes for your information: no answer "
        "is needed, and they are no judgement of whether a file may be published.",
        "ファイルをそのまま公開すると読み取られるものも確認しました"
        f"（規則 {PUBLICATION_FAMILY}）。参考であり、回答は不要です。"
        "公開の可否を判断するものではありません。",
    )


def _family(code: str) -> str:
    return code.rstrip("0123456789")


def statistics_table(report: Report, context: ReportContext, words: Wording) -> Table:
    """Outcomes and findings of every rule, and of how many entries its finding is the main one;
    the entries are counted where the report lists all.
    """
    counts_entries = not report.unlisted
    mains = Counter(entry.main.rule for entry in entries(report))
    heads = [
        words.say("rule", "規則"),
        *([words.say("entries", "箇所")] if counts_entries else []),
        words.say("findings", "指摘"),
        *(words.word(outcome) for outcome in OUTCOMES),
    ]
    heads.append(words.say("title", "内容"))
    rows: list[list[str]] = []
    for code, counts in report.outcomes.items():
        rule = context.rules.get(code)
        findings = report.rule_counts.get(code, 0)
        title = plain(rule.file.title.of(words.lang)) if rule else ""
        rows.append(
            [
                plain(code),
                *([f"{mains[code]:,}"] if counts_entries else []),
                f"{findings:,}",
                *(f"{counts.get(outcome, 0):,}" for outcome in OUTCOMES),
                title,
            ]
        )
    return heads, rows, "l" + "r" * (len(heads) - 2) + "l"


def kpi_table(kpis: Sequence[JudgedKpi], words: Wording) -> Table:
    """The achievement derived for every KPI."""
    say = words.say
    heads = [
        "KPI",
        say("indicator", "指標"),
        say("target", "指標値"),
        say("actual", "実績値"),
        say("unit", "単位"),
        say("due", "期限"),
    ]
    heads += [say("rate", "達成率"), say("outcome", "判定"), say("better", "良い方向")]
    rows: list[list[str]] = []
    for kpi in kpis:
        judged = kpi.achievement
        actual = words.figure(judged.actual) if judged.actual else ""
        unit = words.unit(kpi.unit)
        direction = words.direction(judged.direction, judged.direction_source)
        rate = (
            f"{judged.rate:,f}%"
            if judged.rate is not None
            and judged.rate.is_finite()
            and abs(judged.rate.adjusted()) < 40
            else ""
        )
        due = words.year(judged.year) if judged.year is not None else ""
        rows.append(
            [
                str(kpi.number),
                plain(kpi.name),
                plain(kpi.target),
                actual,
                unit,
                due,
                rate,
                words.word(judged.outcome),
                direction,
            ]
        )
    return heads, rows, "rlrrllrll"


def totals_table(total: BookTotals, words: Wording) -> Table:
    """The totals of one book or department: a row for each field, a column for each year; blanks
    and texts counted beside.
    """
    columns = list(dict.fromkeys((item.year, item.kind) for item in total.totals))
    fields = list(dict.fromkeys((item.field, item.unit) for item in total.totals))
    by_place = {(item.field, item.unit, item.year, item.kind): item for item in total.totals}
    rows: list[list[str]] = []
    for name, unit in fields:
        places = ((name, unit, year, kind) for year, kind in columns)
        cells = [cell for place in places if (cell := by_place.get(place))]
        values = {(cell.year, cell.kind): number(cell.value) for cell in cells if cell.summed}
        notes = [_left_out(cell.year, cell.blank, cell.text, words) for cell in cells]
        label = words.field(name, form=total.form) + (
            words.say(f" ({word})", f"（{word}）") if (word := words.unit(unit)) else ""
        )
        rows.append(
            [
                label,
                *(values.get(column, "") for column in columns),
                words.listed([note for note in notes if note]),
            ]
        )
    heads = [
        words.say("field", "項目"),
        *(words.year(year, kind) for year, kind in columns),
        words.say("not summed", "合計に含まないセル"),
    ]
    return heads, rows, "l" + "r" * len(columns) + "l"


def totals_note(words: Wording) -> str:
    """What totals are sums of."""
    return words.say(
        "Sums of the printed figures in the printed unit. Blanks and dashes count as nothing; "
        "cells with other text are left out.",
        "記載された数値を、記載の単位のまま合計したものです。空欄と「-」は0として扱い、"
        "数値以外の文字のセルは合計に含めていません。",
    )


def _left_out(year: str, blank: int, text: int, words: Wording) -> str:
    parts = [words.say(f"{blank} blank", f"空欄{blank}")] if blank else []
    parts += [words.say(f"{text} text", f"文字{text}")] if text else []
    return (
        words.labelled(words.short_year(year), words.say(" + ", "・").join(parts)) if parts else ""
    )


def unsure_table(figures: Sequence[UncertainFigure], words: Wording) -> Table:
    """The figures whose column only arithmetic or the form's usual place gave; the document is
    named where there are several.
    """
    say = words.say
    heads = [
        words.row_name(words.form_of.get(figure.document, "") for figure in figures),
        say("field", "項目"),
        say("column", "年度"),
        say("printed", "記載"),
        say("placed by", "列の根拠"),
    ]
    heads.append(say("place", "場所"))
    several = len({figure.document for figure in figures}) > 1
    rows = [
        [
            words.listed([words.document(f.document), words.sheet(f.sheet, f.name, f.document)])
            if several
            else words.sheet(f.sheet, f.name, f.document),
            words.field(f.field, f.document),
            words.year(f.year),
            words.with_unit(f.printed, f.unit),
            words.word(f.placed_by),
            words.place(f.place),
        ]
        for f in figures
    ]
    return heads, rows, "lllrll"
