"""The sheet text reader: both block orders, figures that stand apart from their labels, and one
wrong figure that moves no other.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.forms.model import FormError
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.readers.text.reader import SheetTextReader
from auditor.records.figures import Figure, parse_figure
from auditor.records.model import Sheet
from auditor.testing.build import RandomChooser, build_book
from auditor.testing.strategies import DrawnChooser
from auditor_datasets import load
from tests.documents.text_writer import BlockOrder, sheet_text, text_of_sheets

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "documents"
FORM = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
ORDERS: tuple[BlockOrder, ...] = ("values_first", "texts_first")
Cell = tuple[str, str | None]


def read(text: str) -> Reading:
    return SheetTextReader().read(Source("sheets.txt", text.encode()), FORM)


def only(text: str) -> Sheet:
    reading = read(text)
    assert not reading.not_checked
    return reading.sheets[0]


def cells(sheet: Sheet) -> dict[Cell, Figure]:
    """Every figure of a sheet by its field and year; a figure that the form does not have is an
    error.
    """
    found: dict[Cell, Figure | None] = {
        ("population", None): sheet.population,
        ("cost_per_capita", None): sheet.cost_per_capita,
        ("bond_burden_per_capita", None): sheet.bond_burden_per_capita,
    }
    for key, year in sheet.years.items():
        found |= {
            ("total_cost", key): year.total_cost,
            ("staff_cost", key): year.staff_cost,
            ("headcount", key): year.headcount,
        }
        found |= {(f"funding.{source}", key): figure for source, figure in year.funding.items()}
    assert len(found) == 3 + 3 * 8
    return {cell: figure for cell, figure in found.items() if figure is not None}


def printed(sheet: Sheet) -> dict[Cell, str]:
    return {cell: figure.printed for cell, figure in cells(sheet).items()}


def seen(sheet: Sheet) -> dict[str, Any]:
    """What the truths of this module say of a sheet: everything but places and texts."""
    return {
        "name": sheet.name,
        "budget_stages": list(sheet.budget_stages),
        "fiscal_year": sheet.fiscal_year,
        "department": sheet.department,
        "category": sheet.category,
        "plans": list(sheet.plans),
        "population_as_of": str(sheet.population_as_of),
        "status": sheet.status,
        "evaluations": {year: evaluation.result for year, evaluation in sheet.evaluations.items()},
        "kinds": {key: year.kind for key, year in sheet.years.items()},
        "figures": {
            cell: (str(figure.value), figure.printed) if figure.state == "number" else None
            for cell, figure in cells(sheet).items()
        },
    }


def truths() -> list[dict[str, Any]]:
    """The shared excerpt's records, read by hand."""

    def figure(record: dict[str, str] | None) -> tuple[str, str] | None:
        return None if record is None else (record["value"], record["printed"])

    found: list[dict[str, Any]] = []
    for sheet in json.loads((DOCUMENTS / "expected-records.json").read_text(encoding="utf-8"))[
        "sheets"
    ]:
        figures: dict[Cell, tuple[str, str] | None] = {
            (field, None): figure(sheet.pop(field))
            for field in ("population", "cost_per_capita", "bond_burden_per_capita")
        }
        years = sheet.pop("years")
        for key, year in years.items():
            figures |= {
                (field, key): figure(year[field])
                for field in ("total_cost", "staff_cost", "headcount")
            }
            figures |= {
                (f"funding.{source}", key): figure(record)
                for source, record in year["funding"].items()
            }
        sheet["evaluations"] = {
            year: block["result"] for year, block in sheet["evaluations"].items()
        }
        found.append(
            sheet
            | {"kinds": {key: year["kind"] for key, year in years.items()}, "figures": figures}
        )
    return found


