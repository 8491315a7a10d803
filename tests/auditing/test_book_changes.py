"""Changes between two versions of a book: exactly those that were made, in the right list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.changes import (
    BookChanges,
    ChangedSpot,
    PointedCell,
    UnrelatedBooks,
    book_changes,
    file_changes,
)
from auditor.auditing.documents import audit
from auditor.auditing.rounds import EarlierRound, pointed_cells, since
from auditor.auditing.session import load
from auditor.comparison.contents import Spot, contents
from auditor.records.model import Book, UnreadNumber
from auditor.testing.build import RandomChooser, book
from auditor.testing.rounds import DrawnChange, TwoRounds, two_rounds
from auditor_rules.corruptions import CORRUPTIONS, corrupt

SESSION = load()
FORM = SESSION.forms["kushiro"]


def key_of(spot: ChangedSpot) -> tuple[object, ...]:
    owner = spot.sheet.name if spot.sheet else f"{spot.kpi.project}/{spot.kpi.name}"  # type: ignore[union-attr]
    before, after = (side.printed if side else None for side in (spot.before, spot.after))
    return owner, spot.field, spot.year, before, after


def expected(change: DrawnChange, before: Book) -> tuple[object, ...]:
    names: dict[tuple[int | None, int | None], str] = {
        (sheet.number, None): sheet.name for sheet in before.sheets
    }
    names |= {(None, kpi.number): f"{kpi.project}/{kpi.name}" for kpi in before.kpis}
    owner = names[change.sheet, change.kpi]
    return owner, change.field, change.year, change.before, change.after


def cell_of(change: DrawnChange, before: Book) -> PointedCell:
    records = before.sheets if change.sheet is not None else before.kpis
    number = change.sheet if change.sheet is not None else change.kpi
    document = next(record.document for record in records if record.number == number)
    return PointedCell(document, change.sheet, change.kpi, change.field, change.year)


@given(rounds=two_rounds(FORM), data=st.data())
def test_every_change_is_listed_once_in_its_list(rounds: TwoRounds, data: st.DataObject) -> None:
    pointed = [change for change in rounds.changes if data.draw(st.booleans())]
    cells = {cell_of(change, rounds.before) for change in pointed}
    changes = book_changes([rounds.before], [rounds.after], cells)
    others = [change for change in rounds.changes if change not in pointed]
    for spots, drawn in ((changes.corrections, pointed), (changes.others, others)):
        assert sorted(map(key_of, spots), key=repr) == sorted(
            (expected(change, rounds.before) for change in drawn), key=repr
        )
    assert changes.uncertain == ()
    states = {"gone_sheet": rounds.gone, "new_sheet": rounds.new}
    for state, names in states.items():
        assert [
            item.sheet.name for item in changes.sheets if item.state == state and item.sheet
        ] == [*names]
    assert len(changes.sheets) == len(rounds.gone) + len(rounds.new)


@given(rounds=two_rounds(most=0))
def test_what_is_only_printed_otherwise_is_no_change(rounds: TwoRounds) -> None:
    changes = book_changes([rounds.before], [rounds.after])
    assert (changes.spots, changes.uncertain) == ((), ())


def test_sheets_that_are_there_twice_are_themselves() -> None:
    clean = book(3, seed=2, form=FORM, kpis=0)
    twin = clean.sheets[0].model_copy(update={"number": 4})
    twice = clean.model_copy(update={"sheets": (*clean.sheets, twin)})
    assert book_changes([twice], [twice]) == BookChanges(pairs=4)


@given(seed=st.integers(0, 30), kind=st.sampled_from(sorted(CORRUPTIONS)))
def test_taking_a_fault_back_is_a_correction(seed: int, kind: str) -> None:
    """The cell that was wrong is one that the audit had pointed at; nothing else changed."""
    clean = book(4, seed=seed, form=FORM)
    wrong = corrupt(kind, clean, FORM, RandomChooser(seed))
    if wrong is None or not wrong.codes:
        return
    before = audit([wrong.book], SESSION.rules, SESSION.forms)
    after = audit([clean], SESSION.rules, SESSION.forms)
    earlier = EarlierRound.of(before, (wrong.book,))
    changes = since(earlier, after, [clean], rules=SESSION.rules).content
    assert changes is not None
    changed = {(spot.field, spot.year) for spot in changes.spots}
    pointed = {(spot.field, spot.year) for spot in changes.corrections}
    if (wrong.field, wrong.year) in changed:
        assert (wrong.field, wrong.year) in pointed


@given(seed=st.integers(0, 30), kind=st.sampled_from(sorted(CORRUPTIONS)))
def test_cells_of_findings_are_spots_of_records(seed: int, kind: str) -> None:
    """A cell of another name would never be known as a correction."""
    wrong = corrupt(kind, book(4, seed=seed, form=FORM), FORM, RandomChooser(seed))
    if wrong is None:
        return
    spots = {
        (sheet.number, None, *spot) for sheet in wrong.book.sheets for spot in contents(sheet)
    } | {(None, kpi.number, *spot) for kpi in wrong.book.kpis for spot in contents(kpi)}
    report = audit([wrong.book], SESSION.rules, SESSION.forms)
    for cell in pointed_cells(report):
        # These two are no texts of a record: a KPI's direction is derived, a year is its title's.
        derived = (cell.field == "direction" and cell.kpi) or cell.field == "fiscal_year"
        if cell.field and (cell.sheet or cell.kpi) and not derived:
            assert (cell.sheet, cell.kpi, *Spot(cell.field, cell.year)) in spots, cell


def test_a_number_that_was_not_read_is_not_taken_for_a_change() -> None:
    clean = book(3, seed=2, form=FORM, kpis=0)
    sheet = clean.sheets[0]
    figure = sheet.population
    assert figure is not None
    blank = figure.model_copy(update={"value": None, "state": "blank", "printed": ""})
    lost = sheet.model_copy(update={"population": blank})
    today = clean.model_copy(update={"sheets": (lost, *clean.sheets[1:])})
    assert len(book_changes([clean], [today]).spots) == 1
    unread = (UnreadNumber(printed=figure.printed, sheet=sheet.number),)
    documents = tuple(
        document.model_copy(update={"unread": unread}) for document in today.documents
    )
    changes = book_changes([clean], [today.model_copy(update={"documents": documents})])
    assert (changes.spots, len(changes.uncertain), changes.is_complete) == ((), 1, False)


def test_books_that_have_nothing_in_common_are_not_compared() -> None:
    one, other = book(3, seed=2, form=FORM), book(3, seed=2, form=FORM, fiscal_year=2020)
    with pytest.raises(UnrelatedBooks):
        book_changes([one], [other])
    sheets = tuple(
        sheet.model_copy(update={"name": f"別の事業その{at}", "department": "別", "years": {}})
        for at, sheet in enumerate(one.sheets)
    )
    renamed = one.model_copy(update={"sheets": sheets, "kpis": ()})
    with pytest.raises(UnrelatedBooks):
        book_changes([renamed], [one.model_copy(update={"kpis": ()})])


FILES = st.dictionaries(
    st.sampled_from(["a/1.xlsx", "a/2.xlsx", "b/1.xlsx", "b/3.xlsx"]), st.sampled_from("pqrs")
)


@given(before=FILES, after=FILES)
def test_every_file_is_told_of_once(before: dict[str, str], after: dict[str, str]) -> None:
    changes = file_changes(before, after, set())
    paths = [change.path for change in changes if change.state != "gone_file"]
    assert len(set(paths)) == len(paths)
    gone = [change.path for change in changes if change.state == "gone_file"]
    renamed = [change.earlier for change in changes if change.state == "renamed_file"]
    new = [change.path for change in changes if change.state == "new_file"]
    same = len(before) - len(gone) - len(renamed)
    assert same == len(after) - len(new) - len(renamed)
    assert file_changes(before, before, set()) == ()
    assert (
        file_changes(before, {f"今回/{path}": digest for path, digest in before.items()}, set())
        == ()
    )
