"""``auditor why`` and ``auditor check --outcomes``: what stands behind each answer, in both
languages.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.auditing.session import load
from auditor.cli import main as cli
from auditor.readers.json.writing import dump_records
from auditor.records.figures import Figure
from auditor.records.model import Book
from auditor.reports.json_report import SCHEMA_FILE
from auditor.testing.build import RandomChooser, build_book
from tests.documents.text_writer import text_of_sheets

FORM = load().forms["kushiro"]
ROOT = Path(__file__).resolve().parents[2]
GRANTS = str(ROOT / "examples" / "grants" / "grants.csv")
PLUGIN = str(ROOT / "examples" / "grants")


def book() -> Book:
    """Three sheets; the settled headcount of the second is blank."""
    drawn = build_book(FORM, RandomChooser(4), sheets=3, kpis=2)
    sheets = list(drawn.sheets)
    blank = Figure(state="blank", unit="千円")
    sheets[1] = sheets[1].model_copy(
        update={
            "years": {
                **sheets[1].years,
                "2023": sheets[1].years["2023"].model_copy(update={"headcount": blank}),
            }
        }
    )
    return drawn.model_copy(update={"sheets": tuple(sheets)})


@pytest.fixture
def records(tmp_path: Path) -> str:
    path = tmp_path / "records.json"
    path.write_text(dump_records([book()]), encoding="utf-8")
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *words: str, lang: str = "en") -> tuple[int, str, str]:
    code = cli.main([*words, "--lang", lang])
    output = capsys.readouterr()
    return code, output.out, output.err


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_row_is_shown_with_its_figures_steps_and_what_decided(
    records: str, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    words = ("why", "STF001", records, "--sheet", "2", "--year", "R5")
    code, out, _ = run(capsys, *words, lang=lang)
    assert code == 0
    label = "headcount" if lang == "en" else "職員数"
    assert re.search(rf"{label}.*[［\[]headcount[\]］].*[（(](空欄|blank)[)）]", out)
    decided = {
        "en": "- headcount: nothing is printed there, so it can't be worked out",
        "ja": "- 職員数：空欄のため、計算できません",
    }
    assert decided[lang] in flat(out)
    for internal in (
        "staff_unit_cost",
        "agreed(",
        "Decimal",
        "None",
        "unknown-",
        "{",
        "RowOutcome",
    ):
        assert internal not in out, internal
    assert "agreed(" in run(capsys, *words, "--verbose", lang=lang)[1]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_where_no_row_fits_what_there_is_is_named(
    records: str, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    code, out, _ = run(capsys, "why", "FND001", records, "--sheet", "9", lang=lang)
    assert code == 2
    words = "".join(out.split())  # a line may end within a name
    for sheet in book().sheets:
        assert sheet.name in words
    for year in {"en": ("FY2023", "FY2025"), "ja": ("令和５年度", "令和７年度")}[lang]:
        assert year in out


def test_a_year_that_is_none_is_refused(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "why", "FND001", records, "--year", "someday")
    assert (code, out) == (2, "")
    assert "someday is no fiscal year" in err
    code, _, err = run(capsys, "why", "FND009", records)
    assert code == 2
    assert "there is no rule FND009" in err


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--kind", "予算額"), {("2025", "2")}),
        (("--kind", "settled", "--year", "2023"), {("2023", "2")}),
        (("--column", "2024"), {("2024", "2")}),
        (("--outcomes", "unknown"), {("2023", "2")}),
    ],
)
def test_rows_are_chosen_by_options(
    records: str,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    wanted: set[tuple[str, str]],
) -> None:
    words = ("why", "STF001", records, "--sheet", "2", *options, "--format", "json")
    code, out, _ = run(capsys, *words)
    assert code == 0
    rows = json.loads(out)["rows"]
    assert {(row["year"], str(row["sheet"]["number"])) for row in rows} == wanted


def test_kpis_are_chosen_too(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "why", "KPI001", records, "--kpi", "2", "--format", "json")
    assert code == 0
    assert {row["kpi"]["number"] for row in json.loads(out)["rows"]} == {2}


def test_rows_beyond_the_limit_are_counted(
    records: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "why", "FND001", records, "--max-rows", "1")
    assert out.count("◆") < 9
    assert re.search(r"\d more rows?; --sheet", flat(out))


def test_families_readers_and_other_forms_are_told(
    records: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "why", "FND", records, "--sheet", "1")
    assert "FND001 " in out
    assert "FND002 " in out
    code, out, _ = run(capsys, "why", "RD001", records)
    assert code == 0
    assert "no row is judged by it" in flat(out)
    code, out, _ = run(capsys, "why", "FND001", GRANTS, "--plugin", PLUGIN)
    assert code == 0
    assert "the rule is for result sheets" in flat(out)
    code, out, _ = run(capsys, "why", "YOY001", records)
    assert "it needs last year's book, which was not given" in flat(out)


def test_places_of_a_document_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sheets.txt"
    path.write_text(text_of_sheets(book().sheets, FORM), encoding="utf-8")
    code, out, _ = run(capsys, "why", "FND001", str(path), "--sheet", "1", "--year", "2024")
    assert code == 0
    assert re.search(r"total cost \[total_cost\].*\(line \d+\)", out)


def test_a_waiver_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", GRANTS, "--plugin", PLUGIN, "--format", "json")
    finding = next(item for item in json.loads(out)["findings"] if item["rule"] == "GRA001")
    waivers = tmp_path / "waivers.toml"
    waivers.write_text(
        "\n".join(
            [
                "[[waiver]]",
                'rule = "GRA001"',
                f'place = "{finding["place"]}"',
                f'values = "{finding["values"]}"',
                'reason = "paid by the prefecture"',
                'kind = "その他"',
                'role = "財政課"',
                "date = 2025-01-01",
            ]
        ),
        encoding="utf-8",
    )
    words = ("why", "GRA001", GRANTS, "--plugin", PLUGIN, "--outcomes", "fail")
    code, out, err = run(capsys, *words, "--waivers", str(waivers))
    assert code == 0, err
    assert "it was accepted as it is: paid by the prefecture" in flat(out)


# --- check --outcomes


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    _, out, _ = run(capsys, "check", *words, "--format", "json")
    data: dict[str, Any] = json.loads(out)
    return data


def test_rows_are_in_the_report_where_they_are_asked_for(
    records: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = checked(capsys, records)
    assert "outcome_rows" not in plain
    data = checked(capsys, records, "--outcomes", "unknown,fail", "--outcomes", "may")
    jsonschema.validate(data, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    counted = {
        (code, outcome): number
        for code, counts in data["summary"]["by_rule"].items()
        for outcome, number in counts.items()
        if number and outcome in ("unknown", "fail", "may") and not code.startswith("RD")
    }
    groups = data.pop("outcome_rows")
    assert {(group["rule"], group["outcome"]): group["total"] for group in groups} == counted
    assert {**data, "audit": None} == {**plain, "audit": None}
    _, out, _ = run(capsys, "check", records, "--outcomes", "unknown", "--format", "jsonl")
    assert '{"type": "outcome_rows", "rule": "STF001"' in out


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_every_format_for_people_lists_them(
    records: str, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    words = ("check", records, "--format", name)
    _, out, _ = run(capsys, *words, "--outcomes", "unknown")
    assert "Rows by outcome" in out
    assert "headcount: nothing is printed there" in flat(out)
    assert "Rows by outcome" not in run(capsys, *words)[1]


def test_what_can_not_be_listed_is_refused(
    records: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "check", records, "--outcomes", "unknwon")
    assert (code, out) == (2, "")
    assert "there is no outcome unknwon" in err
    code, out, err = run(capsys, "check", records, "--outcomes", "fail", "--format", "sarif")
    assert (code, out) == (2, "")
    assert "findings alone" in err
    code, out, err = run(
        capsys, "check", GRANTS, "--plugin", PLUGIN, "--outcomes", "fail", "--engine", "duckdb"
    )
    assert code == 2
    assert "--outcomes" in err


def test_a_report_of_a_department_lists_its_rows_alone(
    records: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {sheet.number: sheet.department for sheet in book().sheets}
    data = checked(capsys, records, "--outcomes", "pass", "--department", names[1])
    rows = [row for group in data["outcome_rows"] for row in group["rows"]]
    assert rows
    assert {row["sheet"]["department"] for row in rows if row["sheet"]} == {names[1]}


def test_tables_list_their_rows_too(capsys: pytest.CaptureFixture[str]) -> None:
    data = checked(capsys, GRANTS, "--plugin", PLUGIN, "--outcomes", "unknown")
    (group,) = data["outcome_rows"]
    assert (group["rule"], group["total"]) == ("GRA002", 3)
    plain = checked(capsys, GRANTS, "--plugin", PLUGIN)
    assert data["summary"] == plain["summary"]