def with_texts(sheet: Sheet) -> Sheet:
    """The sheet with invented texts that have the shapes of real ones: bullets before their
    texts, figures, repeated first lines.
    """
    n = sheet.number
    plan = f"①　第{n}の取組\n　・予定　{n},000件（うち新規 {n}00件）\n\n②　その他"
    texts = {
        "purpose": f"　第{n}の目的を掲げ、Ｒ６に{n}0,717件を目指\nす。 R4 R5 R6",
        "planned": plan if n % 2 else "",
        "achieved": f"①　第{n}の取組\n　◎実績　98,{n}03件\n　地方債 (千円） 1,000 2,000"
        if n % 2
        else "",
        "undivided": "" if n % 2 else f"{plan}\n\n◎実績　{n}件",
        "captions": "年度 Ｒ４ Ｒ５ Ｒ６\n\n金額（千円） 1,774,540 2,200,520 1,936,465"
        if n % 3 == 0
        else "",
    }

    def assessed(year: str) -> dict[str, str]:
        return {
            "direction": f"・\n・\n\n第一の{year}\n第二の{year}。",
            "issues": f"・ 課題を整理し\nて進める{year}。",
        }

    evaluations = sheet.evaluations.items()
    blocks = {
        year: block.model_copy(update=assessed(year) if block.result else {})
        for year, block in evaluations
    }
    return sheet.model_copy(
        update={
            **texts,
            "evaluations": blocks,
            "plans": sheet.plans or ("まちづくり基本構想", "（仮称）第２期計画"),
        }
    )


@dataclass(frozen=True)
class Document:
    text: str
    truth: list[dict[str, Any]]


def _documents() -> Iterator[Any]:
    """The shipped figures printed in both orders, with a cover or none, and the shared excerpt
    where it is there.
    """
    sheets = [with_texts(sheet) for sheet in load("kushiro-r6")[0].sheets]
    for order, cover in zip(ORDERS, ("第 5章 市民協働\n\n ～みらい～", ""), strict=True):
        yield pytest.param(
            Document(text_of_sheets(sheets, FORM, order, cover), [seen(sheet) for sheet in sheets]),
            id=order,
        )
    if DOCUMENTS.exists():
        excerpt = (DOCUMENTS / "kushiro-r6-chapter5-excerpt.txt").read_text(encoding="utf-8")
        yield pytest.param(Document(excerpt, truths()), id="excerpt")


DOCUMENT = pytest.mark.parametrize("document", list(_documents()))


def split(text: str) -> list[str]:
    """The sheets of a document, without its cover."""
    return re.split(r"(?m)^(?= ?１　事業名等)", text)[1:]


@DOCUMENT
def test_figures_and_headings_are_read_as_they_were_read_by_hand(document: Document) -> None:
    source = Source("sheets.txt", document.text.encode())
    assert SheetTextReader().accepts(source, FORM)
    reading = SheetTextReader().read(source, FORM)
    assert (reading.fiscal_year, reading.remarks, reading.not_checked) == (2024, (), ())
    assert [seen(sheet) for sheet in reading.sheets] == document.truth
    assert [sheet.number for sheet in reading.sheets] == list(range(1, 11))


@DOCUMENT
def test_every_figure_names_its_line_its_unit_and_its_evidence(document: Document) -> None:
    lines = document.text.split("\n")
    for sheet in read(document.text).sheets:
        for (field, _), figure in cells(sheet).items():
            assert figure.unit == FORM.fields[field].unit
            assert figure.placed_by is not None
            assert figure.place is not None
            assert figure.place.line is not None
            assert figure.printed in lines[figure.place.line - 1]


@DOCUMENT
def test_no_text_is_lost_or_doubled(document: Document) -> None:
    """All characters of a sheet but those of the form's own words are in its record, once."""
    for text, sheet in zip(split(document.text), read(document.text).sheets, strict=True):
        bare = sheet.model_copy(
            update={
                **dict.fromkeys(
                    (
                        "department",
                        "category",
                        "purpose",
                        "planned",
                        "achieved",
                        "undivided",
                        "captions",
                    ),
                    "",
                ),
                "plans": (),
                "name": "",
                "budget_stages": (),
                "evaluations": {},
            }
        )
        kept = [
            sheet.name,
            *(f"＜{stage}＞" for stage in sheet.budget_stages),
            sheet.department,
            sheet.category,
            *sheet.plans,
        ]
        kept += [sheet.purpose, sheet.planned, sheet.achieved, sheet.undivided, sheet.captions]
        kept += [
            part
            for block in sheet.evaluations.values()
            for part in (block.result or "", block.direction, block.issues)
        ]
        texts = Counter("".join("".join(kept).split()))
        words = Counter("".join(sheet_text(bare, FORM).split()))
        assert Counter("".join(text.split())) == texts + words


def alterations(figure: str) -> Iterator[str]:
    digits = figure.lstrip("△ ")
    yield from ("0", "-", "1,00", "①10", "####", "1O", "なし")
    yield digits if digits != figure else f"△ {figure}"
    yield f"{figure}9"
    yield figure.replace(digits[0], "０１２３４５６７８９"[int(digits[0])], 1)
    yield re.sub("[0-9]", lambda digit: str((int(digit[0]) + 3) % 10), figure)


