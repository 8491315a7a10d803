"""The KPI table reader: columns by their labels, merged cells carried down, and everything odd
said with its place.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.forms.model import KpiTable
from auditor.readers.kpi.reading import read_rows
from auditor.readers.kpi.table import KpiTableReader
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.readers.years_in_headings import due_month
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi
from auditor.testing import book as built

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "documents"
FORM = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
assert FORM.kpi is not None
TABLE = FORM.kpi

HEADER = [
    [
        "交付対象\n事業の名称",
        "事業の概要",
        "K P I（重要業績評価指標）",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ],
    ["", "", "指標", "指標値", "", "", "実績値", "", "", "", ""],
    ["", "", "", "指標値", "単位", "年月", "R1年度", "R2年度", "R3年度", "R4年度", "R5年度"],
]
ROWS = [
    ["## 令和5年度交付金事業の実績"],
    ["## 【推進交付金（推進タイプ）対象事業】"],
    *HEADER,
    ["第一事業", "概要", "雇用創出数", "20", "人", "R6.3", "21", "6", "25", "22", "22"],
    ["", "", "相談件数", "2,300", "件", "R6.3", "1,581", "2,124", "1,832", "2,026", "1,878"],
    ["第二事業", "概要", "売上額", "30", "社", "R6.3", "-", "43", "43", "25", "23"],
    ["【関連事業】"],
    *HEADER,
    [
        "【拠点交付金】\n第三事業",
        "概要",
        "利用者数",
        "16,000",
        "人",
        "R6.3",
        "-",
        "-",
        "-",
        "33,633",
        "35,245",
    ],
    ["", "", "平均以下の学校数(校)", "5", "校", "R8.3", "-", "-", "-", "7", "6.5"],
]
COLUMNS = ("project", "summary", "name", "target", "unit", "due", "actuals")
FIRST = 5  # the first row of figures
FIGURES = [(row, column) for row in (5, 6, 7, 12, 13) for column in (3, *range(6, 11))]


def printed(rows: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def changed(row: int, column: int, value: str) -> list[list[str]]:
    return [
        [value if (y, x) == (row, column) else cell for x, cell in enumerate(cells)]
        for y, cells in enumerate(ROWS)
    ]


def read(rows: list[list[str]] | str, delimiter: str = ",", table: KpiTable = TABLE) -> Reading:
    text = rows if isinstance(rows, str) else printed(rows, delimiter)
    form = FORM.model_copy(update={"kpi": table})
    source = Source("kpi.csv", text.encode())
    assert KpiTableReader().accepts(source, form)
    return KpiTableReader().read(source, form)


def values(kpi: Kpi) -> tuple[str, ...]:
    return tuple(figure.printed for figure in (kpi.target, *kpi.actuals.values()))


def figures(reading: Reading) -> dict[tuple[str, str], tuple[str, Decimal | None, str]]:
    """Every figure by its indicator and column."""
    return {
        (kpi.name, key): (figure.state, figure.value, figure.printed)
        for kpi in reading.kpis
        for key, figure in (("target", kpi.target), *kpi.actuals.items())
    }


def test_reads_both_sections_with_merged_cells_carried_down() -> None:
    reading = read(ROWS)
    assert (reading.fiscal_year, reading.remarks, reading.not_checked) == (2023, (), ())
    assert [
        (kpi.number, kpi.project, kpi.grant_type, kpi.name, kpi.unit, kpi.due)
        for kpi in reading.kpis
    ] == [
        (1, "第一事業", "推進交付金（推進タイプ）", "雇用創出数", "人", "2024-03"),
        (2, "第一事業", "推進交付金（推進タイプ）", "相談件数", "件", "2024-03"),
        (3, "第二事業", "推進交付金（推進タイプ）", "売上額", "社", "2024-03"),
        (4, "第三事業", "拠点交付金", "利用者数", "人", "2024-03"),
        (5, "第三事業", "拠点交付金", "平均以下の学校数(校)", "校", "2026-03"),
    ]
    second = reading.kpis[1]
    assert values(second) == ("2,300", "1,581", "2,124", "1,832", "2,026", "1,878")
    assert second.target.value == 2300
    assert second.target.unit == "件"
    assert list(second.actuals) == ["2019", "2020", "2021", "2022", "2023"]
    assert reading.kpis[2].actuals["2019"].state == "dash"
    assert [(kpi.direction, kpi.direction_source) for kpi in reading.kpis[3:]] == [
        ("higher", "assumed"),
        ("lower", "inferred"),
    ]


def test_a_figure_says_its_line_and_its_column_by_letter() -> None:
    reading = read(ROWS)
    place = reading.kpis[1].actuals["2023"].place
    assert place is not None
    # Every header has a cell of two lines, so that the seventh row starts on line 8.
    assert (place.line, place.cell) == (8, "K")
    assert printed(ROWS).splitlines()[place.line - 1].startswith(",,相談件数")


def test_text_copied_out_of_a_page_needs_no_quotation_marks() -> None:
    rows = [[cell.replace("\n", " ") for cell in row] for row in changed(FIRST, 2, '"雇用"創出数')]
    reading = read("\r\n".join("\t".join(row) for row in rows))
    assert reading.kpis[0].name == '"雇用"創出数'
    assert [values(kpi) for kpi in reading.kpis] == [values(kpi) for kpi in read(ROWS).kpis]
    assert (reading.remarks, reading.not_checked) == ((), ())


@given(order=st.permutations(range(11)))
def test_columns_are_found_by_their_labels(order: list[int]) -> None:
    # One header row: in the shuffled table nothing is merged over several columns.
    labels = ["交付対象事業の名称", "事業の概要", "指標", *HEADER[2][3:]]
    rows = [ROWS[0], labels, *ROWS[5:8]]
    shuffled = [row if len(row) == 1 else [row[index] for index in order] for row in rows]
    reading = read(shuffled)
    assert figures(reading) == {
        key: figure
        for key, figure in figures(read(ROWS)).items()
        if key[0] in ("雇用創出数", "相談件数", "売上額")
    }
    assert {kpi.project for kpi in reading.kpis} == {"第一事業", "第二事業"}


@given(
    at=st.sampled_from(FIGURES),
    value=st.sampled_from(
        [
            "",
            "-",
            "0",
            "9",
            "△ 39,168",
            "1,00",
            "####",
            "二百",
            "1０,717",
            "12\n3",
            '"',
            "123456789012345678901234567890",
            "達成",
        ]
    ),
    delimiter=st.sampled_from(",\t"),
)
def test_one_altered_figure_leaves_every_other_as_it_was(
    at: tuple[int, int], value: str, delimiter: str
) -> None:
    before, after = figures(read(ROWS)), figures(read(changed(*at, value), delimiter))
    assert before.keys() == after.keys()
    assert sum(before[key] != after[key] for key in before) <= 1


def test_one_altered_figure_of_a_whole_document_leaves_every_other_as_it_was() -> None:
    path = DOCUMENTS / "kushiro-r5-kpi-excerpt.tsv"
    lines = (
        path.read_text(encoding="utf-8").split("\n")
        if path.exists()
        else printed(ROWS, "\t").split("\n")
    )
    before = figures(read("\n".join(lines)))
    altered = 0
    for number, line in enumerate(lines):
        cells = line.split("\t")
        if len(cells) < 11 or not cells[3][:1].isdigit():
            continue
        for column in (3, *range(6, 11)):
            spoilt = "\t".join([*cells[:column], "98765", *cells[column + 1 :]])
            after = figures(read("\n".join([*lines[:number], spoilt, *lines[number + 1 :]])))
            wrong = [key for key in before if before[key] != after[key]]
            assert len(wrong) == 1
            assert after[wrong[0]] == ("number", Decimal(98765), "98765")
            altered += 1
    assert altered == 6 * len({name for name, _ in before})


def record(
    project: str, grant: str, name: str, target: str, unit: str, due: str, *actuals: str
) -> dict[str, object]:
    """An indicator in the shape of the records that were read by hand."""

    def figure(text: str) -> dict[str, str] | None:
        return None if text == "-" else {"value": text.replace(",", ""), "printed": text}

    years = {str(year): figure(text) for year, text in zip(range(2019, 2024), actuals, strict=True)}
    return {
        "project": project,
        "grant_type": grant,
        "name": name,
        "target": figure(target),
        "unit": unit,
        "due": due,
        "actuals": years,
    }


def read_by_hand() -> list[tuple[list[list[str]], list[dict[str, object]]]]:
    """Tables and what they hold: the tests' own, and the shared excerpt where it is there."""
    first, third = ("第一事業", "推進交付金（推進タイプ）"), ("第三事業", "拠点交付金")
    own = [
        record(*first, "雇用創出数", "20", "人", "2024-03", "21", "6", "25", "22", "22"),
        record(
            *first,
            "相談件数",
            "2,300",
            "件",
            "2024-03",
            "1,581",
            "2,124",
            "1,832",
            "2,026",
            "1,878",
        ),
        record("第二事業", first[1], "売上額", "30", "社", "2024-03", "-", "43", "43", "25", "23"),
        record(*third, "利用者数", "16,000", "人", "2024-03", "-", "-", "-", "33,633", "35,245"),
        record(*third, "平均以下の学校数(校)", "5", "校", "2026-03", "-", "-", "-", "7", "6.5"),
    ]
    tables = [(ROWS, own)]
    if DOCUMENTS.exists():
        excerpt = (DOCUMENTS / "kushiro-r5-kpi-excerpt.tsv").read_text(encoding="utf-8")
        truth = json.loads((DOCUMENTS / "expected-records.json").read_text(encoding="utf-8"))[
            "kpis"
        ]
        kpis = [
            {key: value for key, value in kpi.items() if key != "achieved_in_due_year"}
            for kpi in truth
        ]
        tables.append(([line.split("\t") for line in excerpt.splitlines()], kpis))
    return tables


