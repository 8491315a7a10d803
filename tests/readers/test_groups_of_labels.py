"""Labels that are alike and stand in groups: 成果指標 目標値 and 活動指標 目標値, その他 twice."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.readers.documents import read_documents
from auditor.records.fiscal import fiscal_year_in_words
from tests.documents.either_kind import Kind, document_bytes
from tests.documents.workbook_writer import PlainWorksheet

SESSION: Final = load()
YEAR: Final = 2024
HEAD: Final = """
name = "made"
title = { ja = "様式", en = "form" }
unit = "千円"
units = { "千円" = 1000 }
evaluated = [0]
[[columns]]
offset = -1
kind = "settled"
[[columns]]
offset = 0
kind = "settled"
[labels]
title = "年度 事業評価表"
name = "事業名"
[fields.total_cost]
label = "事業費"
"""
GROUPS: Final = ("成果指標", "活動指標", "財源内訳", "特定財源")
MEMBERS: Final = ("目標値", "実績値", "その他")


def form_text(groups: list[str], members: list[str]) -> str:
    fields = [
        f'[fields.g{at}_{number}]\neach = "year"\nunit = ""\nlabel = "{group} {member}"\n'
        for at, group in enumerate(groups)
        for number, member in enumerate(members)
    ]
    return HEAD + "".join(fields)


def worksheet_of(groups: list[str], members: list[str], arrangement: str) -> PlainWorksheet:
    worksheet = PlainWorksheet("シート")
    worksheet.put(1, 1, fiscal_year_in_words(YEAR) + "　事業評価表", columns=4)
    worksheet.put(2, 1, "事業名", columns=2)
    worksheet.put(2, 3, "道路維持事業", columns=2)
    for index in range(2):
        worksheet.put(4, 3 + index, fiscal_year_in_words(YEAR - 1 + index))
        worksheet.put(5, 3 + index, 500 + index)
    worksheet.put(5, 1, "事業費", columns=2)
    row = 6
    for at, group in enumerate(groups):
        if arrangement == "above":
            worksheet.put(row, 1, group)
            worksheet.put(row, 2, "満足度")
            row += 1
        else:
            worksheet.put(row, 1, group, rows=len(members) if arrangement == "merged" else 1)
        for number, member in enumerate(members):
            worksheet.put(row, 1 if arrangement == "above" else 2, member)
            for index in range(2):
                worksheet.put(row, 3 + index, 100 * at + 10 * number + index + 1)
            row += 1
    return worksheet


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@settings(max_examples=20)
@given(
    groups=st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique=True),
    members=st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=3, unique=True),
    arrangement=st.sampled_from(["merged", "first row", "above"]),
)
def test_the_group_tells_labels_apart(
    kind: Kind,
    groups: list[str],
    members: list[str],
    arrangement: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("groups")
    (folder / "made.toml").write_text(form_text(groups, members), encoding="utf-8")
    form = load_form(folder / "made.toml")
    path: Path = folder / f"book.{kind}"
    path.write_bytes(document_bytes([worksheet_of(groups, members, arrangement)], kind))

    result = read_documents([path], forms={"made": form}, readers=SESSION.readers, form="made")

    (book,) = result.books
    (sheet,), (document,) = book.sheets, book.documents
    assert not document.unread and not document.remarks
    values = {
        (name, year.year): figure.value
        for year in sheet.years.values()
        for name, figure in year.figures.items()
    }
    assert values == {
        (f"g{at}_{number}", YEAR - 1 + index): 100 * at + 10 * number + index + 1
        for at, _ in enumerate(groups)
        for number, _ in enumerate(members)
        for index in range(2)
    }