def altered(text: str) -> Iterator[tuple[Cell, str, str]]:
    """A sheet's text with each of its figures altered in turn: which cell, to what, and the text."""
    lines = text.split("\n")
    stands: dict[int, list[tuple[Cell, str]]] = {}
    for cell, figure in cells(only(text)).items():
        if figure.place and figure.place.line and figure.printed:
            stands.setdefault(figure.place.line, []).append((cell, figure.printed))
    for number, figures in stands.items():
        line, end = lines[number - 1], 0
        for cell, figure in figures:
            match = re.compile(rf"(?<!\S){re.escape(figure)}(?!\S)").search(line, end)
            assert match
            end = match.end()
            for new in alterations(figure):
                yield (
                    cell,
                    new,
                    "\n".join(
                        [
                            *lines[: number - 1],
                            line[: match.start()] + new + line[end:],
                            *lines[number:],
                        ]
                    ),
                )


@DOCUMENT
def test_one_altered_figure_moves_no_other(document: Document) -> None:
    tried = 0
    for text in split(document.text):
        true = printed(only(text))
        for cell, new, other in altered(text):
            tried += 1
            assert printed(only(other)) == true | {cell: new}, (cell, new)
    assert tried > 1_000


@pytest.mark.parametrize("seed", range(2))
def test_one_altered_figure_in_a_sparse_table_moves_no_other_or_says_so(seed: int) -> None:
    """Where a source is printed for some years only, a small figure altered to the difference of
    another can't be told apart.
    """
    wrong = tried = 0
    for sheet in build_book(FORM, RandomChooser(seed), 2, 0).sheets:
        for order in ORDERS:
            text = sheet_text(sheet, FORM, order)
            true = printed(only(text))
            for cell, new, other in altered(text):
                tried += 1
                reading = read(other)
                if printed(reading.sheets[0]) != true | {cell: new}:
                    wrong += 1
                    assert "RD002" in {remark.rule for remark in reading.remarks}, (cell, new)
    assert tried > 500
    assert wrong * 100 <= tried


@st.composite
def consistent_sheets(draw: st.DrawFn) -> list[Sheet]:
    year = draw(st.integers(2019, 2030))
    sheets = build_book(FORM, DrawnChooser(draw), draw(st.integers(1, 3)), 0, year).sheets
    return [with_texts(sheet) if draw(st.booleans()) else sheet for sheet in sheets]


@given(
    consistent_sheets(),
    st.sampled_from(ORDERS),
    st.sampled_from(["", "第１章 まちづくり\n\n　～～"]),
)
def test_consistent_sheets_come_back_as_they_were_printed(
    sheets: list[Sheet], order: BlockOrder, cover: str
) -> None:
    reading = read(text_of_sheets(sheets, FORM, order, cover))
    assert reading.not_checked == ()
    assert reading.fiscal_year == sheets[0].fiscal_year
    assert {remark.rule for remark in reading.remarks} <= {"RD002"}
    unsure = {(remark.sheet, remark.field) for remark in reading.remarks}
    for sheet, its in zip(sheets, reading.sheets, strict=True):
        figures, true = seen(its).pop("figures"), seen(sheet).pop("figures")
        wrong = {cell for cell in true if figures[cell] != true[cell]}
        assert {(its.number, field) for field, _ in wrong} <= unsure
        assert {cells(its)[cell].placed_by for cell in wrong} <= {"arithmetic", "usual_place"}
        assert sorted(filter(None, figures.values())) == sorted(filter(None, true.values()))
        assert seen(its) | {"figures": None} == seen(sheet) | {"figures": None}
        for name in ("purpose", "planned", "achieved", "undivided", "captions"):
            assert getattr(its, name) == getattr(sheet, name)
        for year, block in sheet.evaluations.items():
            read_block = its.evaluations[year]
            assert (read_block.result, read_block.meaning, read_block.reason_code) == (
                block.result,
                block.meaning,
                block.reason_code,
            )
            assert (read_block.direction, read_block.issues) == (
                block.direction or block.reason,
                block.issues or block.reason,
            )


# — one sheet whose rows a test sets —

