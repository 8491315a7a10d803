"""The pages to be printed anew (差替えページ): none can be replaced without the one on its back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from auditor.errata.model import Draft, ErrataRow
from auditor.errata.pages import number_of_page, reverse_of
from auditor.records.figures import Record

__all__ = ["Leaf", "leaves"]


class Leaf(Record):
    """A page that changes, the page on its back, and whose they are.

    ``reverse_changes`` says whether the page on the back changes as well, and has an entry of its
    own, ``reverse_departments`` whose it is. ``page`` is empty for what stands on no known page.
    """

    page: str
    reverse: str
    reverse_changes: bool
    departments: tuple[str, ...]
    reverse_departments: tuple[str, ...]
    projects: tuple[str, ...]
    changes: int


def leaves(draft: Draft) -> tuple[Leaf, ...]:
    """The pages with changes, in their order; what stands on no known page comes last."""
    rows: defaultdict[str, list[ErrataRow]] = defaultdict(list)
    for row in draft.rows:
        rows[row.page].append(row)
    pages = sorted(rows, key=lambda page: (not page, number_of_page(page) or 0))
    owners = {owner.page: owner.departments for owner in draft.page_owners}
    return tuple(_leaf(page, rows[page], rows, owners) for page in pages)


def _leaf(
    page: str,
    rows: Sequence[ErrataRow],
    pages: Collection[str],
    owners: Mapping[str, tuple[str, ...]],
) -> Leaf:
    reverse = reverse_of(page)
    return Leaf(
        page=page,
        reverse=reverse,
        reverse_changes=bool(reverse) and reverse in pages,
        departments=tuple(dict.fromkeys(row.department for row in rows if row.department)),
        reverse_departments=owners.get(reverse, ()),
        projects=tuple(dict.fromkeys(row.of.project for row in rows)),
        changes=len(rows),
    )
