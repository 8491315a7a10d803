"""What the rows of the workbooks say: a row for each cause, with figures as numbers.

Nothing here knows of cells or styles. Texts of documents are made harmless.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Final, NamedTuple

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.rounds import Change
from auditor.auditing.totals import BookTotals, totals
from auditor.records.figures import Place
from auditor.records.model import Book
from auditor.records.severities import CountedAs, Severity
from auditor.reports.document_names import words_with_names
from auditor.reports.entries import (
    LABELS,
    Entry,
    certainty,
    computed_for,
    place_of,
    printed_in,
    proposed,
    suspect_name,
    texts_of,
)
from auditor.reports.findings import form_title, totals_table
from auditor.reports.layout import plain
from auditor.reports.overview import numbered
from auditor.reports.wording import YEARS, Wording
from auditor.rules.findings import Finding, key_of
from auditor.rules.suspects import SuspectCell

__all__ = [
    "CauseRow",
    "TotalsRow",
    "TotalsSection",
    "Value",
    "audit_key",
    "cause_rows",
    "totals_sections",
]

Value = Decimal | str
"""A figure, which stays a number, or words."""

_BETWEEN: Final = ", "
"""What stands between the documents of a finding about a whole book."""
_CELLS: Final = 8
"""How many cells of one suspect a row names."""


class CauseRow(NamedTuple):
    """What a row says of a cause.

    ``number`` is that of ``overview.numbered``, the same in all that is handed round. ``change``
    is what became of the cause since the earlier round, empty without one. ``counted_as`` is its
    severity, or a question. ``document`` and
    ``place`` are shown; ``source`` and ``at`` are where they lead: a document's path, and the
    place in it where that is known. ``actual`` is what is printed, ``expected`` what the sums
    give; ``unit`` is that of both where they are figures.
    """

    number: int
    id: str
    severity: Severity
    counted_as: CountedAs
    change: str
    department: str
    document: str
    owner: str
    subject: str
    place: str
    actual: Value
    expected: Value
    unit: str
    message: str
    candidates: str
    certainty: str
    action: str
    following: str
    rule: str
    source: str
    at: Place | None


def cause_rows(
    report: Report, context: ReportContext, department: str | None = None
) -> list[CauseRow]:
    """The rows of a department, or of all for None, by their numbers."""
    words = words_with_names(report, context)
    names = _short_names(report, words)
    changes: Mapping[str, Change] = {}
    if context.since is not None:
        changes = context.since.changes
    groups = numbered(report, context)
    chosen = groups.values() if department is None else [groups.get(department, [])]
    rows: list[CauseRow] = []
    for number, entry in sorted(chain.from_iterable(chosen), key=itemgetter(0)):
        change = changes.get(entry.cause.id)
        row = _row(number, entry, words.word(change) if change else "", names, words)
        rows.append(row)
    return rows


def audit_key(report: Report) -> str:
    """A key of an audit's causes: workbooks of one audit have it in common."""
    return key_of(sorted(cause.id for cause in report.causes))


def _short_names(report: Report, words: Wording) -> dict[str, str]:
    """What rows call the documents: their names alone, or with their folders where two have one
    name.
    """
    names = {document.path: words.document(document.path) for document in report.documents}
    counts = Counter(name.rpartition("/")[2] for name in names.values())
    short = {path: name.rpartition("/")[2] for path, name in names.items()}
    return {path: name if counts[name] == 1 else names[path] for path, name in short.items()}


def _row(number: int, entry: Entry, change: str, names: dict[str, str], words: Wording) -> CauseRow:
    finding, cause = entry.main, entry.cause
    source, at = _lead(entry)
    actual, expected, unit = _values(entry, words)
    texts = dict.fromkeys(LABELS, "") | texts_of(entry, words)
    return CauseRow(
        number=number,
        id=plain(cause.id),
        severity=entry.severity,
        counted_as=entry.counted_as,
        change=change,
        department=finding.department,
        document=_document(finding.document, names, words),
        owner=_owner(finding, at, words),
        subject=_subject(entry, words),
        place=words.place(at.model_copy(update={"sheet": None})) if at is not None else "",
        actual=actual,
        expected=expected,
        unit=words.unit(unit),
        message=_message(finding, texts, words),
        candidates=_candidates(texts, words),
        certainty=certainty(entry, words),
        action=texts["action"],
        following=_following(entry, words),
        rule=plain(finding.rule),
        source=source,
        at=at,
    )