ROWS = {
    "total_cost": ("1,300", "2,300", "3,300"),
    "funding.grants": ("", "", ""),
    "funding.local_bonds": ("", "", ""),
    "funding.fees": ("", "", ""),
    "funding.other_specific": ("", "", ""),
    "funding.general_revenue": ("1,300", "2,300", "3,300"),
    "staff_cost": ("7,136", "7,388", "7,438"),
    "headcount": ("1.0", "1.0", "1.0"),
}
BASE = with_texts(load("kushiro-r6")[0].sheets[3].model_copy(update={"number": 1}))


def made(
    sheet: Sheet = BASE, per_capita: str = "15.0", burden: str = "0.0", **rows: tuple[str, str, str]
) -> Sheet:
    """A sheet with these rows (a source's by its own name), the printed words alone deciding what
    they are.
    """
    figures = ROWS | {
        (name if name in ROWS else f"funding.{name}"): row for name, row in rows.items()
    }

    def figure(field: str, text: str) -> Figure:
        return parse_figure(text, unit=FORM.fields[field].unit)

    years = {
        key: year.model_copy(
            update={
                field: figure(field, figures[field][index])
                for field in ("total_cost", "staff_cost", "headcount")
            }
            | {
                "funding": {
                    source: figure(f"funding.{source}", figures[f"funding.{source}"][index])
                    for source in year.funding
                }
            }
        )
        for index, (key, year) in enumerate(sheet.years.items())
    }
    ratios = {
        "cost_per_capita": figure("cost_per_capita", per_capita),
        "bond_burden_per_capita": figure("bond_burden_per_capita", burden),
    }
    return sheet.model_copy(update={"years": years, **ratios})


def row(sheet: Sheet, field: str) -> tuple[list[str], set[str | None]]:
    """A row as printed by column, and what placed it."""
    figures = [figure for cell, figure in cells(sheet).items() if cell[0] == field]
    return [figure.printed for figure in figures], {figure.placed_by for figure in figures}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("rows", "field", "by"),
    [
        (
            {"grants": ("100", "200", "300"), "general_revenue": ("1,200", "2,100", "3,000")},
            "funding.grants",
            "position",
        ),
        (
            {"local_bonds": ("100", "", ""), "general_revenue": ("1,200", "2,300", "3,300")},
            "funding.local_bonds",
            "arithmetic",
        ),
        (
            {"other_specific": ("270", "180", ""), "general_revenue": ("1,030", "2,120", "3,300")},
            "funding.other_specific",
            "arithmetic",
        ),
        (
            {"other_specific": ("270", "", "180"), "general_revenue": ("1,030", "2,300", "3,120")},
            "funding.other_specific",
            "arithmetic",
        ),
        (
            {"other_specific": ("", "270", "180"), "general_revenue": ("1,300", "2,030", "3,120")},
            "funding.other_specific",
            "arithmetic",
        ),
        (
            {"fees": ("", "", "△ 40"), "general_revenue": ("1,300", "2,300", "3,340")},
            "funding.fees",
            "arithmetic",
        ),
        (
            {"total_cost": ("1,300", "2,300", ""), "general_revenue": ("1,300", "2,300", "0")},
            "total_cost",
            "arithmetic",
        ),
        (
            {"headcount": ("1.0", "1.0", ""), "staff_cost": ("7,136", "7,388", "0")},
            "headcount",
            "arithmetic",
        ),
        ({"fees": ("", "0", "")}, "funding.fees", "usual_place"),
    ],
)
def test_a_sparse_row_is_placed_by_the_best_evidence(
    rows: dict[str, tuple[str, str, str]], field: str, by: str, order: BlockOrder
) -> None:
    if field == "headcount" and order == "texts_first":
        by = "arithmetic"
    reading = read(sheet_text(made(**rows), FORM, order))
    assert row(reading.sheets[0], field) == (list(rows[field.removeprefix("funding.")]), {by})
    assert [remark.rule for remark in reading.remarks] == (["RD002"] if by == "usual_place" else [])


