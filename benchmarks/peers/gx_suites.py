"""The six rules as Great Expectations on pandas frames: a complete result names the keys of the
unexpected rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

from benchmarks.peers.harness import Pair, serve

SOURCES = [
    "funding.grants",
    "funding.local_bonds",
    "funding.fees",
    "funding.other_specific",
    "funding.general_revenue",
]
Frames = dict[str, pd.DataFrame]


def load(folder: Path) -> tuple[Any, Frames]:
    """A context, and the tables."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("tables")
    batches = {
        name: source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
        for name in SUITES
    }
    names = ("sheets", "years", "evaluations", "kpis", "kpi_years")
    return batches, {name: _nullable(pd.read_parquet(folder / f"{name}.parquet")) for name in names}


def _nullable(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers that may be blank as pandas' nullable integers, decimals of one place as
    tenths.
    """
    tenths = {
        name: (frame[name].astype(float) * 10).round().astype("Int64")
        for name in DECIMALS
        if name in frame
    }
    return frame.assign(**tenths).convert_dtypes(convert_string=False, convert_floating=False)


DECIMALS = ("headcount", "cost_per_capita", "bond_burden_per_capita", "target", "actual")


def prepared(frames: Frames) -> Frames:
    """Rows that have what a rule expects beside what is printed."""
    years = frames["years"][
        ["book", "sheet", "year", "fiscal_year", "total_cost", *SOURCES, "staff_cost", "headcount"]
    ].copy()
    years["funding"] = years[SOURCES].sum(axis=1, min_count=1)
    ratio = (years["staff_cost"] * 10 / years["headcount"]).where(years["headcount"] > 0)
    usual = (
        ratio.astype(float).groupby([years["book"], years["year"]]).transform("median") + 500
    ) // 1000
    years["expected_staff_cost"] = (years["headcount"] * usual.astype("Int64") + 5) // 10 * 1000
    evaluated = years[years["year"] == years["fiscal_year"]][
        ["book", "sheet", "total_cost", "funding.local_bonds"]
    ]
    per_capita = frames["sheets"][
        ["book", "sheet", "population", "cost_per_capita", "bond_burden_per_capita"]
    ]
    per_capita = per_capita[per_capita["population"] > 0].merge(evaluated, on=["book", "sheet"])
    people = per_capita["population"]
    per_capita["expected_cost"] = (20 * per_capita["total_cost"] + people) // (2 * people)
    per_capita["expected_burden"] = (20 * per_capita["funding.local_bonds"].fillna(0) + people) // (
        2 * people
    )
    judged = frames["evaluations"][frames["evaluations"]["result"].notna()]
    before = judged[judged["year"] < judged["fiscal_year"]][["book", "sheet", "meaning"]]
    after = judged[judged["year"] == judged["fiscal_year"]][["book", "sheet", "year"]]
    declared = frames["kpis"][frames["kpis"]["declared_achieved"].notna()]
    due = declared["due"].str[:4].astype(int) - (declared["due"].str[5:].astype(int) < 4)
    kpis = declared.assign(year=due).merge(
        frames["kpi_years"].dropna(subset="actual"), on=["book", "kpi", "year"]
    )
    lower = kpis["direction"] == "lower"
    met = (kpis["actual"] <= kpis["target"]).where(lower, kpis["actual"] >= kpis["target"])
    kpis["expected_achieved"] = met.map({True: "achieved", False: "missed"})
    return {
        "years": years,
        "per_capita": per_capita,
        "evaluations": after.merge(before, on=["book", "sheet"]),
        "kpis": kpis,
    }


def _equal(printed: str, expected: str) -> Any:
    return gxe.ExpectColumnPairValuesToBeEqual(
        column_A=printed, column_B=expected, ignore_row_if="either_value_is_missing"
    )


SUITES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "years": (
        ["book", "sheet", "year"],
        {
            "FND001": _equal("total_cost", "funding"),
            "STF001": _equal("staff_cost", "expected_staff_cost"),
        },
    ),
    "per_capita": (
        ["book", "sheet"],
        {
            "PCC001": _equal("cost_per_capita", "expected_cost"),
            "PCC002": _equal("bond_burden_per_capita", "expected_burden"),
        },
    ),
    "evaluations": (
        ["book", "sheet", "year"],
        {"EVL001": gxe.ExpectColumnValuesToNotBeInSet(column="meaning", value_set=["end"])},
    ),
    "kpis": (["book", "kpi"], {"KPI001": _equal("declared_achieved", "expected_achieved")}),
}


def work(loaded: tuple[Any, Frames]) -> dict[str, list[dict[str, Any]]]:
    """The keys of each rule's unexpected rows."""
    batches, frames = loaded
    failing: dict[str, list[dict[str, Any]]] = {}
    for name, frame in prepared(frames).items():
        keys, expectations = SUITES[name]
        batch = batches[name].get_batch(batch_parameters={"dataframe": frame})
        complete = {
            "result_format": "COMPLETE",
            "unexpected_index_column_names": keys,
            "return_unexpected_index_query": False,
        }
        results = batch.validate(
            gx.ExpectationSuite(name=name, expectations=list(expectations.values())),
            result_format=complete,
        )
        # The results come in an order of their own.
        rules = {_identity(expectation): rule for rule, expectation in expectations.items()}
        for result in results.results:
            if result.exception_info.get("raised_exception"):
                raise RuntimeError(result.exception_info)
            failing[rules[_identity(result.expectation_config.to_domain_obj())]] = (
                result.result.get("unexpected_index_list") or []
            )
    return failing


def _identity(expectation: Any) -> tuple[str, ...]:
    return tuple(str(getattr(expectation, name, "")) for name in ("column", "column_A", "column_B"))


def rows(failing: dict[str, list[dict[str, Any]]]) -> list[Pair]:
    return [
        (
            rule,
            key["book"],
            int(key["kpi"] if rule == "KPI001" else key["sheet"]),
            int(key["year"]) if "year" in key else None,
        )
        for rule, keys in failing.items()
        for key in keys
    ]


if __name__ == "__main__":
    serve(load, work, rows)
