"""Whether a book's records fit their form.

Records that Python code or a plugin's reader made may hold what the form has no place for. No rule
would look at it, so it is reported and the audit does not pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from auditor.forms.model import Form
from auditor.forms.patterns import LONGEST_TEXT
from auditor.records.figures import Figure
from auditor.records.model import Book, Kpi, NotChecked, Sheet
from auditor.records.text import Why

__all__ = ["misfits"]

_SHOWN: Final = 3
_SHOWN_OF_NAME: Final = 20
_OTHER_YEAR: Final = (
    "is of another fiscal year than its book",
    "年度が、冊子の年度と異なります",
)


def misfits(book: Book, form: Form) -> Iterator[NotChecked]:
    """What the form has no place for: each kind once, with the first places and a count."""
    check = _Check(form)
    if not book.documents and (book.sheets or book.kpis):
        check.add(
            "documents",
            "the book lists no document of its records",
            "記録の文書が冊子に登録されていません",
            "",
            None,
        )
    names: set[tuple[str, int]] = set()
    for sheet in book.sheets:
        if (sheet.document, sheet.number) in names:
            check.add(
                "number",
                "two sheets of one document have the same number",
                "同じ文書に、番号の重複するシートがあります",
                sheet.number,
                sheet,
            )
        names.add((sheet.document, sheet.number))
        check.sheet(sheet, book.fiscal_year)
    for kpi in book.kpis:
        check.kpi(kpi, book.fiscal_year)
    yield from check.reasons()


@dataclass
class _Kind:
    en: str
    ja: str
    values: list[str] = field(default_factory=list[str])
    first: Sheet | Kpi | None = None
    count: int = 0


class _Check:
    """One pass over a book's records."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.kinds: dict[str, _Kind] = {}
        self.sheet_names = frozenset(form.definitions["sheet"])
        self.year_names = frozenset(form.definitions["year"])
        self.units = frozenset(("", *form.units))
        self.own_units = {name: definition.unit for name, definition in form.fields.items()}
        self.columns: dict[int, Mapping[str, str]] = {}

    def add(self, key: str, en: str, ja: str, value: object, record: Sheet | Kpi | None) -> None:
        kind = self.kinds.setdefault(key, _Kind(en, ja, first=record))
        kind.count += 1
        if value != "" and len(kind.values) < _SHOWN and str(value) not in kind.values:
            kind.values.append(str(value))

    def no_place(self, key: str, en: str, ja: str, value: str, record: Sheet | Kpi) -> None:
        """Note what the form lacks."""
        name = self.form.name
        self.add(
            key, f"the form {name} does not have {en}", f"様式 {name} にない{ja}です", value, record
        )

    def sheet(self, sheet: Sheet, fiscal_year: int) -> None:
        if sheet.fiscal_year != fiscal_year:
            year_en, year_ja = _OTHER_YEAR
            self.add("year", f"a sheet {year_en}", f"シートの{year_ja}", sheet.fiscal_year, sheet)
        if self.form.text is not None and self.form.text.stage is not None:
            self.text(sheet.name, sheet)
        self.figures(sheet.figure_items(), self.sheet_names, sheet)
        columns = self._columns(sheet.fiscal_year)
        for key, year in sheet.years.items():
            if columns.get(key) != year.kind:
                self.no_place("column", "a column", "年度の列", f"{key} ({year.kind})", sheet)
            self.figures(year.figure_items(), self.year_names, sheet)

    def kpi(self, kpi: Kpi, fiscal_year: int) -> None:
        if kpi.fiscal_year != fiscal_year:
            year_en, year_ja = _OTHER_YEAR
            self.add("kpi-year", f"a KPI {year_en}", f"KPIの{year_ja}", kpi.fiscal_year, kpi)
        if self.form.kpi is None:
            self.no_place("kpi", "a KPI", "KPI", kpi.name, kpi)
            return
        if self.form.kpi.project_grant is not None:
            self.text(kpi.project, kpi)
        if self.form.kpi.lower_is_better and kpi.direction_source != "declared":
            self.text(kpi.name, kpi)

    def text(self, text: str, record: Sheet | Kpi) -> None:
        """Note a name that the form's patterns were not held against."""
        if len(text) > LONGEST_TEXT:
            self.add(
                "name",
                f"a name longer than the {LONGEST_TEXT:,} characters that a form's patterns take",
                f"様式のパターンで調べられる{LONGEST_TEXT:,}文字を超える名称です",
                f"{text[:_SHOWN_OF_NAME]}…",
                record,
            )

    def figures(
        self, items: Iterable[tuple[str, Figure]], names: frozenset[str], sheet: Sheet
    ) -> None:
        units, own_units = self.units, self.own_units
        for name, figure in items:
            if name not in names:
                if figure.state != "blank":
                    self.no_place("figure", "a figure", "数値の項目", name, sheet)
            elif figure.unit not in units and figure.unit != own_units.get(name):
                self.no_place("unit", "a unit", "単位", figure.unit, sheet)

    def reasons(self) -> Iterator[NotChecked]:
        for key, kind in self.kinds.items():
            values = ", ".join(kind.values)
            more = kind.count - 1
            yield NotChecked(
                document=kind.first.document if kind.first is not None else None,
                sheet=kind.first.number if isinstance(kind.first, Sheet) else None,
                why=Why(
                    code=f"not-in-form-{key}",
                    en=kind.en
                    + (f": {values}" if values else "")
                    + (f" ({more:,} more)" if more else "")
                    + "; nothing checks it",
                    ja=kind.ja
                    + (f"（{values}）" if values else "")
                    + (f"。ほか{more:,}か所" if more else "")
                    + "。点検の対象になりません",
                ),
            )

    def _columns(self, fiscal_year: int) -> Mapping[str, str]:
        """The kind of each column of the form in a year, by the column's name."""
        if fiscal_year not in self.columns:
            self.columns[fiscal_year] = {
                self.form.column_id(column, fiscal_year): column.kind
                for column in self.form.columns
            }
        return self.columns[fiscal_year]
