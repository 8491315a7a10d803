"""Rows of errata: made from differences, applied to what was published, and read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.comparison.differences import differences
from auditor.errata.applying import apply_errata
from auditor.errata.changed import changed_spans, excerpts, occurrences, replaced
from auditor.errata.comma_separated import errata_csv
from auditor.errata.drafting import UnrelatedBooks, Version, draft_of
from auditor.errata.json_file import errata_json
from auditor.errata.model import Draft, ErrataRow, RecordName
from auditor.errata.reading import ErrataError, read_errata
from auditor.errata.workbook import errata_workbook
from auditor.forms.words import squeezed
from auditor.records.languages import Lang
from auditor.records.model import Book, Kpi, Sheet
from auditor.reports.wording import Wording
from auditor.testing import book
from auditor.testing.corrections import CorrectedBook, corrected_books, corrected_texts

FORMS = load().forms


def records_of(of: Book) -> list[Sheet | Kpi]:
    return [*of.sheets, *of.kpis]


def drafted(books: CorrectedBook) -> Draft:
    return draft_of(Version([books.published]), Version([books.corrected]))


@given(corrected_books())
def test_what_was_wrong_replaced_by_what_is_right_gives_the_corrected_book(
    books: CorrectedBook,
) -> None:
    draft = drafted(books)
    applied = apply_errata(books.published, draft.rows, books.form)
    assert applied.not_applied == ()
    for before, after in zip(records_of(applied.book), records_of(books.corrected), strict=True):
        assert differences(before, after) == ()
    places = {(row.of, row.field, row.year) for row in draft.rows}
    assert len(places) == books.spots
    assert draft.has_differences == bool(books.spots)


@given(corrected_books())
def test_rows_say_what_both_versions_print_there(books: CorrectedBook) -> None:
    for row in drafted(books).rows:
        assert row.wrong is not None
        assert row.right is not None
        assert squeezed(row.wrong) != squeezed(row.right)
        spans = changed_spans(row.wrong, row.right)
        assert any(spans)
        for text, of_text in zip((row.wrong, row.right), spans, strict=True):
            # A number is underlined as a whole, or not at all.
            for span in of_text:
                assert not _splits_number(text, span.start)
                assert not _splits_number(text, span.end)


def _splits_number(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isdecimal() and text[at].isdecimal()


@given(corrected_texts())
def test_excerpts_turn_one_text_into_the_other(texts: tuple[str, str]) -> None:
    wrong, right = texts
    parts = excerpts(wrong, right)
    assert all(occurrences(wrong, part.wrong) == 1 for part in parts if squeezed(part.wrong))
    applied = replaced(wrong, parts)
    assert applied is not None
    assert squeezed(applied) == squeezed(right)


def test_only_the_changed_sentence_of_a_long_text_is_quoted() -> None:
    wrong = "本市の講座は、市民の学習機会を広げるために実施している。" * 3 + (
        "参加者は\n120人であった。今後も続ける。"
    )
    (part,) = excerpts(wrong, wrong.replace("120", "125"))
    assert part == ("参加者は\n120人であった。", "参加者は\n125人であった。")
    ((start, end),), _ = changed_spans(*part)
    assert part.wrong[start:end] == "120"


def test_breaks_of_lines_and_widths_are_no_change() -> None:
    assert changed_spans("参加者は\n120人 であった", "参加者は１２０人であった") == ((), ())


Write = Callable[[Draft, Wording, Path], None]


def _workbook(draft: Draft, words: Wording, path: Path) -> None:
    path.write_bytes(errata_workbook(draft, words))


def _csv(draft: Draft, words: Wording, path: Path) -> None:
    path.write_bytes(errata_csv(draft, words).encode("utf-8"))


def _json(draft: Draft, _: Wording, path: Path) -> None:
    path.write_text(errata_json(draft), encoding="utf-8")


WRITERS: dict[str, Write] = {"xlsx": _workbook, "csv": _csv, "json": _json}
HOSTILE = ["", "=1+1", "＝1", "<r>x</r>", "_x0041_", "a\nb", " x", "’", "\u200b", "（空欄）", "-5"]


@settings(max_examples=40)
@given(corrected_books(), st.sampled_from(["ja", "en"]), st.data())
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, books: CorrectedBook, lang: Lang, data: st.DataObject
) -> None:
    draft = drafted(books)
    texts = st.none() | st.sampled_from(HOSTILE)
    rows = [row.model_copy(update={"wrong": data.draw(texts), "page": "12"}) for row in draft.rows]
    draft = draft.model_copy(update={"rows": (*draft.rows, *rows)})
    folder = tmp_path_factory.mktemp("errata")
    for ending, write in WRITERS.items():
        path = folder / f"e.{ending}"
        write(draft, Wording(lang, FORMS), path)
        assert read_errata(path) == draft.rows


ROW = ErrataRow(
    of=RecordName(form="kushiro", fiscal_year=2024, project="道路整備事業"),
    field="total_cost",
    year="2024",
    kind="settled",
    wrong="8,030",
    right="8,300",
    wrong_unit="千円",
    right_unit="千円",
)


def test_what_people_correct_in_a_draft_counts(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    text = errata_csv(Draft(rows=(ROW,)), Wording("ja", FORMS))
    assert '"8,300"' in text
    path.write_text(text.replace('"8,300"', '"8,310"'), encoding="utf-8")
    assert read_errata(path) == (ROW.model_copy(update={"right": "8,310"}),)


@pytest.mark.parametrize("text", ["", "a,b\r\n1,2\r\n", "{}", '{"errata": [{}]}', "PK\x03\x04"])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "e.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ErrataError):
        read_errata(path)


def test_a_row_that_lost_its_key_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    text = errata_csv(Draft(rows=(ROW, ROW)), Wording("ja", FORMS))
    path.write_text(text + "1,道路整備事業,,,1,2,\r\n", encoding="utf-8")
    with pytest.raises(ErrataError, match="4行目"):
        read_errata(path)


def test_a_row_that_does_not_fit_changes_nothing() -> None:
    form = FORMS["kushiro"]
    whole = book(3, 0, form, kpis=0)
    sheet = whole.sheets[0]
    right = draft_of(
        Version([whole]),
        Version([whole.model_copy(update={"sheets": (_without_total(sheet), *whole.sheets[1:])})]),
    ).rows
    (row,) = right
    of = row.of
    others = {
        "other content": row.model_copy(update={"wrong": "987,654,321"}),
        "no place": row.model_copy(update={"year": "1999"}),
        "no record": row.model_copy(update={"of": of.model_copy(update={"project": "なし"})}),
        "other book": row.model_copy(update={"of": of.model_copy(update={"fiscal_year": 1999})}),
    }
    applied = apply_errata(whole, others.values(), form)
    assert applied.book == whole
    assert {item.why for item in applied.not_applied} == set(others)
    twice = whole.model_copy(update={"sheets": (sheet, *whole.sheets)})
    assert [item.why for item in apply_errata(twice, right, form).not_applied] == [
        "several records"
    ]


def _without_total(sheet: Sheet) -> Sheet:
    key, column = next(iter(sheet.years.items()))
    assert column.total_cost is not None
    total = column.total_cost.model_copy(update={"value": None, "state": "blank", "printed": ""})
    years = {**sheet.years, key: column.model_copy(update={"total_cost": total})}
    return sheet.model_copy(update={"years": years})


def test_unrelated_books_are_refused() -> None:
    form = FORMS["kushiro"]
    one = book(3, 0, form, kpis=0)
    other = one.model_copy(
        update={
            "fiscal_year": 2020,
            "sheets": tuple(sheet.model_copy(update={"fiscal_year": 2020}) for sheet in one.sheets),
        }
    )
    with pytest.raises(UnrelatedBooks):
        draft_of(Version([one]), Version([other]))