@pytest.mark.parametrize(("rows", "truth"), read_by_hand())
@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [("\t", "utf-8"), (",", "utf-8-sig"), (",", "cp932"), ("\t", "utf-16")],
)
def test_whole_tables_are_read_as_they_were_read_by_hand(
    rows: list[list[str]], truth: list[dict[str, object]], delimiter: str, encoding: str
) -> None:
    source = Source("kpi", printed(rows, delimiter).encode(encoding))
    assert KpiTableReader().accepts(source, FORM)
    reading = KpiTableReader().read(source, FORM)
    assert (reading.fiscal_year, reading.remarks, reading.not_checked) == (2023, (), ())
    seen = [
        {
            "project": kpi.project,
            "grant_type": kpi.grant_type,
            "name": kpi.name,
            "target": {"value": str(kpi.target.value), "printed": kpi.target.printed},
            "unit": kpi.unit,
            "due": kpi.due,
            "actuals": {
                year: {"value": str(figure.value), "printed": figure.printed}
                if figure.state == "number"
                else None
                for year, figure in kpi.actuals.items()
            },
        }
        for kpi in reading.kpis
    ]
    assert seen == truth


def test_grants_and_projects_are_carried_within_their_section_only() -> None:
    rows = [*ROWS[:12], ["", "", *ROWS[12][2:]]]
    reading = read(rows)
    assert reading.kpis[-1].project == ""
    assert reading.kpis[-1].grant_type == ""
    assert [(remark.rule, remark.field, remark.kpi) for remark in reading.remarks] == [
        ("RD003", "project", 4)
    ]


