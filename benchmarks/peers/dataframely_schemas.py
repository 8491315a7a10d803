"""The six rules as rules of dataframely schemas: filtering a table tells which rows fail which
rule.
"""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

from benchmarks.peers.harness import serve
from benchmarks.peers.prepared import RULES, Tables, load, prepared, rows


class Years(dy.Schema):
    book = dy.String(nullable=False)
    sheet = dy.Int64(nullable=False)
    year = dy.Int64(nullable=False)
    total_cost = dy.Int64(nullable=True)
    grants = dy.Int64(nullable=True, alias="funding.grants")
    local_bonds = dy.Int64(nullable=True, alias="funding.local_bonds")
    fees = dy.Int64(nullable=True, alias="funding.fees")
    other_specific = dy.Int64(nullable=True, alias="funding.other_specific")
    general_revenue = dy.Int64(nullable=True, alias="funding.general_revenue")
    staff_cost = dy.Int64(nullable=True)
    tenths = dy.Int64(nullable=True)
    unit_cost = dy.Int64(nullable=True)

    @dy.rule()
    def FND001(cls) -> pl.Expr:
        return RULES["FND001"][1]

    @dy.rule()
    def STF001(cls) -> pl.Expr:
        return RULES["STF001"][1]


class PerCapita(dy.Schema):
    book = dy.String(nullable=False)
    sheet = dy.Int64(nullable=False)
    population = dy.Int64(nullable=False)
    cost = dy.Int64(nullable=True)
    burden = dy.Int64(nullable=True)
    total_cost = dy.Int64(nullable=True)
    bonds = dy.Int64(nullable=False)

    @dy.rule()
    def PCC001(cls) -> pl.Expr:
        return RULES["PCC001"][1]

    @dy.rule()
    def PCC002(cls) -> pl.Expr:
        return RULES["PCC002"][1]


class Evaluations(dy.Schema):
    book = dy.String(nullable=False)
    sheet = dy.Int64(nullable=False)
    year = dy.Int64(nullable=False)
    meaning = dy.String(nullable=True)
    before = dy.String(nullable=True)

    @dy.rule()
    def EVL001(cls) -> pl.Expr:
        return RULES["EVL001"][1]


class Kpis(dy.Schema):
    book = dy.String(nullable=False)
    kpi = dy.Int64(nullable=False)
    direction = dy.String(nullable=False)
    declared_achieved = dy.String(nullable=False)
    target = dy.Decimal(18, 1, nullable=True)
    year = dy.Int64(nullable=False)
    actual = dy.Decimal(18, 1, nullable=True)

    @dy.rule()
    def KPI001(cls) -> pl.Expr:
        return RULES["KPI001"][1]


SCHEMAS: dict[str, Any] = {
    "years": Years,
    "per_capita": PerCapita,
    "evaluations": Evaluations,
    "kpis": Kpis,
}


def work(tables: Tables) -> dict[str, pl.DataFrame]:
    """The failing rows of each rule."""
    failures = {
        name: SCHEMAS[name].filter(frame).failure.details()
        for name, frame in prepared(tables).items()
    }
    return {
        rule: failures[name].filter(pl.col(rule) == "invalid") for rule, (name, _) in RULES.items()
    }


if __name__ == "__main__":
    serve(load, work, rows)
