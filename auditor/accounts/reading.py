"""Reads an export of the 財務会計システム: a CSV file in yen, UTF-8 or CP932.

Nothing of a file with a fault is used: rows that are missing would accuse the sheets.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from auditor.accounts.columns import AccountColumns
from auditor.accounts.model import AccountsError, Entry, Ledger, added
from auditor.accounts.patterns import ends_as_total, heading_of, is_mark, is_total, unit_of
from auditor.forms.model import YEN, Form
from auditor.forms.words import squeezed
from auditor.readers.source import Source
from auditor.records.decimals import number
from auditor.records.figures import parse_figure

__all__ = ["MOST_LINES", "MOST_PROJECTS", "ledger_of", "read_ledger"]

MOST_LINES: Final = 50_000
"""How many lines the accounts may have: a row for each project and item."""

MOST_PROJECTS: Final = 10_000
"""How many projects they may name."""

_DELIMITERS: Final = (",", "\t", ";")
_LINES_BEFORE: Final = 20
"""So many lines may stand above the headings: a title, the date of the export."""
_SHOWN: Final = 12
"""So many headings are named where one is missing."""
_LONGEST: Final = 40
"""So many characters of a cell are quoted."""
_COLUMNS: Final = ("project", "department", "item", "carried_over", "staff_cost", "shared")
"""The columns beside those of the amounts that are held against sheets."""

Row = tuple[int, list[str]]
"""The line on which a row begins, and its cells."""


class _Heading(NamedTuple):
    """The headings of a file: the row's place, and the number of the column of each name."""

    at: int
    cells: Sequence[str]
    columns: Mapping[str, int]


def read_ledger(path: str | Path, form: Form, columns: AccountColumns) -> Ledger:
    """The rows of a file; funding sources are those of the form. Raises AccountsError for a file
    that can't be used, UnreadableDocument for one that can't be opened.
    """
    return ledger_of(Source.open(path), form, columns)


def ledger_of(source: Source, form: Form, columns: AccountColumns) -> Ledger:
    """The rows of a file that was opened; see ``read_ledger``."""
    text = source.text
    if text is None:
        raise _refused(
            source,
            "is no CSV file (text in UTF-8 or CP932)",
            "CSVファイル（UTF-8 または Shift_JIS のテキスト）として読めません",
        )
    _few(source, text)
    _check_sources(source, form, columns)
    rows, heading = _headed(source, text, form, columns)
    reader = _Reader(source, heading, columns)
    entries = reader.entries(rows)
    if not entries:
        raise _refused(source, "has no row of a project", "事業の行がありません")
    if len({(entry.department, entry.project) for entry in entries}) > MOST_PROJECTS:
        raise _refused(
            source,
            f"has more than {MOST_PROJECTS:,} projects",
            f"{MOST_PROJECTS:,}事業を超えています",
        )
    return Ledger(
        document=source.path,
        sha256=source.sha256,
        fields=reader.fields,
        has_departments="department" in heading.columns,
        entries=tuple(entries),
    )


def _quoted(text: str) -> str:
    """A text of the file as a message quotes it: in one line, and not for ever."""
    line = " ".join(text.split())
    shown = "".join(character if character.isprintable() else "?" for character in line)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _refused(source: Source, en: str, ja: str) -> AccountsError:
    return AccountsError(
        f"{source.path} can't be used as the accounts: it {en}; nothing was checked",
        f"{source.path} は決算額の一覧として使えません。{ja}。点検していません",
    )


def _refused_line(source: Source, line: int, en: str, ja: str) -> AccountsError:
    return AccountsError(
        f"{source.path} can't be used as the accounts: line {line} {en}; nothing was checked",
        f"{source.path} は決算額の一覧として使えません。{line}行目：{ja}。点検していません",
    )


def _check_sources(source: Source, form: Form, columns: AccountColumns) -> None:
    """Refuses settings of sources that the form does not have."""
    for name in columns.sources:
        if name not in form.funding:
            names = list(form.funding)
            raise _refused(
                source,
                f"has no source {name} by the form; [accounts.sources] may name {', '.join(names)}",
                f"[accounts.sources] の「{name}」は様式にない財源です"
                f"（使える名前：{'、'.join(names)}）",
            )


# --- headings


def _headings(form: Form, columns: AccountColumns) -> dict[str, tuple[str, ...]]:
    """The headings that each column may have."""
    headings: dict[str, tuple[str, ...]] = {
        name: (str(getattr(columns, name)),) for name in _COLUMNS
    }
    headings["total_cost"] = (columns.total,)
    for source in form.funding:
        labels = form.fields[f"funding.{source}"].label
        stated = columns.sources.get(source)
        headings[f"funding.{source}"] = labels if stated is None else (stated,)
    return headings