@pytest.mark.parametrize(
    ("status", "rows", "field"),
    [
        ("new", {"total_cost": ("", "2,300", "9"), "headcount": ("", "1.0", "1.0")}, "total_cost"),
        ("single_year", {"total_cost": ("", "2,300", ""), "fees": ("", "77", "")}, "funding.fees"),
        (
            "single_year",
            {"total_cost": ("", "2,300", ""), "headcount": ("", "1.0", "")},
            "headcount",
        ),
    ],
)
def test_the_words_for_new_and_single_year_projects_place_figures_whatever_they_amount_to(
    status: str, rows: dict[str, tuple[str, str, str]], field: str
) -> None:
    reason = f"令和６{FORM.reasons[status]}、空欄となります。"  # type: ignore[index]
    first = BASE.evaluations["2023"].model_copy(
        update={"result": None, "direction": reason, "issues": reason}
    )
    sheet = BASE.model_copy(update={"evaluations": BASE.evaluations | {"2023": first}})
    for order in ORDERS:
        reading = only(sheet_text(made(sheet, **rows), FORM, order))
        assert reading.status == status
        assert reading.evaluations["2023"].reason == reason
        expected = (
            {"position"}
            if field == "headcount" and order == "texts_first" and status == "new"
            else {"total_columns"}
        )
        assert row(reading, field) == (list(rows[field.removeprefix("funding.")]), expected)


def test_figures_that_could_stand_in_either_column_say_that_they_are_not_sure() -> None:
    """Two sources of one amount: swapping their years changes no sum."""
    sheet = made(
        fees=("50", "", ""), grants=("", "50", ""), general_revenue=("1,250", "2,250", "3,300")
    )
    reading = read(sheet_text(sheet, FORM))
    assert (
        row(reading.sheets[0], "funding.fees")[1]
        == row(reading.sheets[0], "funding.grants")[1]
        == {"usual_place"}
    )
    assert [(remark.rule, remark.field, remark.printed) for remark in reading.remarks] == [
        ("RD002", "funding.fees", "50"),
        ("RD002", "funding.grants", "50"),
    ]
    assert {remark.evidence for remark in reading.remarks} == {"uncertain"}


def test_other_sheets_of_the_document_say_what_staff_costs() -> None:
    """One blank staff cost: alone it could be either year's; where three sheets agree on what one
    employee costs, it is plain.
    """
    sparse = sheet_text(made(staff_cost=("7,136", "", "7,438")), FORM)
    assert row(only(sparse), "staff_cost")[1] == {"usual_place"}
    document = "\n".join([sparse, *(sheet_text(made(), FORM) for _ in range(3))])
    assert row(read(document).sheets[0], "staff_cost") == (["7,136", "", "7,438"], {"arithmetic"})


# — what stands where it should not, or does not stand where it should —

TEXT = {order: sheet_text(made(), FORM, order) for order in ORDERS}


def changed(order: BlockOrder, old: str, new: str) -> str:
    assert old in TEXT[order]
    return TEXT[order].replace(old, new, 1)


def rules(text: str) -> list[tuple[str, str | None, str]]:
    remarks = read(text).remarks
    for remark in remarks:
        assert remark.detail is not None
        assert remark.detail.en
        assert remark.detail.ja
        assert remark.sheet == 1
        assert remark.place is not None
    return [(remark.rule, remark.field, remark.printed) for remark in remarks]


def test_text_in_the_place_of_a_figure_is_kept_and_remarked_on() -> None:
    text = changed("values_first", "2,300 3,300", "①10 3,300")
    figure = cells(only(text))["total_cost", "2024"]
    assert (figure.state, figure.value, figure.printed) == ("text", None, "①10")
    assert rules(text) == [("RD001", "total_cost", "①10")]


@pytest.mark.parametrize("order", ORDERS)
def test_a_value_without_a_label_is_kept_and_remarked_on(order: BlockOrder) -> None:
    text = changed(order, "財源\n", "財源\n\n9,999\n")
    assert rules(text) == [("RD003", None, "9,999")]
    assert "9,999" in only(text).captions
    assert printed(only(text)) == printed(only(TEXT[order]))


def test_a_label_that_is_not_there_is_named_and_its_figures_are_blank() -> None:
    text = changed("values_first", "使用料・手数料 (千円）\n", "")
    assert rules(text) == [("RD004", "funding.fees", "")]
    assert row(only(text), "funding.fees")[0] == ["", "", ""]
    damaged = changed("texts_first", "事業費 総額 (千円）", "事業費 総頷 (千円）")
    assert rules(damaged) == [
        ("RD004", "total_cost", ""),
        ("RD003", None, "事業費 総頷 (千円） 1,300 2,300 3,300"),
    ]


