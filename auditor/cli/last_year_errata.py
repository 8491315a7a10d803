"""Last year's list of errata, applied before anything is compared: ``--last-year-errata``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from auditor.errata.applying import NotApplied, WhyNot, apply_errata
from auditor.errata.columns import place_of
from auditor.errata.model import ErrataRow
from auditor.errata.reading import read_errata
from auditor.forms.model import Form
from auditor.records.model import Book, NotChecked
from auditor.records.text import Text, Why
from auditor.reports.wording import Wording
from auditor.settings.model import Departments

__all__ = ["corrected"]

_WHY: Final[Mapping[WhyNot, Text]] = {
    "other book": Text(
        en="it is of another form or year than last year's book",
        ja="前年度の冊子とは様式または年度が異なります",
    ),
    "no record": Text(en="there is no such project", ja="該当する事業がありません"),
    "several records": Text(en="several projects fit", ja="該当する事業が複数あります"),
    "no place": Text(en="the project has no such place", ja="その事業に該当する欄がありません"),
    "other content": Text(
        en="the book does not print what the row calls wrong",
        ja="冊子の記載が、正誤表の「誤」と異なります",
    ),
}


def corrected(
    books: Sequence[Book],
    path: str,
    name: str,
    forms: Mapping[str, Form],
    departments: Departments,
) -> tuple[tuple[Book, ...], tuple[NotChecked, ...]]:
    """Books with the errata of a file applied, and the rows that could not be, under the file's
    ``name``. ``departments`` say what those of the list are called now, as they are in the books.
    Raises ErrataError for a file that is no list of errata.
    """
    rows = [_of_today(row, departments) for row in read_errata(path)]
    not_applied: list[NotApplied] = []
    applied: list[Book] = []
    for book in books:
        mine = [row for row in rows if _is_of(row, book)]
        form = forms.get(book.form)
        if form is None or not mine:
            applied.append(book)
            continue
        result = apply_errata(book, mine, form)
        applied.append(result.book)
        not_applied += result.not_applied
    others = (row for row in rows if not any(_is_of(row, book) for book in books))
    not_applied += (NotApplied(row, "other book") for row in others)
    return tuple(applied), tuple(_reported(not_applied, name, forms))


def _is_of(row: ErrataRow, book: Book) -> bool:
    return (row.of.form, row.of.fiscal_year) == (book.form, book.fiscal_year)


def _of_today(row: ErrataRow, departments: Departments) -> ErrataRow:
    """The row with its department called as it is now."""
    name = departments.name_of(row.of.department)
    if name == row.of.department:
        return row
    return row.model_copy(update={"of": row.of.model_copy(update={"department": name})})


def _reported(
    not_applied: Iterable[NotApplied], name: str, forms: Mapping[str, Form]
) -> Iterable[NotChecked]:
    """What of a list was not applied, row by row: the figures there are compared as printed."""
    for row, why in not_applied:
        en, ja = (_place(row, Wording(lang, forms)) for lang in ("en", "ja"))
        reason = _WHY[why]
        yield NotChecked(
            document=name,
            why=Why(
                code="errata-not-applied",
                en=f"a row of last year's errata was not applied ({en}): {reason.en}",
                ja=f"前年度の正誤表のうち、反映できない行があります（{ja}）：{reason.ja}",
            ),
        )


def _place(row: ErrataRow, words: Wording) -> str:
    """What a row is about, on one line."""
    lines = [row.of.project, row.of.department, *place_of(row, words).split("\n")]
    return words.listed([line for line in lines if line])