def test_a_header_that_comes_again_on_the_next_page_goes_on_with_its_section() -> None:
    reading = read([*ROWS[:6], ROWS[1], *HEADER, *ROWS[6:8]])
    assert [kpi.project for kpi in reading.kpis] == ["第一事業", "第一事業", "第二事業"]
    assert {kpi.grant_type for kpi in reading.kpis} == {"推進交付金（推進タイプ）"}


def test_a_project_on_a_row_of_its_own_is_carried_down() -> None:
    reading = read([*ROWS[:5], ["第一事業", *[""] * 10], ["", *ROWS[5][1:]], ROWS[6]])
    assert [kpi.project for kpi in reading.kpis] == ["第一事業", "第一事業"]
    assert reading.remarks == ()


def test_targets_and_columns_can_declare_the_direction() -> None:
    head = [*HEADER[2], "方向"]
    rows = [ROWS[0], *HEADER[:2], head]
    for name, target, word in (
        ("甲", "20人以上", ""),
        ("乙", "５ 人未満", "-"),
        ("丙", "20", "減少"),
        ("丁", "20以下", "増加"),
        ("戊", "20", "斜め"),
    ):
        rows.append(["第一事業", "", name, target, "人", "R6.3", "1", "2", "3", "4", "5", word])
    reading = read(rows)
    assert [(kpi.direction, kpi.direction_source) for kpi in reading.kpis] == [
        ("higher", "declared"),
        ("lower", "declared"),
        ("lower", "declared"),
        ("higher", "declared"),
        ("higher", "assumed"),
    ]
    assert [
        (kpi.target.value, kpi.target.printed, kpi.target.unit) for kpi in reading.kpis[:2]
    ] == [
        (20, "20人以上", "人"),
        (5, "５ 人未満", "人"),
    ]
    assert [
        (remark.rule, remark.field, remark.printed, remark.kpi) for remark in reading.remarks
    ] == [("RD009", "direction", "斜め", 5)]


