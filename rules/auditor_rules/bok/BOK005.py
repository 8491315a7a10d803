"""BOK005: a column is seldom equal to its neighbour throughout."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import auditor
from auditor.formula.values import UNKNOWN as UNKNOWN_VALUE
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables
    from auditor.forms.model import Form
    from auditor.rules.rule import Names


def _names(form: Form) -> Names:
    return {"year": tuple(form.definitions["year"])}


def _settle(tables: Tables) -> Settled:
    """Columns tell all of it but the finding: a column that is the one before throughout."""
    from auditor.engines.settling import amounts_of, any_of

    names = tuple(tables.form.definitions["year"])
    pairs = [(tables.printed("year", name), tables.prior(name)) for name in names]
    amounts = tables.together(
        "year", [name for name in names if name != "headcount"], in_print=True
    )
    least, greatest = amounts_of((amounts or {}).values())
    return tables.settled(
        tables.beside_prior(names),
        ("#first", "not_applicable"),
        ("#gap", "unknown"),
        (any_of(figure.open for pair in pairs for figure in pair), None),
        (amounts is None, None),
        ((least == greatest).fill_null(True), "not_applicable"),
        (any_of(here.differs_from(prior) for here, prior in pairs), "pass"),
        (any_of(figure.unknown for pair in pairs for figure in pair), "unknown"),
        otherwise=None,
    )


@auditor.rule(
    """
code = "BOK005"
name = "column-copied"
severity = "warning"
each = "year"
when = "present(prior.year)"
looks_at = "undecided"
since = "0.1"

[title]
en = "A column equals the one before it throughout"
ja = "列の数値が、前の年度の列とすべて同じです"
[why]
en = "A new year's column is often made by copying last year's. Where even the parts and the staff cost agree, the copy may not have been filled in. Columns with fewer than two different amounts are left alone: small projects do cost the same twice."
ja = "新しい年度の列は、前年度の列を写して作ることがあります。内訳や人件費まで一致する場合、書き換えを忘れている可能性があります。異なる金額が2つに満たない列は対象にしません（小さな事業では同額が続くこともあるため）。"
[action]
en = "Compare the column with the ledger of its year."
ja = "その年度の決算書・予算書と照合してください。"

[[cases]]
form = "kushiro"
total_cost = 108
funding = { general_revenue = 108 }
staff_cost = 3694
headcount = "0.5"
prior = { total_cost = 108, funding = { general_revenue = 108 }, staff_cost = 3568, headcount = "0.5" }
outcome = "pass"

[[cases]]
form = "kushiro"
total_cost = 103
funding = { general_revenue = 103 }
staff_cost = 3568
headcount = "0.5"
prior = { total_cost = 103, funding = { general_revenue = 103 }, staff_cost = 3568, headcount = "0.5" }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "one amount alone proves nothing"
total_cost = 103
funding = { general_revenue = 103 }
prior = { total_cost = 103, funding = { general_revenue = 103 } }
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "whether texts stand for the same figure can't be told"
total_cost = 103
funding = { grants = "1,0", general_revenue = 103 }
staff_cost = 3568
prior = { total_cost = 103, funding = { grants = "2,0", general_revenue = 103 }, staff_cost = 3568 }
outcome = "unknown"
""",
    settle=_settle,
    names=_names,
)
def column_copied(row: Row) -> Verdict:
    """Compare every amount of the column as printed; a blank equals a blank."""
    prior = row.link("prior")
    assert prior is not None
    names = [name for name in row.values if name not in ("year", "kind")]
    if not _two_amounts(row, names):
        return NOT_APPLICABLE
    texts = {name for name in names if UNKNOWN_VALUE in (row.values[name], prior.values[name])}
    if any(row.values[name] != prior.values[name] for name in names if name not in texts):
        return PASS
    if texts:
        return UNKNOWN
    return failed(*((row, name) for name in names if (figure := row.figure(name)) and figure.value))


def _two_amounts(row: Row, names: Iterable[str]) -> bool:
    """Whether the column prints two different amounts."""
    first: Decimal | None = None
    for name in names:
        figure = row.figure(name) if name != "headcount" else None
        if figure is None or not figure.value or figure.value == first:
            continue
        if first is not None:
            return True
        first = figure.value
    return False