def _lead(entry: Entry) -> tuple[str, Place | None]:
    """The document and the place that a row leads to: the suspected cell's, else the first that is
    known.
    """
    suspected = [cell for part in proposed(entry) if (cell := place_of(part, entry))]
    for cell in chain(suspected, entry.main.cells):
        if cell.place is not None:
            return cell.document, cell.place
    return entry.cause.document, None


def _document(path: str, names: dict[str, str], words: Wording) -> str:
    if path in names:
        return names[path]
    parts = path.split(_BETWEEN)
    return words.document(_BETWEEN.join(names.get(part, part) for part in parts))


def _owner(finding: Finding, at: Place | None, words: Wording) -> str:
    """The sheet or KPI. A worksheet whose name says more than the project's stands for it, as it
    tells sheets of several budget stages apart; one that says something else stands below it.
    """
    sheet, kpi = finding.sheet, finding.kpi
    worksheet = at.sheet or "" if at is not None else ""
    if sheet is not None:
        says_more = bool(sheet.name) and sheet.name in worksheet
        name = worksheet if says_more else sheet.name
        lines = [words.sheet(sheet.number, name, finding.document, sheet.identifier)]
    elif kpi is not None:
        name = kpi.name
        lines = [plain(kpi.project), words.kpi(kpi.number, kpi.name)]
    else:
        name, lines = "", [words.say("whole book", "冊子全体")]
    if worksheet not in ("", name):
        lines.append(words.say(f"[{plain(worksheet)}]", f"［{plain(worksheet)}］"))
    return "\n".join(line for line in lines if line)


def _subject(entry: Entry, words: Wording) -> str:
    """The fields that may be wrong, else the first that is compared, and the year."""
    finding = entry.main
    cells = proposed(entry)
    if cells:
        names = _some([suspect_name(cell, entry, words) for cell in cells], words)
    else:
        names = [words.field(cell.field, cell.document) for cell in finding.cells[:1]]
    year = [words.year(finding.year)] if finding.year else []
    return "\n".join(text for text in (*names, *year) if text)


def _some(texts: Sequence[str], words: Wording) -> list[str]:
    """The first texts, and how many more there are."""
    rest = len(texts) - _CELLS
    more = [words.say(f"{rest:,} more", f"ほか{rest:,}か所")] if rest > 0 else []
    return [*texts[:_CELLS], *more]


# — figures —


def _values(entry: Entry, words: Wording) -> tuple[Value, Value, str]:
    """What is printed, what the sums give, and the unit of both where they are figures."""
    finding, cells = entry.main, proposed(entry)
    if len(cells) == 1:
        return _of_cell(cells[0], words)
    if cells:
        printed = [_named(cell, printed_in(cell, words), entry, words) for cell in cells]
        values = [(cell, value) for cell in cells if (value := computed_for(cell, words))]
        computed = [_named(cell, value, entry, words) for cell, value in values]
        return "\n".join(_some(printed, words)), "\n".join(_some(computed, words)), ""
    if finding.expected is not None:
        actual = finding.actual if finding.actual is not None else ""
        return actual, finding.expected, finding.unit
    if len(finding.cells) != 1:
        return "", "", ""
    cell = finding.cells[0]
    if isinstance(cell.value, Decimal) and cell.field not in YEARS:
        return cell.value, "", cell.unit
    return words.content_of(cell), "", ""


def _of_cell(cell: SuspectCell, words: Wording) -> tuple[Value, Value, str]:
    printed = printed_in(cell, words) if cell.value is None or cell.word is not None else cell.value
    figure = cell.corrected if cell.fits is None and not cell.emptied else None
    computed = computed_for(cell, words) if figure is None else figure
    has_figure = isinstance(printed, Decimal) or isinstance(computed, Decimal)
    return printed, computed, cell.unit if has_figure else ""


