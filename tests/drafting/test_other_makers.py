"""Documents in other words than those of the first ones: their drafts read every number, and name
no figure that nobody can be sure about.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.auditing.session import load
from auditor.drafting.coverage import coverage_of
from auditor.drafting.draft import Answers, Draft
from auditor.drafting.drafter import drafted
from auditor.drafting.form_file import form_text
from auditor.drafting.shipped import shipped_vocabulary
from auditor.forms.loading import load_form
from auditor.readers.printing import printed_grids
from auditor.readers.source import Source
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import Headed, Lines, Table, Value, worksheet_of

VOCABULARY = shipped_vocabulary()
SESSION = load()
NUMBERS = random.Random(29)
_WORDS = ("港湾", "河川", "緑化", "学童", "統計", "選挙", "農業", "水産", "林道", "介護", "国保")


def name(number: int) -> str:
    return f"{_WORDS[number % len(_WORDS)]}模擬事業{number // len(_WORDS) or ''}"


def amount() -> int:
    return NUMBERS.randrange(10, 9_000)


def changes() -> list[PlainWorksheet]:
    """Headings that say only year and kind, with the total row first."""
    rows: list[list[Value]] = []
    totals = [0, 0, 0]
    for number in range(22):
        amounts = [amount(), amount(), amount()]
        totals = [total + part for total, part in zip(totals, amounts, strict=True)]
        rows.append([number + 1, name(number), "試験課", *amounts])
    top = Lines(["試験市　主要事業の推移", "令和６年度当初予算編成資料"])
    headings = ["番号", "事業名", "所管課", "R4決算額", "R5決算額", "R6当初予算額"]
    table = Table(headings, [[None, "合計", None, *totals], *rows])
    return [worksheet_of("一覧", [top, Lines(["（単位：千円）"], align="right"), table])]


def millions() -> list[PlainWorksheet]:
    """A list of one year with sections, a note, and its unit without brackets."""
    sources = ["国庫支出金", "都支出金", "特別区債", "その他特財", "一般財源"]
    rows: list[list[Value] | str] = []
    for number in range(24):
        if number % 8 == 0:
            rows.append(f"第{number // 8 + 1}章　模擬の施策")
        parts = [NUMBERS.choice([0, amount()]) for _ in sources[:-1]] + [amount()]
        rows.append([name(number), sum(parts), *parts, "継続"])
    headings: list[Headed] = ["事務事業の名称", "総事業費", ("財源内訳", sources), "備考"]
    top = Lines(["令和５年度決算　主要な施策の成果"])
    unit = Lines(["単位：百万円"], align="right")
    table = Table(headings, rows)
    return [worksheet_of("主要事業", [top, unit, table, Lines(["※ 端数は四捨五入している。"])])]


def repeated() -> list[PlainWorksheet]:
    """Headings that come again below a title with a year and a unit."""
    of_year = ["国費", "県費", "起債", "その他", "一般財源", "事業費", "人件費", "総コスト"]
    rows: list[list[Value]] = []
    for number in range(30):
        row: list[Value] = [name(number), "試験課"]
        for _ in range(4):
            parts = [NUMBERS.choice([0, amount()]) for _ in range(5)]
            staff = amount()
            row += [*parts, sum(parts), staff, sum(parts) + staff]
        rows.append(row)
    top = Lines(["2024年度　事務事業一覧（円）", ""])
    return [worksheet_of("data", [top, Table(["事業", "主管課", *of_year * 4], rows)])]


def draft_in(
    folder: Path, worksheets: list[PlainWorksheet], kind: WideKind, answers: Answers
) -> tuple[Path, Draft]:
    path = folder / file_name("book", kind)
    path.write_bytes(document_bytes(worksheets, kind))
    grids = printed_grids(Source.open(path))
    assert grids is not None
    draft = drafted(grids, VOCABULARY, source=path.name, name="mycity", answers=answers)
    assert draft is not None
    return path, draft


_SOURCES = ("national", "prefectural", "local_bonds", "other_specific", "general_revenue")
FUNDING = {f"funding.{source}" for source in _SOURCES}
CASES: dict[str, tuple[Callable[[], list[PlainWorksheet]], set[str], str, set[str]]] = {
    "changes": (changes, set(), "千円", {"names"}),
    "millions": (millions, {"total_cost", *FUNDING}, "百万円", set()),
    "repeated": (
        repeated, {"total_cost", "staff_cost", "full_cost", *FUNDING}, "円", {"years", "kinds"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_number_is_read_after_two_questions(
    case: str, kind: WideKind, tmp_path: Path
) -> None:
    make, certain, unit, questions = CASES[case]
    path, draft = draft_in(tmp_path, make(), kind, Answers())
    assert {question.key for question in draft.questions} == questions
    assert len(questions) <= 2
    assert {field.name for field in draft.fields if field.certainty == "certain"} == certain
    assert draft.unit == unit
    answers = Answers(years=(2021, 2022, 2023, 2024), kind="settled", names=True)
    path, draft = draft_in(tmp_path, make(), kind, answers)
    assert not draft.questions
    form = path.with_name("mycity.toml")
    form.write_text(form_text(draft), encoding="utf-8")
    coverage = coverage_of(str(path), load_form(form), SESSION.readers)
    assert coverage.is_whole, coverage


def test_no_unit_is_asked_for_where_nothing_is_money(tmp_path: Path) -> None:
    """Targets of several years are an indicator's, each due in its year."""
    of_year = ["目標値", "実績値"]
    headings: list[Headed] = ["施策", "指標名", ("R5年度", of_year), ("R6年度", of_year)]
    rows: list[list[Value]] = [
        ["模擬施策", f"模擬指標{number}", *(amount() for _ in range(4))] for number in range(8)
    ]
    top = Lines(["令和６年度　総合計画　指標一覧", ""])
    worksheet = worksheet_of("KPI", [top, Table(headings, rows)])
    path, draft = draft_in(tmp_path, [worksheet], "xlsx", Answers())
    assert draft.questions == []
    assert draft.layout.kind == "indicators"
    form = path.with_name("mycity.toml")
    form.write_text(form_text(draft), encoding="utf-8")
    assert coverage_of(str(path), load_form(form), SESSION.readers).is_whole