def test_a_direction_by_name_comes_before_a_pattern() -> None:
    table = TABLE.model_copy(update={"directions": {"平均以下の学校数 (校)": "higher"}})
    assert read(ROWS, table=table).kpis[4].direction_source == "declared"


def test_reads_declared_achievement_and_rate() -> None:
    rows = [ROWS[0], *HEADER[:2], [*HEADER[2], "達成状況", "達成率"]]
    for state, rate in (
        ("達成", "110.0％"),
        ("未達成", "90.0"),
        ("-", "-"),
        ("概ね達成", "だいたい"),
    ):
        rows.append([*ROWS[5], state, rate])
    reading = read(rows)
    assert [kpi.declared_achieved for kpi in reading.kpis] == ["achieved", "missed", None, None]
    rates = [kpi.declared_rate for kpi in reading.kpis]
    assert [(rate.value, rate.unit, rate.state) for rate in rates if rate] == [
        (Decimal("110.0"), "%", "number"),
        (Decimal("90.0"), "%", "number"),
        (None, "%", "dash"),
        (None, "%", "text"),
    ]
    found = {(remark.rule, remark.field, remark.printed, remark.kpi) for remark in reading.remarks}
    assert found == {
        ("RD001", "declared_rate", "だいたい", 4),
        ("RD009", "declared_achieved", "概ね達成", 4),
    }
    assert read(ROWS).kpis[0].declared_rate is None


def test_text_where_a_figure_belongs_is_remarked_with_its_cell() -> None:
    (remark,) = read(changed(6, 8, "1,83２名")).remarks
    assert (remark.rule, remark.kpi, remark.field, remark.year, remark.printed) == (
        "RD001",
        2,
        "actuals",
        "2021",
        "1,83２名",
    )
    assert remark.place is not None
    assert remark.place.cell == "I"
    assert remark.detail is not None


@pytest.mark.parametrize(
    ("printed_due", "due", "rules"),
    [("R6年3月", "2024-03", []), ("-", None, []), ("", None, []), ("R6.13", None, ["RD008"])],
)
def test_due_months(printed_due: str, due: str | None, rules: list[str]) -> None:
    reading = read(changed(5, 5, printed_due))
    assert reading.kpis[0].due == due
    assert [remark.rule for remark in reading.remarks] == rules