def _named(cell: SuspectCell, text: str, entry: Entry, words: Wording) -> str:
    """What one of several cells says, behind its name."""
    return words.labelled(suspect_name(cell, entry, words), text)


# — texts —


def _message(finding: Finding, texts: Mapping[str, str], words: Wording) -> str:
    """What is wrong: the message, the figures beside each other, the sentence of a text, and the
    difference; whether the baseline has it, and whether the place was accepted in the year before.
    """
    lines = [plain(finding.message.of(words.lang)), words.equation(finding.equation)]
    if texts["sentence"]:
        lines.append(words.say(f'"{texts["sentence"]}"', f"「{texts['sentence']}」"))
    if texts["difference"]:
        lines.append(words.labelled(LABELS["difference"].of(words.lang), texts["difference"]))
    lines += [texts["known"], texts["earlier"]]
    return "\n".join(line for line in lines if line)


def _candidates(texts: dict[str, str], words: Wording) -> str:
    lines = [texts["suspect"] or texts["candidates"]]
    lines += [
        words.labelled(LABELS[key].of(words.lang), texts[key])
        for key in ("follows", "others")
        if texts[key]
    ]
    return "\n".join(line for line in lines if line)


def _following(entry: Entry, words: Wording) -> str:
    """The rules of the findings that a correction settles too; where nobody knows that, of those
    about the same cell.
    """
    counts = Counter(plain(finding.rule) for finding in entry.findings[1:])
    if not counts:
        return ""
    codes = [
        code if count == 1 else words.say(f"{code} ({count:,})", f"{code}（{count:,}件）")
        for code, count in counts.items()
    ]
    text = words.listed(codes)
    if entry.cause.suspects:
        return text
    return words.labelled(words.say("same cell", "同じ欄"), text)


# — totals —


class TotalsRow(NamedTuple):
    """A field's totals in the columns of its section; None where nothing was summed.

    ``department`` is None for the whole book. ``label`` is the field with its unit, ``rest`` says
    what was not summed.
    """

    department: str | None
    label: str
    values: list[Decimal | None]
    rest: str


class TotalsSection(NamedTuple):
    """The totals of a book: rows of its whole and, where several departments have sheets, of each.

    ``columns`` are the years.
    """

    heading: str
    columns: list[str]
    rows: list[TotalsRow]


def totals_sections(
    books: Iterable[Book], context: ReportContext, words: Wording
) -> list[TotalsSection]:
    """The totals of each book that has sheets."""
    sections: list[TotalsSection] = []
    for book in books:
        for whole in totals((book,)):
            if not whole.totals:
                continue
            departments = totals((book,), by_department=True, order=context.order)
            parts = [whole, *departments] if len(departments) > 1 else [whole]
            columns = list(dict.fromkeys((item.year, item.kind) for item in whole.totals))
            names = [form_title(whole.form, words), words.year(whole.fiscal_year), plain(book.name)]
            heading = words.listed([name for name in names if name])
            rows = chain.from_iterable(_totals_rows(part, columns, words) for part in parts)
            years = [words.year(year, kind) for year, kind in columns]
            sections.append(TotalsSection(heading, years, list(rows)))
    return sections


def _totals_rows(
    part: BookTotals, columns: Sequence[tuple[str, str]], words: Wording
) -> list[TotalsRow]:
    """A row for each line of the table that other reports show, with its figures as numbers."""
    _, lines, _ = totals_table(part, words)
    fields = list(dict.fromkeys((item.field, item.unit) for item in part.totals))
    sums = {
        (item.field, item.unit, item.year, item.kind): item.value
        for item in part.totals
        if item.summed
    }
    rows: list[TotalsRow] = []
    for (field, unit), line in zip(fields, lines, strict=True):
        values = [sums.get((field, unit, year, kind)) for year, kind in columns]
        rows.append(TotalsRow(part.department, line[0], values, line[-1]))
    return rows