def test_more_values_than_columns_are_kept_and_spoil_no_other() -> None:
    text = changed("values_first", "1,300 2,300 3,300", "1,300 2,3 00 3,300")
    assert rules(text) == [
        ("RD005", "total_cost", "1,300 2,3 00 3,300"),
        ("RD001", "total_cost", "2,3 00"),
    ]
    assert row(only(text), "total_cost")[0] == ["1,300", "2,3 00", "3,300"]
    many = " ".join(str(value) for value in range(100, 140))
    flooded = only(changed("values_first", "7,136 7,388 7,438", many))
    assert " ".join(row(flooded, "staff_cost")[0]) == many
    per_capita = changed("texts_first", "\n15.0\n", "\n15.0 7\n")
    assert ("RD005", "cost_per_capita", "15.0 7") in rules(per_capita)
    assert cells(only(per_capita))["cost_per_capita", None].printed == "15.0 7"


def test_a_number_broken_at_its_comma_is_one_text() -> None:
    text = changed("values_first", "7,136 7,388", "7 ,136 7,388")
    assert rules(text) == [("RD001", "staff_cost", "7 ,136")]


def test_years_of_the_header_are_compared_with_the_title() -> None:
    header = "令和５年度 令和６年度 令和７年度"
    missing = TEXT["values_first"].replace(header, "")
    assert rules(missing) == [("RD006", None, "")]
    assert [year.year for year in only(missing).years.values()] == [2023, 2024, 2025]
    other = TEXT["values_first"].replace(header, "令和４年度 令和５年度 令和６年度")
    assert [rule for rule, _, _ in rules(other)] == ["RD006"]
    assert [year.year for year in only(other).years.values()] == [2023, 2024, 2025]
    as_titled = TEXT["values_first"]
    assert row(only(other), "total_cost")[0][:2] == row(only(as_titled), "total_cost")[0][1:]
    several = TEXT["values_first"].replace(header, "令和４年度 令和６年度 令和７年度")
    assert [rule for rule, _, _ in rules(several)] == ["RD006", "RD006"]
    assert [year.year for year in only(several).years.values()] == [2022, 2024, 2025]
    title = changed("values_first", "令和６年度実施事業 主要施策成果シート", "")
    assert rules(title) == [("RD004", "title", "")]
    assert only(title).fiscal_year == 2024


def test_a_unit_beside_a_label_counts_for_its_row_alone() -> None:
    text = changed("values_first", "職員人件費 (千円） 7,136", "職員人件費 (円） 7,136")
    assert {
        figure.unit for cell, figure in cells(only(text)).items() if cell[0] == "staff_cost"
    } == {"円"}
    unknown = changed("values_first", "職員人件費 (千円）", "職員人件費 (百万円）")
    assert rules(unknown) == [("RD003", "staff_cost", "百万円")]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("縮小", "reduce"),
        ("改善", None),
        ("休止（再検討）", None),
        ("", None),
        ("継続維持", "continue"),
    ],
)
def test_the_result_of_the_evaluated_year_stands_alone(
    word: str, meaning: str | None, order: BlockOrder
) -> None:
    block = BASE.evaluations["2024"].model_copy(update={"result": word or None, "meaning": meaning})
    sheet = made(BASE.model_copy(update={"evaluations": BASE.evaluations | {"2024": block}}))
    its = only(sheet_text(sheet, FORM, order)).evaluations["2024"]
    assert (its.result, its.meaning, its.direction, its.issues) == (
        word or None,
        meaning,
        block.direction,
        block.issues,
    )


def test_a_short_text_behind_its_bullet_is_no_result() -> None:
    block = BASE.evaluations["2024"].model_copy(
        update={"result": None, "direction": "・\n\n維持管理の継続"}
    )
    sheet = made(BASE.model_copy(update={"evaluations": BASE.evaluations | {"2024": block}}))
    its = only(sheet_text(sheet, FORM)).evaluations["2024"]
    assert (its.result, its.direction) == (None, "・\n\n維持管理の継続")


def test_an_unevaluated_year_that_a_narrative_calls_new_stays_evaluated() -> None:
    text = TEXT["values_first"].replace(
        "第二の2024。", "令和７年度からの新規事業のため、見直す。\n第二の2024。"
    )
    sheet = only(text)
    assert sheet.status == "continuing"
    assert sheet.evaluations["2024"].reason is None


Glue = Callable[[str], str]