@pytest.mark.parametrize("label", ["交付対象\n事業の名称", "指標", "単位", "年月"])
def test_a_missing_column_label_is_remarked_and_the_rest_is_read(label: str) -> None:
    rows = [
        ["" if cell == label and y < 5 else cell for cell in row] for y, row in enumerate(ROWS[:8])
    ]
    reading = read(rows)
    assert "RD004" in {remark.rule for remark in reading.remarks}
    assert [values(kpi) for kpi in reading.kpis] == [values(kpi) for kpi in read(ROWS).kpis[:3]]


def test_a_missing_target_label_leaves_the_targets_blank() -> None:
    rows = [[cell.replace("指標値", "目標") for cell in row] for row in ROWS[:8]]
    reading = read(rows)
    assert {kpi.target.state for kpi in reading.kpis} == {"blank"}
    assert ("RD004", "target") in {(remark.rule, remark.field) for remark in reading.remarks}
    assert ("RD003", "目標") in {(remark.rule, remark.printed) for remark in reading.remarks}


def test_no_year_in_the_labels_is_remarked() -> None:
    rows = [
        [cell.replace("年度", "回") if y == 4 else cell for cell in row]
        for y, row in enumerate(ROWS[:8])
    ]
    reading = read(rows)
    assert [dict(kpi.actuals) for kpi in reading.kpis] == [{}, {}, {}]
    assert ("RD004", "actuals") in {(remark.rule, remark.field) for remark in reading.remarks}


def test_a_column_of_texts_that_no_label_is_missing_for_is_passed_over() -> None:
    rows = [ROWS[0], *HEADER[:2], [*HEADER[2], "備考"], [*ROWS[5], "速報値"]]
    wanted = {name: TABLE.labels[name] for name in COLUMNS}
    table = TABLE.model_copy(update={"labels": FrozenDict(wanted)})
    assert read(rows, table=table).remarks == ()
    more = table.model_copy(update={"labels": FrozenDict({**wanted, "direction": ("方向",)})})
    (remark,) = read(rows, table=more).remarks
    assert (remark.rule, remark.printed) == ("RD003", "備考")


def test_a_column_of_numbers_that_the_form_does_not_know_is_remarked() -> None:
    rows = [ROWS[0], *HEADER[:2], [*HEADER[2], "備考"], [*ROWS[5], "120"]]
    reading = read(rows)
    assert [(remark.rule, remark.printed) for remark in reading.remarks] == [("RD003", "備考")]
    assert values(reading.kpis[0]) == values(read(ROWS).kpis[0])
    assert [number.printed for number in reading.unread] == ["120"]


def test_numbers_under_a_heading_that_is_no_year_any_more_are_unread() -> None:
    assert read(ROWS).unread == ()
    header = ["実績" if cell == "R4年度" else cell for cell in HEADER[2]]
    rows = [header if row == HEADER[2] else row for row in ROWS]
    numbers = ["22", "2,026", "25", "33,633", "7"]
    assert [number.printed for number in read(rows).unread] == numbers


def test_many_columns_with_one_fault_are_one_remark() -> None:
    headings = [f"備考{number}" for number in range(1000)]
    rows = [ROWS[0], *HEADER[:2], [*HEADER[2], *headings], [*ROWS[5], *headings]]
    (remark,) = read(rows).remarks
    assert (remark.rule, remark.printed) == ("RD003", "備考0")
    assert remark.detail.en.startswith("1,000 columns")
    rows = [ROWS[0], *HEADER[:2], [*HEADER[2], *["R1年度"] * 1000], [*ROWS[5], *headings]]
    (remark,) = read(rows).remarks
    assert remark.rule == "RD006"
    assert "1,000" in remark.detail.ja
    spread = [*HEADER[2], *[""] * 999, "備考"]
    remarks = read([ROWS[0], *HEADER[:2], spread, [*ROWS[5], *headings]]).remarks
    assert [remark.rule for remark in remarks] == ["RD003", "RD003"]


