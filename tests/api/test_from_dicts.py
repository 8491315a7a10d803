"""Records from dicts and frames of Python: the same figures, held against their form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

import auditor

ROWS = pl.DataFrame(
    {
        "name": ["基金管理", "道路整備"],
        "total": [8030, 5000],
        "grants": [4000, 5000],
        "rest": [4030, 400],
    }
)

BLANKS = dict.fromkeys(("local_bonds", "fees", "other_specific"))


def sheet(**year: Any) -> dict[str, Any]:
    """A sheet with a settled year."""
    return {
        "name": "道路整備",
        "department": "土木課",
        "fiscal_year": 2024,
        "years": {"2024": year},
    }


def remarks(record: dict[str, Any]) -> list[str]:
    (made,) = auditor.from_dicts([record], form="kushiro")
    report = auditor.audit(made)
    return [each.message.en for each in report.findings if each.rule.startswith("RD")]


def test_a_frame_becomes_grouped_findings_in_a_few_lines() -> None:
    sheets = [
        {
            **sheet(
                total_cost=row["total"],
                funding=BLANKS | {"grants": row["grants"], "general_revenue": row["rest"]},
            ),
            "name": row["name"],
        }
        for row in ROWS.to_dicts()
    ]
    report = auditor.audit(auditor.from_dicts(sheets, form="kushiro"), ["FND001"])
    groups = report.by("project")
    assert groups["道路整備"].counts["error"] == 1
    assert "基金管理" not in groups
    assert groups["道路整備"].findings[0].expected == Decimal(5400)


@pytest.mark.parametrize(
    "number",
    [
        np.int64(8030),
        np.int32(8030),
        np.uint16(8030),
        np.float64(8030.0),
        np.float32(8030.0),
        Decimal(8030),
        8030,
        8030.0,
        "8,030",
    ],
)
def test_any_number_is_taken(number: Any) -> None:
    (made,) = auditor.from_dicts([sheet(total_cost=number)], form="kushiro")
    figure = made.sheets[0].years["2024"].total_cost
    assert figure is not None
    assert figure.value == 8030
    assert figure.unit == "千円"


@pytest.mark.parametrize(
    "year",
    [
        {"funding": {"national_grants": 90}},
        {"setled": 1},
        {"total_cost": {"value": 5, "unit": "千"}},
        {"total_cost": "abc"},
    ],
)
def test_what_the_form_has_no_place_for_is_told(year: dict[str, Any]) -> None:
    assert remarks(sheet(**year))


@pytest.mark.parametrize("value", [float("nan"), object(), np.float64("inf")])
def test_what_is_no_record_is_refused(value: Any) -> None:
    with pytest.raises(auditor.UnreadableDocument):
        auditor.from_dicts([sheet(total_cost=value)], form="kushiro")


def test_an_unknown_form_or_column_is_refused_or_told() -> None:
    with pytest.raises(auditor.UnreadableDocument, match="kusiro"):
        auditor.from_dicts([sheet(total_cost=1)], form="kusiro")
    wrong = sheet() | {"years": {"2030": {"total_cost": 1, "kind": "settled", "year": 2030}}}
    assert auditor.audit(auditor.from_dicts([wrong], form="kushiro")).not_checked
