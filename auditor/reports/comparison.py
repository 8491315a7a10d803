"""The report of ``auditor compare``: what changed between two rounds, in each of its formats.

All formats but JSON draw the same tables. Where a terminal cuts a long list, it counts the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, cast, get_args

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.rounds import Since
from auditor.records.model import NotChecked
from auditor.records.own import COMPARISON_HEADING, COMPARISON_TITLES
from auditor.reports.changes import (
    ChangesTable,
    changes_exit_code,
    changes_notes,
    changes_result,
    changes_tables,
    changes_text,
)
from auditor.reports.csv_table import csv_text
from auditor.reports.document_names import words_with_names
from auditor.reports.findings import missed
from auditor.reports.heading import round_in_text
from auditor.reports.layout import entitled, hanging, painted, plain, wrap
from auditor.reports.markdown import escaped, markdown_table
from auditor.reports.wording import Wording

__all__ = ["COMPARISON_FORMATS", "Compared", "ComparisonFormat", "Side", "rendered"]

ComparisonFormat = Literal["terminal", "json", "html", "xlsx", "csv", "markdown"]
COMPARISON_FORMATS: Final[tuple[ComparisonFormat, ...]] = get_args(ComparisonFormat)

_TITLE, _FROZEN_TITLE = COMPARISON_TITLES


class Side(NamedTuple):
    """One of the two: its name, which round it is (None for documents that were read now), and
    when it was audited or approved.
    """

    name: str
    round: int | None
    made_at: datetime | None


class Compared(NamedTuple):
    """A comparison. ``report`` is that of the later round, ``missed`` what of the earlier one was
    not read.
    """

    since: Since
    report: Report
    context: ReportContext
    earlier: Side
    later: Side
    missed: tuple[NotChecked, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where nothing changed and nothing is open, 1 otherwise, 2 where not everything could
        be compared.
        """
        return changes_exit_code(self.since, self.report, self.missed)

    @property
    def words(self) -> Wording:
        """The words, in which documents have their names."""
        return words_with_names(self.report, self.context)

    @property
    def title(self) -> str:
        """What the report is called."""
        title = _FROZEN_TITLE if self.since.is_frozen else _TITLE
        return title.of(self.context.lang)

    def tables(self, *, whole: bool = False) -> list[ChangesTable]:
        """The tables that have rows, today's causes among them."""
        return changes_tables(self.since, self.context, self.words, causes="all", whole=whole)

    def facts(self) -> list[tuple[str, str]]:
        """What was compared, as labels and texts."""
        words = self.words
        before = (
            words.say("approved", "校了") if self.since.is_frozen else words.say("earlier", "前回")
        )
        sides = ((before, self.earlier), (words.say("now", "今回"), self.later))
        return [(label, _side(side, words)) for label, side in sides]

    def notes(self) -> list[str]:
        """What could not be compared."""
        words = self.words
        notes = changes_notes(self.since, words)
        for label, reasons in (
            (words.say("earlier", "前回"), self.missed),
            (words.say("now", "今回"), self.report.not_checked),
        ):
            notes += (words.labelled(label, missed(reason, words)) for reason in reasons)
        return notes


def _side(side: Side, words: Wording) -> str:
    name = plain(side.name)
    parts = [words.say(f'"{name}"', f"「{name}」")]
    parts += [round_in_text(side.round, words)] if side.round is not None else []
    parts += [words.moment(side.made_at)] if side.made_at is not None else []
    return words.listed(parts)


def rendered(compared: Compared, name: ComparisonFormat) -> str | bytes:
    """The comparison in a format."""
    return _FORMATS[name](compared)


def _terminal(compared: Compared) -> str:
    return "\n".join(_lines(compared)) + "\n"


def _lines(compared: Compared) -> Iterator[str]:
    context, words = compared.context, compared.words
    yield painted(compared.title, "heading", context.color)
    for label, text in compared.facts():
        yield from wrap(words.labelled(label, text), context.width)
    yield from changes_text(compared.tables(), context, words)
    notes = compared.notes()
    if notes:
        title = words.say("Not compared", "比較できなかったもの")
        yield from entitled(title, context.color)
    for note in notes:
        yield from hanging("- ", note, context.width)
    yield ""
    style: Literal["error", "good"] = "error" if compared.exit_code else "good"
    for line in wrap(changes_result(compared.since, words), context.width):
        yield painted(line, style, context.color)


def _markdown(compared: Compared) -> str:
    return "\n".join(_markdown_lines(compared)) + "\n"


def _markdown_lines(compared: Compared) -> Iterator[str]:
    words = compared.words
    yield f"# {escaped(compared.title)}"
    yield from ["", f"**{escaped(changes_result(compared.since, words))}**", ""]
    yield from (f"- {escaped(words.labelled(*fact))}" for fact in compared.facts())
    notes = compared.notes()
    if notes:
        yield from ["", words.say("## Not compared", "## 比較できなかったもの"), ""]
    yield from (f"- {escaped(note)}" for note in notes)
    for table in compared.tables():
        yield from ["", f"## {escaped(table.caption)}", ""]
        yield from markdown_table(table.table)


def _csv(compared: Compared) -> str:
    """Every table but the counts in one: what it is about in the first column, then the columns of
    all tables.
    """
    words = compared.words
    tables = [table for table in compared.tables(whole=True) if table.key != "departments"]
    columns = list(dict.fromkeys(chain.from_iterable(table.heads for table in tables)))
    rows: list[list[str]] = []
    for table in tables:
        for row in table.rows:
            cells = dict(zip(table.heads, row, strict=True))
            rows.append([table.caption, *(cells.get(column, "") for column in columns)])
    label = words.say("not compared", "比較できなかったもの")
    rows += ([label, note] for note in compared.notes())
    if not rows:
        rows.append([changes_result(compared.since, words)])
    width = max(len(columns) + 1, 2)
    kind = COMPARISON_HEADING.of(words.lang)
    heads = [kind, *columns] if columns else [kind, words.say("content", "内容")]
    return csv_text(heads, (row + [""] * (width - len(row)) for row in rows))


def _json(compared: Compared) -> str:
    from auditor.reports.changes_json import comparison_document
    from auditor.reports.json_report import dumped

    exit_code = cast(Literal[0, 1, 2], compared.exit_code)
    content = comparison_document(compared.since, compared.report, compared.context, exit_code)
    return dumped(content.model_dump(mode="json"))


def _html(compared: Compared) -> str:
    from auditor.reports.html.changes import changes_page

    return changes_page(compared)


def _xlsx(compared: Compared) -> bytes:
    from auditor.reports.workbook.changes import changes_workbook

    return changes_workbook(compared)


_FORMATS: Final = MappingProxyType[ComparisonFormat, Callable[[Compared], str | bytes]](
    {
        "terminal": _terminal,
        "json": _json,
        "html": _html,
        "xlsx": _xlsx,
        "csv": _csv,
        "markdown": _markdown,
    }
)