@pytest.mark.parametrize(
    "glue",
    [
        lambda text: text.replace("第二の2023。\n\n今後(令和８\n", "第二の2023。 今後(令和８\n\n"),
        lambda text: text.replace("て進める2023。\n\n課題", "て進める2023。 課題"),
        lambda text: text.replace("て進める2024。\n\n参考\n", "て進める2024。 参考\n"),
        lambda text: text.replace(
            "課題\n\n・ 課題を整理し\nて進める2023。", "課題 ・ 課題を整理し\nて進める2023。"
        ),
        lambda text: text.replace("現在）\n\n今後", "現在） 今後"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("国道支出金", "国道⽀出⾦").replace(
            "一般財源 (", "一 般 財 源　("
        ),
        lambda text: re.sub(r"\n分類 ", " 分類 ", re.sub(r"\n\n分類 ", "\n分類 ", text)),
        lambda text: text.replace("基本構想\n\n令和６年度実施", "基本構想 令和６年度実施"),
        lambda text: text.replace("財源\n\n一般財源", "財源 一般財源"),
        lambda text: text.replace("（円）\n注1）\n注2）", "（円） 注1）\n\n注2）"),
        lambda text: text.replace(
            "事業名 釧路市まちづくり基本構想推進事業", "事業名 釧路市まちづくり\n基本構想推進事業"
        ),
        lambda text: text.replace("＜当初＞", "\n＜当初＞"),
    ],
)
@pytest.mark.parametrize("order", ORDERS)
def test_what_shares_a_line_or_is_broken_over_lines_is_read_all_the_same(
    glue: Glue, order: BlockOrder
) -> None:
    text = glue(TEXT[order])
    assert text != TEXT[order]
    reading = read(text)
    assert reading.remarks == ()
    assert unplaced(reading.sheets[0]) == unplaced(only(TEXT[order]))


def unplaced(sheet: Sheet) -> dict[str, Any]:
    """The record without its places."""

    def without(value: Any) -> Any:
        return (
            {key: without(part) for key, part in value.items() if key not in ("place", "places")}
            if isinstance(value, dict)
            else value
        )

    return dict(without(sheet.model_dump()))


def test_a_small_table_behind_the_header_is_a_caption() -> None:
    for order in ORDERS:
        table = "年度 Ｒ４ Ｒ５ Ｒ６\n金額（千円） 1,774,540 2,200,520 1,936,465\n一般財源 1 2 3"
        sheet = made(BASE.model_copy(update={"captions": table}))
        reading = read(sheet_text(sheet, FORM, order))
        assert reading.remarks == ()
        assert reading.sheets[0].captions == table
        assert printed(reading.sheets[0]) == printed(sheet)
    header = "【予算・決算データ】\n令和５年度 令和６年度 令和７年度"
    glued = read(TEXT["values_first"].replace(header, f"{header} 年度 Ｒ４ Ｒ５ Ｒ６"))
    assert (glued.remarks, glued.sheets[0].captions) == ((), "年度 Ｒ４ Ｒ５ Ｒ６")


def test_a_department_may_stand_beside_its_label_or_nowhere() -> None:
    department = BASE.department
    beside = (
        TEXT["texts_first"]
        .replace(f"\n{department}\n", "\n")
        .replace("所管課・室", f"所管課・室 {department}")
    )
    assert only(beside).department == department
    assert read(beside).remarks == ()
    for order in ORDERS:
        assert only(TEXT[order].replace(f"\n{department}\n", "\n")).department == ""


def test_names_keep_all_brackets_but_those_of_budget_stages() -> None:
    sheet = only(changed("texts_first", BASE.name, "（仮称）【新規】まちづくり＜新＞事業"))
    assert (sheet.name, sheet.budget_stages) == ("（仮称）【新規】まちづくり＜新＞事業", ("当初",))


# — documents —


def test_the_cover_of_the_next_chapter_belongs_to_no_sheet() -> None:
    captioned = sheet_text(
        made(BASE.model_copy(update={"captions": "写真①"})), FORM, "values_first"
    )
    reading = read("\n".join([captioned, "第６章 みらい", "", "～12～", TEXT["texts_first"]]))
    assert (len(reading.sheets), reading.remarks) == (2, ())
    assert reading.sheets[0].captions == "写真①"


def no_name(text: str) -> str:
    return re.sub(r"(?m)^事業名 .*$", "", text)


def no_table(text: str) -> str:
    return re.sub(r"(?m)^.*\(千円）.*$|^職員数.*$", "", text)


def no_year(text: str) -> str:
    return re.sub(r"令和.年度", "", text)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "spoil", [no_name, no_table, no_year, lambda text: text[:40], lambda text: text.split("\n")[0]]
)
def test_a_sheet_that_makes_no_sense_is_reported_and_the_others_are_read(
    spoil: Glue, order: BlockOrder
) -> None:
    whole = [TEXT[order], spoil(TEXT[order]), TEXT["texts_first"]]
    reading = read("\n".join(whole))
    assert [(gap.document, gap.sheet, gap.why.code) for gap in reading.not_checked] == [
        ("sheets.txt", 2, "sheet-not-understood")
    ]
    assert reading.not_checked[0].why.ja
    assert [sheet.number for sheet in reading.sheets] == [1, 3]
    assert reading.remarks == ()
    assert [seen(sheet) for sheet in reading.sheets] == [
        seen(only(TEXT[order])),
        seen(only(TEXT["texts_first"])),
    ]


