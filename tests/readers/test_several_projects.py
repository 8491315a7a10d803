"""Several projects on one worksheet or page: each is read, whatever fields the form has."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.records.model import Sheet
from auditor.testing.build import book
from tests.documents.either_kind import Kind, document_bytes
from tests.documents.workbook_writer import Layout, worksheets_of

SESSION: Final = load()
FORM: Final = """
name = "made"
title = { ja = "様式", en = "form" }
detect = ["主要事業調書"]
unit = "千円"
units = { "円" = 1, "千円" = 1000, "人" = 1, "件" = 1 }
evaluation_lag = 1
evaluated = [0]
funding_complete = false
[[columns]]
offset = -1
kind = "settled"
label = "決算額"
[[columns]]
offset = 0
kind = "settled"
label = "決算額"
[labels]
title = "年度 主要事業調書"
name = "事業名"
[fields.total_cost]
label = "歳出"
"""
FIELDS: Final = {
    "funding.grants": 'label = "補助金"',
    "staff_cost": 'label = "人件費"',
    "headcount": 'label = "職員数"\nunit = "人"\nstep = "0.1"',
    "population": 'label = "対象人口"\nunit = "人"',
    "visitors": 'label = "来館者数"\nunit = "人"\neach = "year"',
    "seats": 'label = "座席数"\nunit = "人"\neach = "sheet"',
}


def forms(folder: Path, names: list[str]) -> tuple[Form, Form]:
    """A form with these fields and the total cost, and one without it."""
    path = folder / "made.toml"
    fields = "".join(f"[fields.{name}]\n{FIELDS[name]}\n" for name in names)
    path.write_text(FORM + fields, encoding="utf-8")
    whole = load_form(path)
    path.write_text(FORM.partition("[fields.total_cost]")[0] + fields, encoding="utf-8")
    return whole, load_form(path)


def values(sheet: Sheet, form: Form) -> dict[tuple[str, str | None], object]:
    return {
        (name, key): figure.value
        for name, key, figure in sheet.every_figure()
        if name in form.fields and figure.value is not None
    }


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@settings(max_examples=25)
@given(
    names=st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, unique=True),
    total=st.booleans(),
    seed=st.integers(0, 9_999),
    arrange=st.sampled_from(["stacked", "beside"]),
    years=st.sampled_from(["across", "down"]),
)
def test_each_of_several_projects_is_read(
    kind: Kind,
    names: list[str],
    total: bool,
    seed: int,
    arrange: Literal["stacked", "beside"],
    years: Literal["across", "down"],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("projects")
    whole, without = forms(folder, names)
    form = whole if total else without
    made = book(sheets=3, seed=seed, form=whole, kpis=0)
    assume(all(values(sheet, form) for sheet in made.sheets))
    worksheets = worksheets_of(made, form, Layout(arrange=arrange, years=years))
    path = folder / f"book.{kind}"
    path.write_bytes(document_bytes(worksheets, kind))

    result = read_documents([path], forms={"made": form}, readers=SESSION.readers, form="made")

    assert not result.not_checked
    sheets = [sheet for of_year in result.books for sheet in of_year.sheets]
    assert [sheet.name for sheet in sheets] == [sheet.name for sheet in made.sheets]
    for sheet, truth in zip(sheets, made.sheets, strict=True):
        assert values(sheet, form) == values(truth, form)
