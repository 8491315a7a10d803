"""Rows of a made-up list of grants, and what explains the findings on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from auditor.auditing.documents import audit
from auditor.forms.model import Form
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.rules.causes import Cause
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.ruleset import RuleSet

__all__ = ["PARTS", "causes_of", "corrections"]

PARTS: Mapping[str, Sequence[str]] = {"parts": ["grant", "public", "private"]}
PERCENT = {"unit": "%", "rounding": "half_up", "step": "0.1"}
Printed = Mapping[str, int | str | None]


def causes_of(
    several: Mapping[str, Printed],
    formulas: Sequence[str],
    groups: Mapping[str, Sequence[str]] = PARTS,
    **labels: Mapping[str, Any],
) -> Sequence[Cause]:
    """The causes of the findings on rows, by their names; ``labels`` says more of some of them:
    their role, their parent.
    """
    stated = groups.items()
    names = dict.fromkeys(name for printed in several.values() for name in printed)
    form = Form.model_validate(
        {
            "name": "grants",
            "title": {"en": "Grants", "ja": "補助事業"},
            "unit": "EUR",
            "units": {"EUR": 1, "%": 1},
            "fiscal_year": 2025,
            "table": {"totals": [{"words": ["Total"], "of": "all"}]},
            "labels": {"name": "Project", "parent": "Part of"},
            "fields": {
                name: {"each": "sheet", **(PERCENT if name == "rate" else {"unit": "EUR"})}
                for name in names
            },
            "groups": {name: [part for part in parts if part in names] for name, parts in stated},
        }
    )
    sheets = tuple(
        Sheet(
            name=name,
            number=number,
            fiscal_year=2025,
            figures=FrozenDict({key: _figure(form, key, printed.get(key)) for key in names}),
            **labels.get(name, {}),
        )
        for number, (name, printed) in enumerate(several.items(), 1)
    )
    words = vocabulary([form])
    rules = RuleSet(
        [_rule(f"TRY{number:03}", formula, words) for number, formula in enumerate(formulas, 1)]
    )
    book = Book(form="grants", fiscal_year=2025, sheets=sheets)
    return audit(book, rules, {"grants": form}).causes


def _figure(form: Form, name: str, value: int | str | None) -> Figure:
    if value is None:
        return Figure(state="blank")
    unit = form.fields[name].unit
    return Figure(value=Decimal(value), printed=str(value), unit=unit, state="number")


def _rule(code: str, formula: str, words: Any) -> Any:
    texts = {"en": "text", "ja": "文"}
    data: dict[str, Any] = {
        "code": code,
        "name": code.lower(),
        "severity": "error",
        "each": "sheet",
        "formula": formula,
        "since": "1",
        "forms": ["*"],
        "title": texts,
        "why": texts,
        "action": texts,
    }
    return build_rule(data, code, words)


def corrections(of: Cause) -> list[tuple[str, dict[str, Decimal | None]]]:
    """The slip of each suspect, with the values of its cells, the likeliest first. A cell of one
    of several rows has the row's number behind its name.
    """
    return [
        (
            suspect.slip.code,
            {
                cell.field + (f"@{cell.beside.sheet}" if cell.beside else ""): cell.corrected
                for cell in suspect.cells
            },
        )
        for suspect in of.suspects
    ]
