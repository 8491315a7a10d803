"""What a form of rows must say: one of lists, and the total rows of lists and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from auditor.forms.keys import path_of_field
from auditor.records.nearest import hint, nearest_name
from auditor.toml.faults import WrongValue

if TYPE_CHECKING:
    from auditor.forms.model import Form, Items, Listing, Total

__all__ = ["item_faults", "list_faults", "totals_faults"]

_TELL_ROWS_APART: Final = ("year", "kind")
"""The labels of which a list with a row for each column needs one."""


def item_faults(form: Form, items: Items) -> Iterator[WrongValue]:
    """What the form of items lacks, or says in two ways."""
    if form.listing is not None:
        yield WrongValue(
            "rows are projects or items: [list] and [items] exclude each other",
            "[list] と [items] は同時に指定できません",
            ("items",),
            of_key=True,
            rests_on=[("list",)],
        )
    for number, labels in enumerate(items.levels):
        if not any(label.strip() for label in labels):
            yield WrongValue(
                "the heading of the level's column is needed here",
                "階層の列の見出しが必要です",
                ("items", "levels", number),
            )
    names = tuple(chain.from_iterable(items.levels))
    if names and form.labels.get("name") != names:
        yield WrongValue(
            "the levels are the columns of names; leave out labels.name",
            "名称の列は levels で指定しているため、labels.name は書けません",
            ("labels", "name"),
            rests_on=[("items", "levels")],
        )
    if form.labels.get("parent"):
        yield WrongValue(
            "levels, numbers or indentation say what an item is part of; leave out labels.parent",
            "上位の科目は階層・番号・字下げから分かるため、labels.parent は書けません",
            ("labels", "parent"),
        )
    yield from list_faults(form, items, "items")


def list_faults(form: Form, listing: Listing, key: str) -> Iterator[WrongValue]:
    """What the form of rows lacks, or says in two ways; ``key`` is that of the form that describes
    them.
    """
    if form.table is not None:
        yield WrongValue(
            f"a form is of tables or of documents: [table] and [{key}] exclude each other",
            f"[table] と [{key}] は同時に指定できません",
            (key,),
            of_key=True,
            rests_on=[("table",)],
        )
    if not form.labels.get("name"):
        yield WrongValue(
            "the heading of the column of names is needed here",
            "名称の列の見出しが必要です",
            ("labels", "name"),
            of_key=True,
        )
    yield from _columns(form, listing, key)
    yield from _years(listing, key)
    yield from totals_faults(form, listing.totals, key)


def _columns(form: Form, listing: Listing, key: str) -> Iterator[WrongValue]:
    """The figures that stand under a year need columns; rows of years do too."""
    if not form.columns and (form.amounts or listing.rows == "year"):
        first = next(iter(form.amounts), "")
        of_field = f" of {first}" if first else ""
        of_field_ja = f" {first} の" if first else ""
        yield WrongValue(
            f"the columns{of_field} are needed, with offset and kind; one for a list of one year",
            f"{of_field_ja}列（[[columns]]）が必要です。単年度の一覧では1つ書いてください".strip(),
            ("columns",),
            of_key=True,
            rests_on=[path_of_field(first)] if first else [],
        )
    if listing.rows == "year" and not any(form.labels.get(name) for name in _TELL_ROWS_APART):
        yield WrongValue(
            "rows of years need the heading of the column with the year or the kind: "
            "labels.year or labels.kind",
            "年度ごとの行では、年度または区分の列の見出し（labels.year か labels.kind）が必要です",
            (key, "rows"),
            rests_on=[("labels", name) for name in _TELL_ROWS_APART],
        )


def _years(listing: Listing, key: str) -> Iterator[WrongValue]:
    """Blocks of headings have a year each, and rows have theirs on them."""
    if listing.years and listing.rows == "year":
        yield WrongValue(
            'the years of blocks are those of columns; with rows = "year" they stand on the rows',
            'rows = "year" では年度が各行にあるため、years は指定できません',
            (key, "years"),
            rests_on=[(key, "rows")],
        )
    for number, year in enumerate(listing.years):
        if year in listing.years[:number]:
            yield WrongValue(
                f"fiscal {year} is there twice",
                f"{year}年度が重複しています",
                (key, "years", number),
            )


def totals_faults(form: Form, totals: Sequence[Total], table: str) -> Iterator[WrongValue]:
    """Each kind of total row has words that tell it, and labels by which its rows are alike.
    ``table`` is the key of the form that they stand under.
    """
    for number, total in enumerate(totals):
        key = (table, "totals", number)
        if not total.words or not all(word.strip("*").strip() for word in total.words):
            yield WrongValue(
                "the names of total rows are needed here",
                "合計行の名称が必要です",
                (*key, "words"),
            )
        if not total.of:
            yield WrongValue(
                '"all", "above" or labels are needed here',
                '"all"、"above" または labels の項目名が必要です',
                (*key, "of"),
            )
        for label in () if isinstance(total.of, str) else total.of:
            if not form.labels.get(label):
                hint_en, hint_ja = hint(nearest_name(label, form.labels))
                yield WrongValue(
                    f"no column is {label!r}; [labels] names them{hint_en}",
                    f"{label} の列が [labels] にありません{hint_ja}",
                    (*key, "of"),
                    rests_on=[("labels", label)],
                )
