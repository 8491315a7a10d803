"""Drafts of made-up documents: what they find out, what they ask, and that they always load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.drafting.coverage import Coverage, coverage_of
from auditor.drafting.draft import Answers, Draft, Question, QuestionKey
from auditor.drafting.drafter import drafted
from auditor.drafting.explanation import explanation_page
from auditor.drafting.form_file import form_text
from auditor.drafting.headings import heading_of, printed_label
from auditor.drafting.questions import WrongAnswer, answered, few
from auditor.drafting.repetition import repeated
from auditor.drafting.shipped import shipped_vocabulary
from auditor.forms.loading import load_form
from auditor.readers.printed_grids import PrintedGrid, cells_of_grid
from auditor.readers.printing import printed_grids
from auditor.readers.source import Source
from auditor.records.text import Text
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.documents.workbook_writer import PlainWorksheet
from tests.drafting import drafted_documents as documents
from tests.layouts.described import Table, Value, grid_of, worksheet_of

VOCABULARY = shipped_vocabulary()
SESSION = load()
YEARS = ("令和４年度", "令和５年度", "令和６年度")
FUNDING = {
    "funding.national",
    "funding.prefectural",
    "funding.local_bonds",
    "funding.general_revenue",
}


def draft_of(worksheets: Sequence[PlainWorksheet], answers: Answers | None = None) -> Draft | None:
    grids = [
        PrintedGrid(sheet.name, number, cells_of_grid(grid_of(sheet)))
        for number, sheet in enumerate(worksheets, 1)
    ]
    return drafted(
        grids, VOCABULARY, source="book.xlsx", name="mycity", answers=answers or Answers()
    )


def certain(draft: Draft) -> set[str]:
    return {field.name for field in draft.fields if field.certainty == "certain"}


def read_with(draft: Draft, document: Path) -> Coverage:
    """The document, read with the form of the draft as it was written."""
    path = document.with_name("mycity.toml")
    path.write_text(form_text(draft), encoding="utf-8")
    return coverage_of(str(document), load_form(path), SESSION.readers)


READ_WHOLLY: dict[str, Callable[[], list[PlainWorksheet]]] = {
    "grants": lambda: [documents.grants()],
    "one-year": lambda: [documents.one_year()],
    "wide": lambda: [documents.wide()],
    "wide-years": lambda: [documents.wide(YEARS)],
    "kinds-on-rows": lambda: [documents.kinds_on_rows()],
    "sheets": documents.sheets,
    "sheets-below": lambda: documents.sheets(below=True),
    "cards": lambda: [documents.cards()],
}


@pytest.mark.parametrize("name", READ_WHOLLY)
def test_a_drafted_form_reads_every_number(name: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(document_bytes(READ_WHOLLY[name](), "xlsx"))
    grids = printed_grids(Source.open(path))
    assert grids is not None
    answers = Answers(years=(2022, 2023, 2024))
    draft = drafted(grids, VOCABULARY, source="book.xlsx", name="mycity", answers=answers)
    assert draft is not None
    assert sum(question.blocking for question in draft.questions) == 0
    coverage = read_with(draft, path)
    assert coverage.is_whole, coverage
    assert "mycity.toml" in explanation_page(draft, coverage, "ja")


@pytest.mark.parametrize("kind", ["csv", "pdf", "xls"])
def test_the_kind_of_file_makes_no_difference(kind: WideKind, tmp_path: Path) -> None:
    path = tmp_path / file_name("book", kind)
    path.write_bytes(document_bytes([documents.one_year(wrong=[3])], kind))
    grids = printed_grids(Source.open(path))
    assert grids is not None
    draft = drafted(grids, VOCABULARY, source=path.name, name="mycity", answers=Answers())
    assert draft is not None
    assert certain(draft) == {"total_cost", *FUNDING}
    assert len(draft.findings) == 1
    assert read_with(draft, path).is_whole


def test_label_and_sum_that_agree_are_certain() -> None:
    draft = draft_of([documents.wide(YEARS)])
    assert draft is not None
    assert {"total_cost", "staff_cost", "full_cost", *FUNDING} <= certain(draft)
    assert draft.funding_complete
    assert [column.offset for column in draft.columns] == [-2, -1, 0]
    formulas = {rule.formula for rule in draft.rules}
    assert "full_cost == sum([total_cost, staff_cost])" in formulas


def test_a_label_alone_is_asked_and_has_a_neutral_name_until_then() -> None:
    rows: list[list[Value]] = [[f"試験{at}事業", 100 + at, 7 * at + 1] for at in range(9)]
    sheet = worksheet_of(
        "令和６年度", [Table(["事業名", "事業費（千円）", "一般財源（千円）"], rows)]
    )
    draft = draft_of([sheet])
    assert draft is not None
    assert [field.name for field in draft.fields] == ["figure_1", "figure_2"]
    assert not certain(draft)


def test_blocks_of_headings_are_asked_for_their_years_once() -> None:
    draft = draft_of([documents.wide(blocks=4)])
    assert draft is not None
    blocking = [question for question in draft.questions if question.blocking]
    assert [question.key for question in blocking] == ["years"]
    assert draft.years_assumed
    answers = Answers(years=(2020, 2021, 2022, 2023))
    answered = draft_of([documents.wide(blocks=4)], answers)
    assert answered is not None
    assert answered.years == [2020, 2021, 2022, 2023]
    assert not answered.is_blocked


def test_a_row_that_does_not_fit_is_a_first_finding_with_its_cell() -> None:
    draft = draft_of([documents.wide(YEARS, wrong=[7])])
    assert draft is not None
    (finding,) = draft.findings
    assert finding.place.sheet == "集計"
    assert finding.column is not None
    assert finding.column.en.startswith("FY2023")
    assert finding.column.ja.startswith("令和５年度")
    assert "≠" in finding.numbers


def test_rates_say_how_they_are_rounded() -> None:
    draft = draft_of([documents.grants()])
    assert draft is not None
    (rate,) = [field for field in draft.fields if field.name == "execution_rate"]
    assert (rate.rounding, str(rate.step)) == ("half_up", "0.1")


def test_rows_of_kinds_are_columns_of_a_project() -> None:
    draft = draft_of([documents.kinds_on_rows()])
    assert draft is not None
    assert draft.layout.rows == "year"
    assert [(column.offset, column.kind) for column in draft.columns] == [
        (0, "budgeted"),
        (0, "settled"),
    ]
    assert len(draft.layout.records) == 15


def test_items_are_told_from_projects() -> None:
    draft = draft_of([documents.budget()])
    assert draft is not None
    assert draft.layout.kind == "items"
    assert len(draft.layout.records) == 25
    assert draft.layout.total_words == {"all": ["歳出合計"]}


def test_what_has_no_numbers_is_no_draft() -> None:
    assert (
        draft_of([worksheet_of("メモ", [Table(["氏名", "役職"], [["試験太郎", "課長"]])])]) is None
    )


HEADINGS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "事業名",
                "事業費",
                "国庫支出金",
                "その他",
                "令和５年度",
                "合計",
                "No.",
                "決算額",
                "款",
                "%",
            ]
        ),
        st.text(max_size=8),
    ),
    min_size=1,
    max_size=6,
)
CELLS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.integers(-999, 99999),
    st.text(max_size=6),
    st.sampled_from(["合計", "－", "予算"]),
)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_draft_always_loads(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    headings = data.draw(HEADINGS)
    width = len(headings)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6))
    draft = draft_of([worksheet_of("Sheet1", [Table(headings, rows)])])
    if draft is None:
        return
    path = tmp_path_factory.mktemp("draft") / "mycity.toml"
    path.write_text(form_text(draft), encoding="utf-8")
    form = load_form(path)
    assert list(form.fields) == [field.name for field in draft.fields]
    for lang in ("ja", "en"):
        assert explanation_page(draft, None, "ja" if lang == "ja" else "en")


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=6, unique=True), st.integers(2, 5))
def test_blocks_that_come_again_are_counted(block: list[str], times: int) -> None:
    blocks = repeated(["x", *block * times, "y"])
    assert blocks is not None
    assert blocks[0] is None
    assert blocks[-1] is None
    assert [number for number in blocks if number is not None] == [
        at // len(block) for at in range(len(block) * times)
    ]


@given(st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=9))
def test_headings_that_differ_are_no_blocks(headings: list[str]) -> None:
    assert repeated(headings) is None


@pytest.mark.parametrize(
    ("text", "year", "kind", "rest"),
    [
        ("令和６年度（決算額）", 2024, "settled", ""),
        ("R5年度 当初予算額", 2023, "budgeted", ""),
        ("令和８年度歳入額", 2026, None, "歳入額"),
        ("決算額(見込）", None, "expected", "決算額(見込)"),
        ("国庫支出金", None, None, "国庫支出金"),
    ],
)
def test_headings_are_taken_apart(text: str, year: int | None, kind: str | None, rest: str) -> None:
    heading = heading_of(text, VOCABULARY)
    assert (heading.year, heading.kind, heading.rest) == (year, kind, rest)


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("④職員費(②×③)", "staff_cost"),
        ("国(県)支出金", "funding.grants"),
        ("事業費 A", "total_cost"),
        ("トータルコスト(A)＋(B)", "full_cost"),
        ("市民一人当たり（円）", "per_capita"),
    ],
)
def test_words_are_known_behind_marks_and_brackets(heading: str, name: str) -> None:
    assert VOCABULARY.names_of(heading)[0] == name


def test_labels_lose_their_marks_and_keep_what_they_need() -> None:
    assert printed_label("④職員費(②×③)") == "職員費"
    assert printed_label("トータルコスト(A)＋(B)") == "トータルコスト(A)＋(B)"


def test_more_than_two_questions_are_asked_as_two() -> None:
    text = Text(en="?", ja="？")
    keys: tuple[QuestionKey, ...] = ("names", "kinds", "unit", "years")
    suggestions = {"unit": "千円", "kinds": "settled", "names": "yes", "years": "2023,2024"}
    questions = [Question(key, text, suggestions[key]) for key in keys]
    first, second = few(questions)
    assert (first.key, second.key) == ("years", "amounts")
    assert second.hint.ja == "千円,決算"
    answers = answered(Answers(), second, "百万円、予算", VOCABULARY)
    assert (answers.unit, answers.kind) == ("百万円", "budgeted")
    assert answered(Answers(), second, "", VOCABULARY) == Answers(unit="千円", kind="settled")
    for wrong in ("千円", "決算,千円", "千円,何か"):
        with pytest.raises(WrongAnswer):
            answered(Answers(), second, wrong, VOCABULARY)
    assert [question.key for question in few(questions[1:3])] == ["unit", "kinds"]
