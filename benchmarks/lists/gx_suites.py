"""The rules on lists as a suite of Great Expectations on a pandas frame. That names come once is
an expectation of its own; sums over rows have none, and are joined to the rows before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

from benchmarks.peers.harness import Pair, serve

EXPECTED = {
    "LST001": ("total", "sources"),
    "LST002": ("rate", "expected_rate"),
    "LST003": ("total", "expected_total"),
    "LST004": ("grant", "expected_grant"),
}


def load(folder: Path) -> tuple[Any, Path]:
    """A batch definition, and the folder of the list."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("grants")
    return asset.add_batch_definition_whole_dataframe("all"), folder


def prepared(folder: Path) -> pd.DataFrame:
    """The rows with what they should say, and their names where they are grants."""
    table = pd.read_parquet(folder / "grants.parquet")
    table.columns = pd.Index(["name", "programme", "total", "grant", "own", "rate"])
    table.insert(0, "line", range(1, len(table) + 1))
    table["rate"] = (table["rate"].astype(float) * 10).round().astype("Int64")
    is_total, is_subtotal = table["name"] == "Total", table["name"].str.startswith("Subtotal")
    is_row = ~(is_total | is_subtotal)
    for name in ("total", "grant"):
        amount = table[name].where(is_row).astype("Int64")
        by_programme = amount.groupby(table["programme"]).transform("sum")
        expected = by_programme.where(is_subtotal)
        table[f"expected_{name}"] = expected.mask(is_total, amount.sum())
    table["sources"] = table["grant"] + table["own"]
    rate = (2_000 * table["grant"] + table["total"]) // (2 * table["total"])
    table["expected_rate"] = rate.astype("Int64").where(table["rate"].notna())
    table["grant_name"] = table["name"].where(is_row)
    return table


SUITE = gx.ExpectationSuite(
    name="grants",
    expectations=[
        *(
            gxe.ExpectColumnPairValuesToBeEqual(
                column_A=left, column_B=right, ignore_row_if="either_value_is_missing"
            )
            for left, right in EXPECTED.values()
        ),
        gxe.ExpectColumnValuesToBeUnique(column="grant_name"),
    ],
)


def work(loaded: tuple[Any, Path]) -> list[Any]:
    """The results of all expectations, with the lines of unexpected rows."""
    definition, folder = loaded
    batch = definition.get_batch(batch_parameters={"dataframe": prepared(folder)})
    complete = {"result_format": "COMPLETE", "unexpected_index_column_names": ["line"]}
    return list(batch.validate(SUITE, result_format=complete).results)


def pairs(results: list[Any]) -> list[Pair]:
    rules = {f"{left} {right}": rule for rule, (left, right) in EXPECTED.items()}
    failing: list[Pair] = []
    for result in results:
        named = result.expectation_config.kwargs
        key = f"{named.get('column_A')} {named.get('column_B')}"
        for row in result.result.get("unexpected_index_list") or ():
            failing.append((rules.get(key, "LST005"), "", row["line"], None))
    return failing


if __name__ == "__main__":
    serve(load, work, pairs)