@pytest.mark.parametrize(
    ("label", "instead", "years"),
    [
        ("R3年度", "R4年度", ["2019", "2020", "2022", "2023"]),
        ("R4年度", "R3年度", ["2019", "2020", "2021", "2023"]),
        ("R2年度", "R12年度", ["2019", "2021", "2022", "2023", "2030"]),
        ("R5年度", "R6年度", ["2019", "2020", "2021", "2022", "2024"]),
    ],
)
def test_a_year_out_of_turn_is_remarked_and_spoils_no_other(
    label: str, instead: str, years: list[str]
) -> None:
    reading = read([[cell.replace(label, instead) for cell in row] for row in ROWS[:8]])
    assert "RD006" in {remark.rule for remark in reading.remarks}
    for kpi, right in zip(reading.kpis, read(ROWS).kpis[:3], strict=True):
        assert list(kpi.actuals) == years
        for year in set(years) - {"2024", "2030"}:
            assert kpi.actuals[year].printed == right.actuals[year].printed


def test_actuals_after_the_title_s_year_are_remarked() -> None:
    reading = read(changed(0, 0, "令和4年度交付金事業の実績"))
    assert reading.fiscal_year == 2022
    assert [(remark.rule, remark.field, remark.year) for remark in reading.remarks] == [
        ("RD006", "fiscal_year", "2023")
    ]


def test_without_a_year_in_the_title_the_last_actuals_tell() -> None:
    reading = read(changed(0, 0, "交付金事業の実績"))
    assert reading.fiscal_year == 2023
    assert {kpi.fiscal_year for kpi in reading.kpis} == {2023}


@pytest.mark.parametrize(
    "cells", [ROWS[6][:10], [*ROWS[6], "3"], ["", "", "相談件数", "2", *ROWS[6][3:]]]
)
def test_a_row_of_another_length_is_not_read_and_spoils_no_other(cells: list[str]) -> None:
    reading = read([*ROWS[:6], cells, *ROWS[7:]])
    assert [(remark.rule, remark.place and remark.place.line) for remark in reading.remarks] == [
        ("RD007", 8)
    ]
    assert [reason.why.code for reason in reading.not_checked] == ["row-not-read"]
    others = {key: figure for key, figure in figures(read(ROWS)).items() if key[0] != "相談件数"}
    assert figures(reading) == others
    assert [kpi.project for kpi in reading.kpis] == ["第一事業", "第二事業", "第三事業", "第三事業"]


def test_a_row_with_empty_fields_at_its_end_is_remarked_and_read() -> None:
    reading = read([*ROWS[:6], [*ROWS[6], "", ""], *ROWS[7:]])
    assert [remark.rule for remark in reading.remarks] == ["RD007"]
    assert figures(reading) == figures(read(ROWS))


def test_rows_that_belong_to_nothing_are_remarked_once_for_each_run() -> None:
    rows = [*ROWS[:7], ["注1"], ["注2"], ROWS[7], ["第九事業", "概要", *[""] * 9]]
    reading = read(rows)
    assert figures(reading) == {
        key: figure
        for key, figure in figures(read(ROWS)).items()
        if key[0] in ("雇用創出数", "相談件数", "売上額")
    }
    assert [(remark.rule, remark.printed) for remark in reading.remarks] == [
        ("RD003", "注1"),
        ("RD003", "第九事業 概要"),
    ]


def test_text_far_above_the_table_is_no_heading() -> None:
    reading = read([["序文 令和2年度"], *[[f"行{number}"] for number in range(6)], *ROWS[:8]])
    assert reading.fiscal_year == 2023
    assert [remark.rule for remark in reading.remarks] == ["RD003"]


def test_an_indicator_without_a_name_is_remarked() -> None:
    reading = read(changed(6, 2, ""))
    assert [(remark.rule, remark.field, remark.kpi) for remark in reading.remarks] == [
        ("RD003", "name", 2)
    ]
    assert values(reading.kpis[1]) == values(read(ROWS).kpis[1])


def test_a_quotation_mark_that_is_never_closed_is_said_with_its_line() -> None:
    reading = read(printed(ROWS[:7]) + '第二事業,概要,"売上額,30\n' + printed(ROWS[8:]))
    assert len(reading.kpis) == 2
    assert [reason.why.code for reason in reading.not_checked] == ["broken-csv"]
    assert "9" in reading.not_checked[0].why.en


