"""Whether records are what their models say.

Records that Python code copies with ``model_copy(update=…)`` hold whatever it put into them. A book
with a wrong one is not audited, and the report says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from pydantic import ValidationError

from auditor.records.figures import Figure, PlacedBy, Record, State
from auditor.records.model import Book, Document, Evaluation, FiscalYear, Kpi, NotChecked, Sheet
from auditor.records.text import Why

__all__ = ["sound_books"]

_STATES: Final = frozenset(get_args(State))
_PLACED_BY: Final = frozenset((None, *get_args(PlacedBy)))


def sound_books(books: Iterable[Book], not_checked: list[NotChecked]) -> list[Book]:
    """The books whose records hold what their models allow. For each of the others, its first
    wrong record is added to ``not_checked``.
    """
    check = _Check()
    sound: list[Book] = []
    for book in books:
        try:
            check.book(book)
        except _WrongValue as fault:
            not_checked.append(_not_checked(fault))
        else:
            sound.append(book)
    return sound


class _WrongValue(Exception):
    """A record with a wrong value: where it is in its book, and what it belongs to."""

    def __init__(self, at: str, owner: Document | Sheet | Kpi | None, why: ValidationError) -> None:
        super().__init__(at)
        self.at, self.owner, self.why = at, owner, why


class _Check:
    """One pass over books. Most records have values of the same types as those before them: each
    combination is validated once, and after it only the words that a type does not tell.
    """

    def __init__(self) -> None:
        self._kinds: set[tuple[type, ...]] = set()

    def book(self, book: Book) -> None:
        _validate(book, "book", None)
        for number, document in enumerate(book.documents):
            _validate(document, f"documents[{number}]", document)
        for number, sheet in enumerate(book.sheets):
            self._sheet(sheet, f"sheets[{number}]")
        for number, kpi in enumerate(book.kpis):
            at = f"kpis[{number}]"
            _validate(kpi, at, kpi)
            self._figures(kpi, at, kpi)

    def _sheet(self, sheet: Sheet, at: str) -> None:
        _validate(sheet, at, sheet)
        self._figures(sheet, at, sheet)
        for key, year in sheet.years.items():
            column = f"{at}.years.{key}"
            self._plain(year, column, sheet)
            self._figures(year, column, sheet)
        for key, evaluation in sheet.evaluations.items():
            self._plain(evaluation, f"{at}.evaluations.{key}", sheet)

    def _plain(self, record: FiscalYear | Evaluation, at: str, owner: Sheet) -> None:
        """Check a record whose values' types are all that its model asks for, its figures apart."""
        kind = (type(record), *map(type, record.__dict__.values()))
        if kind not in self._kinds:
            _validate(record, at, owner)
            self._kinds.add(kind)

    def _figures(self, record: Sheet | FiscalYear | Kpi, at: str, owner: Sheet | Kpi) -> None:
        kinds = self._kinds
        for name, figure in record.figure_items():
            if type(figure) is not Figure:  # a mapping of figures may hold anything
                _validate(record, at, owner)
            kind = tuple(map(type, figure.__dict__.values()))
            number = figure.value
            if (
                kind not in kinds
                or figure.state not in _STATES
                or figure.placed_by not in _PLACED_BY
                or (number is not None and not number.is_finite())
            ):
                _validate(figure, f"{at}.{name}", owner)
                kinds.add(kind)


def _validate(
    record: Book | Document | Sheet | FiscalYear | Evaluation | Kpi | Figure,
    at: str,
    owner: Document | Sheet | Kpi | None,
) -> None:
    """Raise _WrongValue where a record's values are not what its model allows. Records within it
    are taken as they are.
    """
    model: type[Record] = type(record)
    try:
        model.__pydantic_validator__.validate_python(record.__dict__, strict=True)
    except ValidationError as fault:
        raise _WrongValue(at, owner, fault) from None


def _not_checked(fault: _WrongValue) -> NotChecked:
    """Why a book is not audited."""
    # Most audits have no wrong record, and need no reader of records.
    from auditor.readers.json.validation import wrong_record

    message = wrong_record(fault.why, fault.at).message
    owner = fault.owner
    path: object = None
    if owner is not None:
        path = owner.path if isinstance(owner, Document) else owner.document
    number = owner.number if isinstance(owner, Sheet) else None
    return NotChecked(
        document=path if isinstance(path, str) else None,
        sheet=number if isinstance(number, int) else None,
        why=Why(
            code=message.code,
            en=f"{message.en}; its book was not audited",
            ja=f"{message.ja}。この冊子は点検していません",
        ),
    )
