"""A report built by hand that holds something of everything, and the contexts to show it in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import JudgedKpi, Report
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.languages import Lang
from auditor.records.model import (
    Book,
    Document,
    FiscalYear,
    NotChecked,
    Part,
    Sheet,
    UnreadNumber,
)
from auditor.records.text import Text, Why
from auditor.rules.causes import Cause
from auditor.rules.findings import Finding, KpiReference, SheetReference
from auditor.rules.kpi import Achievement
from auditor.rules.rows import Cell
from auditor.rules.ruleset import RuleSet
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.slips import slip

SHEETS, KPIS = "報告書/シート.txt", "kpi.tsv"
NO_COUNTS = {"pass": 0, "may": 0, "fail": 0, "unknown": 0, "not_applicable": 0, "crashed": 0}


def figure(text: str, unit: str = "千円", line: int | None = None, **more: Any) -> Figure:
    return parse_figure(text, unit=unit, place=Place(line=line) if line else None, **more)


def year(number: int, kind: str, total: str, grants: str, general: str, **more: Any) -> FiscalYear:
    funding = {"grants": figure(grants), "general_revenue": figure(general)}
    return FiscalYear(
        year=number,
        kind=kind,
        total_cost=figure(total, line=130, **more),
        funding=funding,
        headcount=figure("0.5", "人"),
    )


def suspect(code: str, share: str, *cells: SuspectCell) -> Suspect:
    return Suspect(cells, slip(code), Decimal(share))


@pytest.fixture(scope="session")
def forms() -> dict[str, Form]:
    return {"kushiro": load_form(Path(str(files("auditor_rules"))) / "forms" / "kushiro.toml")}


@pytest.fixture(scope="session")
def books() -> tuple[Book, ...]:
    first = Sheet(
        document=SHEETS,
        number=1,
        name="情報発信プロジェクト事業",
        budget_stages=("当初",),
        fiscal_year=2024,
        department="総合政策部市民協働推進課",
        population=figure("152,875", "人"),
        cost_per_capita=figure("52.5", "円"),
        status="continuing",
        years={
            "2023": year(2023, "settled", "", "", "0"),
            "2024": year(2024, "settled", "8,300", "4,000", "4,030"),
            "2025": year(2025, "budgeted", "1,00", "-", "0"),
        },
    )
    second = Sheet(
        document=SHEETS,
        number=2,
        name="庁舎維持管理事業",
        fiscal_year=2024,
        department="総務部 総務課",
        status="new",
        years={
            "2024": year(2024, "settled", "1,980", "", "1,980", placed_by="arithmetic"),
            "2025": year(2025, "budgeted", "△ 20", "", "△ 20", placed_by="usual_place"),
        },
    )
    document = Document.of(
        SHEETS,
        "kushiro",
        2024,
        (first, second),
        unread=(
            UnreadNumber(printed="5,000", place=Place(page=2), sheet=1),
            UnreadNumber(printed="1,234", place=Place(page=3)),
        ),
        parts=(
            Part(
                place=Place(page=1),
                state="passed_over",
                why=Why(code="no-sheet", en="shows no sheet", ja="シートがありません"),
            ),
        ),
    )
    return (Book(form="kushiro", fiscal_year=2024, documents=(document,), sheets=(first, second)),)


@pytest.fixture(scope="session")
def report(books: tuple[Book, ...]) -> Report:
    def cell(field: str, printed: str, value: str | None, line: int, **more: Any) -> Cell:
        unit = more.pop("unit", "千円")
        return Cell(
            document=SHEETS,
            field=field,
            printed=printed,
            value=None if value is None else Decimal(value),
            unit=unit,
            place=Place(line=line),
            **{"sheet": 1, **more},
        )

    action = Text(
        en="Compare the sources and the total with the ledger.",
        ja="財源内訳と総額を決算書と照合してください。",
    )
    funding = Finding(
        id="aa11",
        rule="FND001",
        name="funding-sum-mismatch",
        severity="error",
        document=SHEETS,
        sheet=SheetReference(
            number=1, name="情報発信プロジェクト事業", department="総合政策部市民協働推進課"
        ),
        year="2024",
        cells=(
            cell("total_cost", "8,300", "8300", 130, year="2024"),
            cell("funding.grants", "4,000", "4000", 131, year="2024"),
            cell("funding.general_revenue", "4,030", "4030", 135, year="2024"),
        ),
        equation="8,300 ≠ 4,000 + 4,030 = 8,030",
        expected=Decimal(8030),
        actual=Decimal(8300),
        difference=Decimal(270),
        unit="千円",
        message=Text(
            en="Funding sources do not add up to the total cost",
            ja="財源内訳の合計が事業費総額と一致しません",
        ),
        action=action,
    )
    reading = Finding(
        id="bb22",
        rule="RD001",
        name="text-for-figure",
        severity="warning",
        document=SHEETS,
        sheet=SheetReference(number=2, name="庁舎維持管理事業", department="総務部 総務課"),
        year="2025",
        cells=(
            cell("total_cost", "1,00", None, 209, sheet=2, year="2025"),
            cell("population", "", None, 210, unit="人"),
        ),
        equation="1,00",
        message=Text(
            en="A cell that should hold a figure holds text",
            ja="数値の欄に、数値として読めない文字があります",
        ),
        action=Text(
            en="Enter the figure as a plain number.", ja="数値を正しい形で入力し直してください。"
        ),
    )
    kpi = Finding(
        id="cc33",
        rule="KPI003",
        name="declared-rate-mismatch",
        severity="error",
        document=KPIS,
        kpi=KpiReference(number=2, project="しごと創生", name="来所|相談 <件数>"),
        cells=(
            Cell(
                document=KPIS,
                kpi=2,
                field="declared_rate",
                printed="87.1",
                value=Decimal("87.1"),
                unit="%",
                place=Place(line=11, cell="L"),
            ),
        ),
        equation="87.1% ≠ 1,878 ÷ 2,300 × 100 = 81.7%",
        expected=Decimal("81.7"),
        actual=Decimal("87.1"),
        difference=Decimal("-5.4"),
        unit="%",
        message=Text(
            en="=The declared rate is not actual / target",
            ja="＝達成率の表示が「実績値÷目標値」と一致しません",
        ),
        action=Text(en="Check target and actual.", ja="目標値と実績値を確かめてください。"),
    )

    quotient = Finding(
        id="dd44",
        rule="PCC001",
        name="cost-per-capita-mismatch",
        severity="warning",
        document=SHEETS,
        sheet=funding.sheet,
        cells=(cell("cost_per_capita", "52.5", "52.5", 140, unit="円"),),
        equation="52.5円 ≠ 8,030千円 ÷ 152,875人 = 52.5円",
        message=Text(
            en="The cost per capita is not total cost / population",
            ja="市民一人あたりの費用が「事業費総額÷人口」と一致しません",
        ),
        action=action,
    )
    causes = (
        Cause(
            id="ca01",
            place=(),
            document=SHEETS,
            sheet=funding.sheet,
            severity="error",
            findings=("aa11", "dd44"),
            suspects=(
                suspect(
                    "arbitrary",
                    "0.6",
                    SuspectCell("total_cost", "2024", Decimal(8300), Decimal(8030), unit="千円"),
                ),
                suspect(
                    "sign-lost",
                    "0.3",
                    SuspectCell(
                        "funding.grants", "2024", Decimal(4000), Decimal(4270), unit="千円"
                    ),
                ),
            ),
            none_of_these=Decimal("0.1"),
            certainty="possible",
            cells=funding.cells[:2],
        ),
        Cause(
            id="ca02",
            place=(),
            document=SHEETS,
            sheet=reading.sheet,
            severity="warning",
            findings=("bb22",),
        ),
        Cause(
            id="ca03",
            place=(),
            document=KPIS,
            kpi=kpi.kpi,
            severity="error",
            findings=("cc33",),
            suspects=(
                suspect(
                    "arbitrary",
                    "0.4",
                    SuspectCell("target", None, Decimal(2300), Decimal(2157), unit="件"),
                ),
                suspect(
                    "arbitrary",
                    "0.4",
                    SuspectCell("actuals", "2023", None, Decimal(2003), unit="件"),
                ),
            ),
            none_of_these=Decimal("0.2"),
        ),
    )

    def judged(
        number: int,
        name: str,
        target: str,
        outcome: Any,
        actual: str,
        rate: str | None,
        **more: Any,
    ) -> JudgedKpi:
        made = Achievement(
            outcome=outcome,
            rate=Decimal(rate) if rate else None,
            year=2023,
            actual=figure(actual, "件"),
            **{"direction": "higher", "direction_source": "assumed", **more},
        )
        return JudgedKpi(
            document=KPIS,
            number=number,
            project="しごと創生",
            name=name,
            unit="件",
            target=target,
            achievement=made,
        )

    return Report(
        documents=(
            *books[0].documents,
            Document(path=KPIS, form="kushiro", fiscal_year=2023, kpis=4),
        ),
        not_checked=(
            NotChecked(
                document="空.txt",
                why=Why(code="empty", en="the file is empty", ja="ファイルが空です"),
            ),
            NotChecked(
                document=SHEETS,
                sheet=3,
                rule="FND001",
                why=Why(
                    code="crashed", en="rule FND001 failed", ja="規則 FND001 が途中で止まりました"
                ),
            ),
        ),
        outcomes={
            "FND001": {**NO_COUNTS, "pass": 41, "fail": 1, "unknown": 6},
            "KPI003": {**NO_COUNTS, "may": 2, "fail": 1, "not_applicable": 1_234},
        },
        findings=(funding, quotient, reading, kpi),
        causes=causes,
        kpis=(
            judged(1, "雇用創出数", "20", "achieved", "22", "110.0"),
            judged(2, "来所|相談 <件数>", "2,300", "missed", "1,878", "81.7"),
            judged(
                3,
                "水準以下の学校数",
                "0",
                "not_due",
                "",
                None,
                direction="lower",
                direction_source="inferred",
            ),
            judged(4, "=HYPERLINK(1)", "-", "unknown", "-", None, direction_source="declared"),
        ),
    )


@pytest.fixture(scope="session")
def context(books: tuple[Book, ...], forms: dict[str, Form]) -> Callable[..., ReportContext]:
    def make(lang: Lang, **more: Any) -> ReportContext:
        return ReportContext(lang=lang, rules=RuleSet([]), books=books, forms=forms, **more)

    return make