def test_sheets_in_the_same_file_are_said() -> None:
    reading = read([["主要施策成果シート 釧路市民の人口"], *ROWS])
    assert "also-sheets" in {reason.why.code for reason in reading.not_checked}


def test_a_table_of_another_city_needs_labels_and_no_code() -> None:
    table = KpiTable(
        labels={
            "project": ["施策"],
            "name": ["成果指標"],
            "target": ["目標値"],
            "unit": ["単位"],
            "due": ["達成年月"],
        },
        lower_is_better=("率$",),
    )
    rows = [
        ["施策", "成果指標", "単位", "達成年月", "2022年度", "2023年度", "目標値"],
        ["防災", "未収率", "％", "2026/3", "5.1％", "4.9", "4.0%"],
    ]
    (kpi,) = read(rows, table=table).kpis
    assert (kpi.project, kpi.name, kpi.unit, kpi.due, kpi.fiscal_year, kpi.direction) == (
        "防災",
        "未収率",
        "％",
        "2026-03",
        2023,
        "lower",
    )
    assert [figure.value for figure in (kpi.target, *kpi.actuals.values())] == [
        Decimal("4.0"),
        Decimal("5.1"),
        Decimal("4.9"),
    ]
    assert {figure.unit for figure in (kpi.target, *kpi.actuals.values())} == {"％"}


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "指標\t指標値の話\n", "重要業績評価指標 指標値 実績値 交付対象"]
)
def test_other_text_is_not_accepted(text: str) -> None:
    source = Source("x", text.encode())
    assert not KpiTableReader().accepts(source, FORM)
    assert not KpiTableReader().accepts(Source("x", b"\0\xff"), FORM)
    assert not KpiTableReader().accepts(
        Source("x", printed(ROWS).encode()), FORM.model_copy(update={"kpi": None})
    )
    with pytest.raises(UnreadableDocument) as caught:
        KpiTableReader().read(source, FORM)
    assert caught.value.message.code == "no-table"


def test_a_table_that_names_no_year_at_all_can_t_be_read() -> None:
    labels = ["交付対象事業の名称", "指標", "指標値", "単位", "年月"]
    with pytest.raises(UnreadableDocument) as caught:
        read([labels, ["第一事業", "甲", "1", "人", "R6.3"]])
    assert caught.value.message.code == "no-year"


@given(st.data())
def test_no_edit_of_the_text_makes_it_crash(data: st.DataObject) -> None:
    text = printed(ROWS, data.draw(st.sampled_from(",\t")))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = (
            text[:at]
            + data.draw(st.text("0,\t\n\r\"'-年度R指標値【】\u2028#１", max_size=6))
            + text[at + cut :]
        )
    source = Source("x", text.encode())
    if KpiTableReader().accepts(source, FORM):
        try:
            reading = KpiTableReader().read(source, FORM)
        except UnreadableDocument:
            return
        assert [kpi.number for kpi in reading.kpis] == list(range(1, len(reading.kpis) + 1))


ROW = ["第一事業", "概要", "雇用創出数", "20", "人", "R6.3", "21", "6", "25", "22", "22"]
BELOW = ["", "", "相談件数", "10", "件", "R6.3", "1", "6", "5", "2", "22"]
OTHER = ["第二事業", "概要", "売上額", "30", "社", "R6.3", "-", "43", "43", "25", "23"]


@pytest.mark.parametrize(
    ("at", "departments_printed", "departments"),
    [
        (1, ["商工課", "", "観光課"], ["商工課", "商工課", "観光課"]),
        (1, ["商工課", "", ""], ["商工課", "商工課", ""]),
        (1, ["商工課", "観光課", ""], ["商工課", "観光課", ""]),
        (0, ["商工課", "", ""], ["商工課", "商工課", "商工課"]),
        (0, ["商工課", "", "観光課"], ["商工課", "商工課", "観光課"]),
    ],
)
def test_a_column_of_departments(
    at: int, departments_printed: list[str], departments: list[str]
) -> None:
    """A department's cell is merged over the rows of a project; left of it, over projects."""
    rows = [*HEADER, ROW, BELOW, OTHER]
    words = ["", "", "所管課", *departments_printed]
    reading = read([[*row[:at], word, *row[at:]] for row, word in zip(rows, words, strict=True)])
    assert [kpi.department for kpi in reading.kpis] == departments
    assert reading.remarks == ()
    column = "AB"[at]
    assert {kpi.places["department"].cell for kpi in reading.kpis if kpi.department} == {column}