def _headed(
    source: Source, text: str, form: Form, columns: AccountColumns
) -> tuple[list[Row], _Heading]:
    """The rows of a text by the first delimiter that gives the headings of a project and its
    total, and these.
    """
    headings = _headings(form, columns)
    nearest: Sequence[str] = ()
    for delimiter in _DELIMITERS:
        beginning = list(islice(_rows(source, text, delimiter), _LINES_BEFORE))
        for at, (line, cells) in enumerate(beginning):
            places = _places(cells, headings)
            if "project" in places and "total_cost" in places:
                _check_distinct(source, line, cells, places)
                _check_yen(source, line, cells, places)
                _check_stated(source, line, columns, places)
                columns_at = {name: numbers[0] for name, numbers in places.items()}
                return list(_rows(source, text, delimiter)), _Heading(at, cells, columns_at)
            if ("project" in places or "total_cost" in places) and not nearest:
                nearest = cells
    raise _lacking(source, nearest, columns)


def _rows(source: Source, text: str, delimiter: str) -> Iterator[Row]:
    """The rows that are not blank, one after the other."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise _refused_line(
            source,
            reader.line_num,
            f"is no CSV: a field has more than {csv.field_size_limit():,} characters, or "
            "quotation marks are not closed",
            f"CSVとして読めません（1項目が{csv.field_size_limit():,}字を超えるか、"
            "引用符が閉じていません）",
        ) from None


def _few(source: Source, text: str) -> None:
    """Refuses a file with more lines than any export has."""
    if text.count("\n") > MOST_LINES:
        raise _refused(
            source, f"has more than {MOST_LINES:,} lines", f"{MOST_LINES:,}行を超えています"
        )


def _places(cells: Sequence[str], headings: Mapping[str, tuple[str, ...]]) -> dict[str, list[int]]:
    """The columns of each name in a row of headings."""
    there = [heading_of(cell) for cell in cells]
    places: dict[str, list[int]] = {}
    for name, texts in headings.items():
        words = {squeezed(text).casefold() for text in texts}
        at = [place for place, heading in enumerate(there) if heading and heading in words]
        if at:
            places[name] = at
    return places


def _check_distinct(
    source: Source, line: int, cells: Sequence[str], places: Mapping[str, Sequence[int]]
) -> None:
    """Refuses headings of which one is there twice, or one that stands for two columns."""
    twice = [at[1] for at in places.values() if len(at) > 1]
    uses = Counter(at[0] for at in places.values())
    twice += [place for place, count in uses.items() if count > 1]
    if twice:
        name = _quoted(cells[twice[0]])
        raise _refused_line(
            source,
            line,
            f"has the heading {name} for two columns",
            f"見出し「{name}」に当たる列が2つあります",
        )


def _check_yen(
    source: Source, line: int, cells: Sequence[str], places: Mapping[str, Sequence[int]]
) -> None:
    """Refuses headings that state another unit than yen."""
    for at in places.values():
        heading = cells[at[0]]
        if unit_of(heading) not in ("", YEN):
            name = _quoted(heading)
            raise _refused_line(
                source,
                line,
                f"has the heading {name}; the amounts have to be in yen",
                f"見出し「{name}」が円単位ではありません。円単位の一覧が必要です",
            )


def _check_stated(
    source: Source, line: int, columns: AccountColumns, places: Mapping[str, Sequence[int]]
) -> None:
    """Refuses headings without one that the settings name for a source."""
    for name, heading in columns.sources.items():
        if f"funding.{name}" not in places:
            raise _refused_line(
                source,
                line,
                f"has no heading {heading}, which [accounts.sources] names for {name}",
                f"[accounts.sources] にある見出し「{heading}」（{name}）がありません",
            )


def _lacking(source: Source, cells: Sequence[str], columns: AccountColumns) -> AccountsError:
    """What is said of a file without the headings that it needs."""
    needed_en = f"{columns.project} and {columns.total}"
    needed_ja = f"「{columns.project}」と「{columns.total}」"
    if not cells:
        return _refused(
            source,
            f"has no row with the headings {needed_en}; name its own in [accounts] of the settings",
            f"見出し{needed_ja}の行がありません。"
            "見出しが異なる場合は、設定ファイルの [accounts] に書いてください",
        )
    there = [_quoted(cell) for cell in cells if cell.strip()][:_SHOWN]
    return _refused(
        source,
        f"needs the headings {needed_en} and has {', '.join(there)}; "
        "name its own in [accounts] of the settings",
        f"見出し{needed_ja}が必要ですが、見出しは「{'」「'.join(there)}」です。"
        "見出しが異なる場合は、設定ファイルの [accounts] に書いてください",
    )


# --- rows


class _Reader:
    """Reads the rows below the headings."""

    def __init__(self, source: Source, heading: _Heading, columns: AccountColumns) -> None:
        self.source, self.heading, self.columns = source, heading, columns
        self.fields = tuple(name for name in heading.columns if name not in _COLUMNS)
        """The amounts that are held against sheets."""

    def entries(self, rows: Sequence[Row]) -> list[Entry]:
        """The rows of projects; rows of totals are checked, and are none."""
        entries: list[Entry] = []
        for line, cells in rows[self.heading.at + 1 :]:
            self._check_width(line, cells)
            if cells == self.heading.cells:  # the headings of the next printed page
                continue
            if self._is_total(cells):
                self._check_total(line, cells, entries)
            else:
                entries.append(self._entry(line, cells))
        return entries

    def _check_width(self, line: int, cells: Sequence[str]) -> None:
        """Refuses a row with more cells than headings: a comma in an amount would look so."""
        beyond = [cell for cell in cells[len(self.heading.cells) :] if cell.strip()]
        if beyond:
            raise _refused_line(
                self.source,
                line,
                "has more cells than there are headings (an amount with commas needs quotes)",
                "見出しより多くの列があります（桁区切りのコンマを含む金額は引用符で囲んでください）",
            )

    def _cell(self, cells: Sequence[str], name: str) -> str:
        at = self.heading.columns.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    def _amount(self, line: int, cells: Sequence[str], name: str) -> Decimal | None:
        """The whole yen of a cell; None where it is blank."""
        text = self._cell(cells, name)
        figure = parse_figure(text, unit=YEN, units=(YEN,))
        if figure.state in ("blank", "dash"):
            return None
        heading = _quoted(self.heading.cells[self.heading.columns[name]])
        printed = _quoted(text)
        if figure.value is None:
            raise _refused_line(
                self.source,
                line,
                f"has no amount of yen under {heading}: {printed}",
                f"「{heading}」が金額（円）ではありません（{printed}）",
            )
        if figure.value != figure.value.to_integral_value():
            raise _refused_line(
                self.source,
                line,
                f"has a fraction of a yen under {heading}: {printed}",
                f"「{heading}」に1円未満の端数があります（{printed}）。円単位の一覧が必要です",
            )
        return figure.value

    def _amounts(self, line: int, cells: Sequence[str]) -> dict[str, Decimal]:
        amounts = {name: self._amount(line, cells, name) for name in self.fields}
        return {name: amount for name, amount in amounts.items() if amount is not None}

    def _entry(self, line: int, cells: Sequence[str]) -> Entry:
        project = self._cell(cells, "project")
        if not project:
            raise _refused_line(
                self.source,
                line,
                f"has no project under {self.columns.project}",
                f"「{self.columns.project}」が空欄です",
            )
        carried_over, staff_cost = (
            self._amount(line, cells, name) if name in self.heading.columns else None
            for name in ("carried_over", "staff_cost")
        )
        return Entry(
            line=line,
            project=project,
            department=self._cell(cells, "department"),
            amounts=self._amounts(line, cells),
            item=self._cell(cells, "item"),
            carried_over=carried_over,
            staff_cost=staff_cost,
            is_shared=is_mark(self._cell(cells, "shared")),
        )

    # — totals —

    def _is_total(self, cells: Sequence[str]) -> bool:
        """Whether a row is a total: by its project, or by another text where it has none."""
        project = self._cell(cells, "project")
        if project:
            return is_total(project)
        texts = [self._cell(cells, name) for name in ("department", "item")]
        texts += [
            cell
            for at, cell in enumerate(cells)
            if at not in self.heading.columns.values() and cell.strip()
        ]
        return any(map(ends_as_total, texts))

    def _check_total(self, line: int, cells: Sequence[str], entries: Sequence[Entry]) -> None:
        """Refuses a total that is not the sum of the rows right above it: of all, or of the last
        ones.
        """
        amounts = self._amounts(line, cells)
        if not amounts:
            return
        sums = dict.fromkeys(amounts, Decimal(0))
        if sums == amounts:
            return
        for entry in reversed(entries):
            for name in sums:
                sums[name] += entry.amounts.get(name, Decimal(0))
            if sums == amounts:
                return
        name, stated = next(iter(amounts.items()))
        everything = added(entry.amounts.get(name) for entry in entries) or Decimal(0)
        raise _refused_line(
            self.source,
            line,
            f"has a total of {number(stated)} yen, and no rows above it add up to that "
            f"(all of them: {number(everything)}); the file is not complete",
            f"合計 {number(stated)}円が、上の行の合計（全行では {number(everything)}円）と"
            "一致しません。行が欠けていないか確かめてください",
        )
