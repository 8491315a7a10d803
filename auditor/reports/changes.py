"""What changed since an earlier round, as tables that every format draws alike.

The causes come first, counted by department; then the changes of figures and texts, those at places
that the earlier audit had pointed at apart from the others; then sheets and files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from auditor.auditing.changes import (
    BookChanges,
    ChangedSpot,
    FileState,
    SheetChange,
    SheetState,
)
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.rounds import CHANGES, Change, EarlierCause, Since
from auditor.records.figures import Place
from auditor.records.text import Text
from auditor.reports.entries import Entry
from auditor.reports.findings import Table
from auditor.reports.layout import cut, entitled, hanging, plain, table, wrap
from auditor.reports.overview import NEEDING_ANSWER, department_name
from auditor.reports.wording import Wording
from auditor.rules.findings import KpiReference, SheetReference

__all__ = [
    "CORRECTIONS",
    "FROZEN_CHANGES",
    "OTHERS",
    "SINCE",
    "UNCERTAIN",
    "ChangesTable",
    "before_and_after",
    "change_of",
    "changes_exit_code",
    "changes_notes",
    "changes_result",
    "changes_tables",
    "changes_text",
    "department_counts",
    "departments_with_changes",
    "owner_name",
    "spot_kind",
    "spot_name",
]

SINCE: Final = Text(en="Since the earlier round", ja="前回からの変化")
CORRECTIONS: Final = Text(en="Corrections where findings were", ja="指摘箇所の訂正")
OTHERS: Final = Text(en="Changes where nothing was found", ja="指摘していない箇所の変更")
FROZEN_CHANGES: Final = Text(en="Changes after final approval", ja="校了後の変更")
_CAUSES: Final = Text(en="Findings since the earlier round", ja="前回からの指摘の変化")
_GONE: Final = Text(en="Earlier findings that are gone", ja="前回の指摘のうち今回ないもの")
_FROZEN_CAUSES: Final = Text(en="Findings after final approval", ja="校了後の指摘")
_WORSE: Final[tuple[Change, ...]] = ("still_wrong", "added")
"""The changes of causes that were not there, or not so, before."""
_DEPARTMENTS: Final = Text(en="By department", ja="所管課・室別の件数")
UNCERTAIN: Final = Text(
    en="Could not be compared: unread in one of the rounds",
    ja="比較できなかった箇所（どちらかで読み取れていません）",
)
_FILES: Final = Text(en="Files", ja="ファイルの変化")
_NO_RECORDS: Final = Text(
    en="The earlier round kept no records, so changes of figures and texts were not looked for.",
    ja="前回の結果に 記録.json がないため、数値と文字の変更は調べていません。",
)
_SHEET_STATES: Final[dict[SheetState, Text]] = {
    "new_sheet": Text(en="new", ja="追加"),
    "gone_sheet": Text(en="gone", ja="なくなった"),
    "unread_sheet": Text(en="not compared: could not be read", ja="読み取れず比較していない"),
    "undecided_sheet": Text(
        en="not compared: it may be any of several", ja="対応するシートを特定できず比較していない"
    ),
}
_FILE_STATES: Final[dict[FileState, Text]] = {
    "new_file": Text(en="new", ja="追加"),
    "gone_file": Text(en="gone", ja="なくなった"),
    "renamed_file": Text(en="has another name, the same bytes", ja="ファイル名のみ変更"),
    "changed_file": Text(en="changed", ja="変更あり"),
    "other_bytes": Text(
        en="its bytes changed, but no figure and no text that was read",
        ja="ファイルは変わったが、読み取った数値と文字に変更なし",
    ),
}
_LONGEST: Final = 60
"""Of longer texts, the part that changed is shown, and a little around it."""
_AROUND: Final = 12


class ChangesTable(NamedTuple):
    """A table of changes: ``align`` has ``l`` or ``r`` for each column, ``widths`` how wide each is
    in a workbook, in half-width characters.

    ``lines`` are its rows for a terminal, each with the heading that it stands under; where there
    are none, the table itself is shown.
    """

    key: str
    caption: str
    heads: list[str]
    rows: list[list[str]]
    align: str
    widths: tuple[float, ...]
    lines: list[tuple[str, str]]

    @property
    def table(self) -> Table:
        """The table as other parts of a report have theirs."""
        return self.heads, self.rows, self.align


def changes_tables(
    since: Since,
    context: ReportContext,
    words: Wording,
    *,
    causes: Literal["all", "gone"] = "gone",
    whole: bool = False,
) -> list[ChangesTable]:
    """The tables that have rows. Of the causes, a report shows today's elsewhere, so that only
    those that are gone are listed. ``whole`` ones have long texts in full.
    """
    content = since.content or BookChanges()
    if since.is_frozen:
        spots = [_spots("after", FROZEN_CHANGES, content.spots, words, whole=whole)]
    else:
        spots = [
            _spots("corrections", CORRECTIONS, content.corrections, words, whole=whole),
            _spots("others", OTHERS, content.others, words, whole=whole),
        ]
    tables = [
        _departments(since, context, words),
        _causes(since, words, causes),
        *spots,
        _spots("uncertain", UNCERTAIN, content.uncertain, words, whole=whole),
        _sheets(content.sheets, words),
        _files(content, words),
    ]
    return [each for each in tables if each.rows]


_MOST: Final = 50
"""How many rows of a table a terminal shows; the others are counted."""


def changes_text(
    tables: Iterable[ChangesTable], context: ReportContext, words: Wording
) -> Iterator[str]:
    """The tables for a terminal, each under its caption."""
    for each in tables:
        count = len(each.rows)
        title = each.caption + words.say(f" ({count:,})", f"（{count:,}件）") * bool(each.lines)
        yield from entitled(title, context.color)
        if each.lines:
            yield from _under_headings(each.lines[:_MOST], context)
        else:
            yield table(each.heads, each.rows[:_MOST], context.width, each.align)
        if (more := count - _MOST) > 0:
            yield words.say(
                f"and {more:,} more (JSON and xlsx list all)",
                f"ほか{more:,}件（JSON と xlsx にはすべてあります）",
            )


def _under_headings(lines: Iterable[tuple[str, str]], context: ReportContext) -> Iterator[str]:
    """Lines under their headings, each of which stands once."""
    for heading, group in groupby(lines, key=itemgetter(0)):
        yield from wrap(f"◆ {heading}", context.width)
        for _, text in group:
            yield from hanging("  - ", text, context.width)


# — counts —


def department_counts(since: Since, department: str) -> dict[str, int]:
    """What there is of a department: the causes by change, then the changes of figures and texts
    by kind (``corrections``, ``others``).
    """
    causes = Counter(
        change for cause, change in _all_causes(since) if cause.department == department
    )
    content = since.content or BookChanges()
    counts: dict[str, int] = {change: causes[change] for change in CHANGES}
    counts["corrections"] = _of_department(content.corrections, department)
    counts["others"] = _of_department(content.others, department)
    return counts


def _of_department(items: Iterable[ChangedSpot | SheetChange], department: str) -> int:
    return sum(item.department == department for item in items)


def _all_causes(since: Since) -> tuple[tuple[EarlierCause, Change], ...]:
    return (*since.today, *since.earlier)


def departments_with_changes(since: Since, context: ReportContext) -> list[str]:
    """The departments that something is said of, in their order; what belongs to none is last."""
    content = since.content or BookChanges()
    names = [cause.department for cause, _ in _all_causes(since)]
    names += [spot.department for spot in content.spots]
    ordered = list(context.order.in_order(dict.fromkeys(names)))
    return sorted(ordered, key=lambda name: not name)


def _departments(since: Since, context: ReportContext, words: Wording) -> ChangesTable:
    kinds: list[str] = [*map(words.word, CHANGES)]
    kinds += (kind.of(words.lang) for kind in (CORRECTIONS, OTHERS))
    if since.is_frozen:
        kinds = [kind.of(words.lang) for kind in (_FROZEN_CAUSES, FROZEN_CHANGES)]
    heads = [words.say("department", "所管課・室"), *kinds]
    rows: list[list[str]] = []
    sums: Counter[int] = Counter()
    for name in departments_with_changes(since, context):
        counts = department_counts(since, name)
        numbers = list(counts.values())
        if since.is_frozen:
            causes = sum(counts[change] for change in _WORSE)
            numbers = [causes, counts["corrections"] + counts["others"]]
        if not any(numbers):
            continue
        sums.update(dict(enumerate(numbers)))
        rows.append([department_name(name, words), *map(_number, numbers)])
    if len(rows) > 1:
        totals = (sums[at] for at in range(len(heads) - 1))
        rows.append([words.say("all", "合計"), *map(_number, totals)])
    align = "l" + "r" * (len(heads) - 1)
    widths = (30.0, *(14.0 for _ in heads[1:]))
    return ChangesTable("departments", _DEPARTMENTS.of(words.lang), heads, rows, align, widths, [])


def _number(count: int) -> str:
    return f"{count:,}" if count else "－"


# — causes —


def _causes(since: Since, words: Wording, which: Literal["all", "gone"]) -> ChangesTable:
    heads = [
        words.say("since last round", "前回から"),
        words.say("severity", "区分"),
        words.say("department", "所管課・室"),
        words.owner_head(),
        words.say("rule", "規則"),
        words.say("what does not agree", "内容"),
        words.say("year", "年度"),
        words.say("figures", "数値"),
        words.say("place", "場所"),
    ]
    items = list(_all_causes(since) if which == "all" else since.earlier)
    if since.is_frozen:  # what was there at the approval, was approved
        items = [item for item in items if item[1] in _WORSE]
    items.sort(key=lambda item: CHANGES.index(item[1]))
    rows = [_cause(cause, change, words) for cause, change in items]
    lines = [(words.listed(row[2:4]), _cause_line(row, words)) for row in rows]
    order = {heading: at for at, (heading, _) in reversed(list(enumerate(lines)))}
    lines.sort(key=lambda line: order[line[0]])
    caption = (_CAUSES if which == "all" else _GONE).of(words.lang)
    if since.is_frozen:
        caption = _FROZEN_CAUSES.of(words.lang)
    widths = (14.0, 8.0, 18.0, 22.0, 9.0, 33.0, 12.0, 24.0, 9.0)
    return ChangesTable("causes", caption, heads, rows, "l" * len(heads), widths, lines)


def _cause_line(row: Sequence[str], words: Wording) -> str:
    """The row of a cause in a line, without its department and its sheet."""
    change, severity, _, _, rule, message, year, figures, _ = row
    about = words.listed([part for part in (year, cut(figures)) if part])
    title = words.say(f"{change} [{severity}] {rule} ", f"{change}［{severity}］{rule} ")
    return title + cut(message) + (words.say(f" ({about})", f"（{about}）") if about else "")


def _cause(cause: EarlierCause, change: Change, words: Wording) -> list[str]:
    return [
        words.word(change),
        words.word(cause.counted_as),
        department_name(cause.department, words),
        owner_name(cause.sheet, cause.kpi, cause.document, words),
        plain(cause.rules[0]) if cause.rules else "",
        plain(cause.message.of(words.lang)) if cause.message is not None else "",
        words.year(cause.year) if cause.year else "",
        words.equation(cause.equation),
        _place(cause.place, words),
    ]


def owner_name(
    sheet: SheetReference | None, kpi: KpiReference | None, document: str, words: Wording
) -> str:
    """The sheet or indicator that something is on; the document where it is on neither."""
    if sheet is not None:
        return words.sheet(sheet.number, sheet.name, document)
    if kpi is not None:
        return words.listed([words.kpi(kpi.number, kpi.name), plain(kpi.project)])
    return words.document(document)


# — figures and texts —


def spot_kind(spot: ChangedSpot, since: Since) -> Text:
    """What kind of change it is."""
    if since.is_frozen:
        return FROZEN_CHANGES
    return CORRECTIONS if spot.pointed_at else OTHERS


def spot_name(spot: ChangedSpot, words: Wording) -> str:
    """The field of a change, without its year."""
    return words.field(spot.field, spot.document)


def _spots(
    key: str, caption: Text, spots: Sequence[ChangedSpot], words: Wording, *, whole: bool
) -> ChangesTable:
    heads = [
        words.say("department", "所管課・室"),
        words.owner_head(),
        words.say("field", "欄"),
        words.say("year", "年度"),
        words.say("before", "前回"),
        words.say("now", "今回"),
        words.say("place", "場所"),
        words.say("document", "文書"),
    ]
    rows: list[list[str]] = []
    lines: list[tuple[str, str]] = []
    for spot in spots:
        before, after = before_and_after(spot, words, whole=whole)
        content = spot.after or spot.before
        rows.append(
            [
                department_name(spot.department, words),
                owner_name(spot.sheet, spot.kpi, spot.document, words),
                spot_name(spot, words),
                words.year(spot.year) if spot.year else "",
                before,
                after,
                _place(content.place if content is not None else None, words),
                words.document(spot.document),
            ]
        )
        lines.append((words.listed(rows[-1][:2]), _spot_line(rows[-1], words)))
    widths = (18.0, 22.0, 18.0, 13.0, 22.0, 22.0, 9.0, 23.0)
    return ChangesTable(key, caption.of(words.lang), heads, rows, "l" * len(heads), widths, lines)


def _place(place: Place | None, words: Wording) -> str:
    """A cell without its worksheet, which is that of the sheet."""
    if place is not None and place.cell is not None:
        place = place.model_copy(update={"sheet": None})
    return words.place(place)


def _spot_line(row: Sequence[str], words: Wording) -> str:
    """The row of a change in a line, without its department and its sheet."""
    _, _, field, year, before, after, where, _ = row
    name = words.listed([part for part in (field, year) if part])
    change = words.labelled(name, f"{before} → {after}")
    return change + (words.say(f" ({where})", f"（{where}）") if where else "")


def before_and_after(spot: ChangedSpot, words: Wording, *, whole: bool = False) -> tuple[str, str]:
    """What was printed, and what is now: of long texts, the part that changed unless the
    ``whole`` is wanted.
    """
    before, after = (words.content_text(side, spot.field) for side in (spot.before, spot.after))
    if whole or max(len(before), len(after)) <= _LONGEST:
        return before, after
    start = max(_common(before, after) - _AROUND, 0)
    end = _common(before[::-1], after[::-1])
    shortest = min(len(before), len(after))
    end = max(min(end, shortest - start) - _AROUND, 0)
    return _middle(before, start, end), _middle(after, start, end)


def _common(text: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(text, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _middle(text: str, start: int, end: int) -> str:
    """The text without its beginning and end."""
    part = text[start : len(text) - end]
    if len(part) > 2 * _LONGEST:
        part, end = part[: 2 * _LONGEST], 1
    return ("…" if start else "") + part + ("…" if end else "")


# — sheets and files —


def _sheets(sheets: Iterable[SheetChange], words: Wording) -> ChangesTable:
    sheets = list(sheets)
    heads = [
        words.say("state", "状態"),
        words.say("department", "所管課・室"),
        words.owner_head(),
        words.say("document", "文書"),
        words.say("may be", "対応の候補"),
    ]
    rows = [
        [
            _SHEET_STATES[sheet.state].of(words.lang),
            department_name(sheet.department, words),
            owner_name(sheet.sheet, sheet.kpi, sheet.document, words),
            words.document(sheet.document),
            words.listed([plain(name) for name in sheet.candidates]),
        ]
        for sheet in sheets
    ]
    widths = (24.0, 24.0, 34.0, 34.0, 34.0)
    table = ChangesTable("sheets", _unpaired(words), heads, rows, "lllll", widths, [])
    return _without_empty_end(table)


def _files(content: BookChanges, words: Wording) -> ChangesTable:
    heads = [
        words.say("file", "ファイル"),
        words.say("state", "状態"),
        words.say("earlier name", "前回のファイル名"),
    ]
    rows = [
        [plain(file.path), _FILE_STATES[file.state].of(words.lang), plain(file.earlier)]
        for file in content.files
    ]
    widths = (50.0, 50.0, 50.0)
    table = ChangesTable("files", _FILES.of(words.lang), heads, rows, "lll", widths, [])
    return _without_empty_end(table)


def _without_empty_end(table: ChangesTable) -> ChangesTable:
    """The table without its last column where that says nothing."""
    if any(row[-1] for row in table.rows):
        return table
    return table._replace(
        heads=table.heads[:-1],
        rows=[row[:-1] for row in table.rows],
        align=table.align[:-1],
        widths=table.widths[:-1],
    )


# — in a word, in a sentence —


def change_of(entry: Entry, context: ReportContext, words: Wording) -> str:
    """What became of an entry since the earlier round; empty without one."""
    change = context.since.changes.get(entry.cause.id) if context.since is not None else None
    return words.word(change) if change is not None else ""


def changes_notes(since: Since, words: Wording) -> list[str]:
    """What was not compared, in sentences."""
    return [_NO_RECORDS.of(words.lang)] if since.content is None else []


def changes_result(since: Since, words: Wording) -> str:
    """What changed, in a sentence."""
    content = since.content or BookChanges()
    if since.is_frozen:
        return _frozen_result(content, words)
    counts = Counter(change for _, change in _all_causes(since))
    parts = [_counted(words.word(change), counts[change], words) for change in CHANGES]
    parts.append(_counted(CORRECTIONS.of(words.lang), len(content.corrections), words))
    parts.append(_counted(OTHERS.of(words.lang), len(content.others), words))
    parts.append(_counted(_unpaired(words), len(content.sheets), words))
    parts = [part for part in parts if part]
    if not parts:
        return words.say("Nothing changed and nothing is open.", "変更も未対応の指摘もありません。")
    return words.listed(parts) + words.say(".", "。")


def _unpaired(words: Wording) -> str:
    """The title of the records that one version alone has."""
    name = words.owners_name(words.form_of.values())
    if name == words.owners_name(()):
        return words.say("Sheets and indicators without partner", "シート・指標の増減")
    return words.say(f"{name[:1].upper()}{name[1:]} without partner", f"{name}の増減")


def _counted(name: str, count: int, words: Wording) -> str:
    english = f"{name[:1].lower()}{name[1:]}: {count:,}"
    return words.say(english, f"{name}{count:,}件") if count else ""


def _frozen_result(content: BookChanges, words: Wording) -> str:
    if not (content.spots or content.sheets or content.files or content.uncertain):
        return words.say("Nothing changed after final approval.", "校了後の変更はありません。")
    owners = {(spot.document, spot.sheet, spot.kpi) for spot in content.spots}
    places = words.count(len(content.spots), "change", "か所")
    sheets = words.count(len(owners), "sheet or indicator", nouns="sheets and indicators")
    parts = [words.say(f"{places} on {sheets}", f"{places}（シート等{len(owners):,}件）")]
    parts += [
        _counted(_unpaired(words), len(content.sheets), words),
        _counted(_FILES.of(words.lang), len(content.files), words),
    ]
    text = words.listed([part for part in parts if part])
    return words.labelled(FROZEN_CHANGES.of(words.lang), text + words.say(".", "。"))


def changes_exit_code(since: Since, report: Report, missed: Collection[object] = ()) -> int:
    """0 where nothing changed and nothing is open, 1 otherwise, 2 where not everything could be
    compared. Notes need no answer, so they are never open; neither is anything since the final
    approval, after which any change counts.
    """
    content = since.content
    if content is None or not content.is_complete or report.not_checked or missed:
        return 2
    if content.spots or content.sheets or content.files:
        return 1
    if since.is_frozen:
        return 0
    return int(any(_is_open(cause, change) for cause, change in _all_causes(since)))


def _is_open(cause: EarlierCause, change: Change) -> bool:
    return cause.severity in NEEDING_ANSWER and change != "resolved"
