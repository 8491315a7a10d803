"""Every field of every record survives tables and JSON, but for what tables can't hold by
design.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.json.writing import dump_records
from auditor.readers.source import Source
from auditor.records.figures import Figure
from auditor.records.model import Book, Document, Evaluation, Kpi, Sheet
from auditor.tables import from_tables, to_tables
from tests.records.filled import books, full_form

KUSHIRO = load().forms["kushiro"]
FULL = full_form(KUSHIRO)
BARE = Form.model_validate(
    KUSHIRO.model_dump(by_alias=True)
    | {"fields": {"population": {"unit": "人"}}, "groups": {}, "kpi": None, "text": None}
)
"""A form that lacks most figures that its records hold."""

FORMS = {FULL.name: FULL}

NOT_IN_TABLES: Final = {
    (Figure, "printed"),  # a target's is, where it says more than the number
    (Figure, "place"),
    (Figure, "formula"),
    (Figure, "cached"),
    (Sheet, "place"),
    (Kpi, "place"),
    (Evaluation, "place"),
    (Sheet, "places"),
    (Kpi, "places"),
    (Evaluation, "places"),
}
"""What a document prints and where; tables hold what it says."""

QUICK = settings(
    max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def walked(value: Any, bare: bool, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of records by its place; with ``bare``, without what tables can't hold."""
    match value:
        case Document() if bare:  # what readers remark is told as a whole
            yield at, value
        case BaseModel():
            for name in type(value).model_fields:
                if not (bare and (type(value), name) in NOT_IN_TABLES):
                    yield from walked(getattr(value, name), bare, f"{at}.{name}")
        case dict():
            for key, item in value.items():
                yield from walked(item, bare, f"{at}.{key}")
        case tuple() if value and isinstance(value[0], BaseModel):
            for index, item in enumerate(value):
                yield from walked(item, bare, f"{at}[{index}]")
        case _ if bare and at.endswith(".placed_by") and value == "position":
            yield at, None  # a column that was seen on the page needs no evidence
        case _:
            yield at, value


def differences(before: Book, after: Collection[Book], bare: bool) -> list[tuple[str, Any, Any]]:
    """The values that did not come back."""
    first, second = dict(walked((before,), bare)), dict(walked(tuple(after), bare))
    return [
        (at, first.get(at), second.get(at))
        for at in {**first, **second}
        if first.get(at) != second.get(at) or (at in first) != (at in second)
    ]


@QUICK
@given(books(FULL))
def test_tables_bring_every_field_back(book: Book) -> None:
    assert differences(book, from_tables(to_tables(book, FORMS), FORMS), True) == []


@QUICK
@given(books(BARE))
def test_so_do_those_of_a_form_that_lacks_most_figures(book: Book) -> None:
    forms = {BARE.name: BARE}
    assert differences(book, from_tables(to_tables(book, forms), forms), True) == []


@QUICK
@given(books(FULL))
def test_json_brings_every_field_back(book: Book) -> None:
    source = Source("a.json", dump_records([book]).encode())
    result = RecordsJsonReader().read_records(source, FORMS)
    assert not result.not_checked
    assert differences(book, result.books, False) == []


@settings(QUICK, max_examples=3)
@given(books(FULL))
def test_what_tables_can_t_hold_is_no_more_than_it_says(book: Book) -> None:
    """Each entry of the list is lost indeed."""
    (back,) = from_tables(to_tables(book, FORMS), FORMS)
    before = {(type(item), name): getattr(item, name) for item, name in _fields(book)}
    after = {(type(item), name): getattr(item, name) for item, name in _fields(back)}
    assert {key for key in NOT_IN_TABLES if before[key] == after[key]} <= {(Figure, "printed")}


@settings(QUICK, max_examples=3)
@given(books(FULL))
def test_every_field_is_filled(book: Book) -> None:
    """The strategy leaves no text and no list at its default, or the tests above see nothing."""
    for item in _records(book):
        fields = {
            name: getattr(item, name)
            for name, field in type(item).model_fields.items()
            if not field.exclude
        }
        assert [name for name, value in fields.items() if value in ("", (), {})] == []


def _fields(book: Book) -> Iterator[tuple[BaseModel, str]]:
    for item in _records(book):
        for name in type(item).model_fields:
            yield item, name


def _records(value: Any) -> Iterator[BaseModel]:
    match value:
        case BaseModel():
            yield value
            for name in type(value).model_fields:
                yield from _records(getattr(value, name))
        case dict():
            for item in value.values():
                yield from _records(item)
        case tuple():
            for item in value:
                yield from _records(item)
        case _:
            pass
