"""The tables of an audit that rows of others are looked up in.

A book of which something was not read is told apart: what it lacks may have been there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from auditor.forms.model import Form
from auditor.records.model import Book, NotChecked
from auditor.rules.lookups import NO_LOOKUPS, Lookups
from auditor.rules.rows import Rows

__all__ = ["is_read_whole", "looked_up_forms", "lookups_of"]


def is_read_whole(book: Book, not_checked: Sequence[NotChecked]) -> bool:
    """Whether nothing of a book is missing that is known to be: ``not_checked`` is what could not
    be read at all, which may be of any book.
    """
    return not not_checked and not any(document.not_checked for document in book.documents)


def looked_up_forms(forms: Mapping[str, Form]) -> frozenset[str]:
    """The forms in whose tables rows of others are looked up."""
    several = (form.lookups.values() for form in forms.values())
    return frozenset(lookup.form for lookup in chain.from_iterable(several)).intersection(forms)


def lookups_of(
    books: Iterable[Book], forms: Mapping[str, Form], not_checked: Sequence[NotChecked]
) -> Lookups:
    """The books of an audit that rows of its others are looked up in."""
    names = looked_up_forms(forms)
    if not names:
        return NO_LOOKUPS
    tables: dict[str, list[Rows]] = {}
    partial: set[str] = set()
    for book in books:
        if book.form in names:
            tables.setdefault(book.form, []).append(Rows(book, forms[book.form]))
            if not is_read_whole(book, not_checked):
                partial.add(book.form)
    return Lookups(tables, partial)