@given(st.integers(0, 200), st.integers(0, 200), st.sampled_from(ORDERS))
def test_lines_lost_anywhere_never_stop_the_reading(
    first: int, count: int, order: BlockOrder
) -> None:
    """Whatever is torn out, the sheet is read with remarks or reported, and its neighbour is read
    whole.
    """
    lines = TEXT[order].split("\n")
    torn = "\n".join([lines[0], *lines[1 : 1 + first], *lines[1 + first + count :]])
    reading = read(f"{torn}\n{TEXT[order]}")
    assert seen(reading.sheets[-1]) == seen(only(TEXT[order]))
    assert len(reading.sheets) + len(reading.not_checked) == 2
    # What is indented is prose, whatever it looks like, and the note that every sheet prints
    # holds no figure.
    assert FORM.text is not None
    printed = {words for group in FORM.text.furniture.values() for words in group}
    kept = {
        line for line in lines if line and not line.startswith("\u3000") and line not in printed
    }
    if len(reading.sheets) == 2 and not reading.remarks:
        gone = kept - set(torn.split("\n"))
        assert not any(
            label in line
            for line in gone
            for definition in FORM.fields.values()
            for label in definition.label
        )


def test_a_text_without_a_sheet_is_refused() -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        read("令和６年度実施事業　主要施策成果シート\n釧路市民の人口 152,875 人")
    assert refusal.value.message.code == "no-sheet"


def test_only_text_with_the_words_of_the_form_is_accepted() -> None:
    def accepted(data: bytes) -> bool:
        return SheetTextReader().accepts(Source("x", data), FORM)

    text = TEXT["values_first"]
    assert accepted(text.encode())
    assert accepted(text.encode("utf-8-sig"))
    assert accepted(text.encode("cp932"))
    assert not accepted(json.dumps({"sheets": [text]}, ensure_ascii=False).encode())
    assert not accepted(f'[{{"name": "{text}"}}]'.encode())
    assert not accepted("交付対象事業の名称,重要業績評価指標,指標値,実績値".encode())
    assert not accepted(b"PK\x03\x04\0" + text.encode())
    bare = FORM.model_copy(update={"text": None})
    assert not SheetTextReader().accepts(Source("x", text.encode()), bare)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('above = "funding.grants"', 'above = "funding.grant"', "text.apart.0.above"),
        ("stage = '", "stage = '(", "text.stage"),
    ],
)
def test_a_layout_that_names_no_figure_or_is_no_pattern_is_refused(
    old: str, new: str, key: str, tmp_path: Path
) -> None:
    text = (ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml").read_text(encoding="utf-8")
    file = tmp_path / "form.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FormError) as fault:
        load_form(file)
    assert fault.value.key == key


def test_a_day_of_the_population_is_the_last_of_its_month() -> None:
    assert only(TEXT["values_first"]).population_as_of == date(2025, 3, 31)


@pytest.mark.parametrize("word", ["継続維持", "終了"])
def test_the_last_result_may_stand_behind_the_issues(word: str) -> None:
    book = build_book(FORM, RandomChooser(3), sheets=1, kpis=0)
    sheet = book.sheets[0]
    year = str(sheet.fiscal_year)
    evaluated = sheet.evaluations[year].model_copy(
        update={
            "result": None,
            "reason": None,
            "reason_code": None,
            "issues": f"課題の文。\n\n{word}",
        }
    )
    moved = only(
        sheet_text(
            sheet.model_copy(update={"evaluations": {**sheet.evaluations, year: evaluated}}), FORM
        )
    ).evaluations[year]
    assert (moved.result, moved.meaning, moved.issues) == (word, FORM.meaning(word), "課題の文。")