def test_a_department_of_its_own_comes_before_the_lent_one() -> None:
    session = load()
    book = built(1, 3, FORM, kpis=1)
    sheet, kpi = book.sheets[0], book.kpis[0]
    lent = kpi.model_copy(update={"project": sheet.name})
    for own, department in (("", sheet.department), ("観光課", "観光課")):
        of = lent.model_copy(update={"department": own})
        report = audit(book.model_copy(update={"kpis": (of,)}), session.rules, session.forms)
        assert [judged.department for judged in report.kpis] == [department]


DUE_TABLE = TABLE.model_copy(
    update={
        "labels": FrozenDict(
            {
                "project": ("事業名",),
                "name": ("指標",),
                "target": ("目標値",),
                "unit": ("単位",),
                "actuals": ("実績値",),
            }
        ),
        "year_label": None,
    }
)


@pytest.mark.parametrize(
    "header",
    [
        [["事業名", "指標", "単位", "目標値（R6）", "R5年度実績値", "R6年度実績値"]],
        [
            ["事業名", "指標", "単位", "目標値", "実績値", ""],
            ["", "", "", "R6", "R5年度", "R6年度"],
        ],
    ],
)
def test_targets_are_due_in_the_year_of_their_heading(header: list[list[str]]) -> None:
    rows = [["令和６年度 進捗状況"], *header, ["起業", "件数", "件", "25", "20", "27"]]
    reading = read_rows("a.csv", DUE_TABLE, [(at, tuple(row)) for at, row in enumerate(rows, 1)])
    assert reading is not None
    (kpi,) = reading.kpis
    assert (kpi.target.value, kpi.due, kpi.due_year) == (25, "2025-03", 2024)
    assert {year: figure.value for year, figure in kpi.actuals.items()} == {"2023": 20, "2024": 27}
    # No column is missed that the form never names.
    assert reading.remarks == ()


@pytest.mark.parametrize(
    ("printed", "due"),
    [("R6.3", "2024-03"), ("R6年度", "2025-03"), ("令和12年度末まで", "2031-03"), ("未定", None)],
)
def test_a_due_month_may_be_a_fiscal_year(printed: str, due: str | None) -> None:
    assert due_month(printed) == due


def test_a_baseline_before_the_actuals_has_a_turn_of_its_own() -> None:
    header = [
        "指標",
        "目標値（R6）",
        "基準値（R1）",
        "R4年度実績値",
        "R5年度実績値",
        "R6年度実績値",
    ]
    table = KpiTable(
        labels=FrozenDict({"name": ("指標",), "target": ("目標値",), "actuals": ("実績値",)})
    )
    rows = [(1, tuple(header)), (2, ("相談件数", "20", "3", "14", "15", "16"))]
    reading = read_rows("table", table, rows)
    assert reading is not None
    assert reading.remarks == ()
    (kpi,) = reading.kpis
    actuals = {year: figure.printed for year, figure in kpi.actuals.items()}
    assert actuals == {"2019": "3", "2022": "14", "2023": "15", "2024": "16"}


def test_columns_that_the_form_does_not_name_need_not_be_there() -> None:
    table = KpiTable(labels=FrozenDict({"name": ("指標",), "target": ("目標値",)}))
    rows = [(1, ("指標", "目標値（R6）", "R6")), (2, ("相談件数", "20", "16"))]
    reading = read_rows("table", table, rows)
    assert reading is not None
    assert reading.remarks == ()
    assert reading.kpis[0].actuals["2024"].value == 16
