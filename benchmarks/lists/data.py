"""Makes lists of grants of any size from a seed, as a Parquet file: programmes of a hundred
grants, each with its subtotal, and a total; one row in a hundred made wrong.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Final

import polars as pl

from benchmarks.lists.by_hand import FILE

__all__ = ["FORM", "make"]

PROGRAMME: Final = 100
"""How many grants a programme has."""
BAD: Final = 100
"""One grant in so many is wrong, each kind in turn."""

np: Any = importlib.import_module("numpy")

FORM: Final = """
name = "grants_measured"
title = { en = "List of grants", ja = "補助金一覧" }
unit = "EUR"
units = { "EUR" = 1, "%" = 1 }
fiscal_year = 2025

[table]
[[table.totals]]
words = ["Subtotal*"]
of = ["category"]
[[table.totals]]
words = ["Total"]
of = "all"

[labels]
name = "Project"
category = "Programme"

[fields.total]
each = "sheet"
label = "Total cost"
unit = "EUR"
[fields.grant]
each = "sheet"
label = "Grant"
unit = "EUR"
[fields.own_funds]
each = "sheet"
label = "Own funds"
unit = "EUR"
[fields.rate]
each = "sheet"
label = "Rate"
unit = "%"
rounding = "half_up"
step = "0.1"

[groups]
sources = ["grant", "own_funds"]

[[rules]]
code = "LST001"
title = "The sources do not add up"
formula = 'total == sum(group("sources"))'
[[rules]]
code = "LST002"
title = "The rate is not the grant divided by the total"
formula = "rate == grant / total * 100"
[[rules]]
code = "LST003"
title = "The total costs do not add up"
formula = "total == sum(details.total)"
when = 'role == "total"'
[[rules]]
code = "LST004"
title = "The grants do not add up"
formula = "grant == sum(details.grant)"
when = 'role == "total"'
[[rules]]
code = "LST005"
title = "Two grants have one name"
formula = "unique(name)"
when = 'role == "row"'
"""
"""The form, with its rules: LST001 and LST002 look at one row, the others at several."""


def make(folder: Path, rows: int, seed: int = 0, *, one_name: bool = False) -> Path:
    """Write the list of so many grants, and its form, into ``folder``, and return it. With
    ``one_name`` all grants are called the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    number = np.arange(rows)
    programme = number // PROGRAMME
    total = random.integers(1_000, 1_000_000, rows)
    grant = (total * random.random(rows)).astype(np.int64) + 1
    own = total - grant
    rate = (2_000 * grant + total) // (2 * total)
    turn = np.where(number % BAD == 42, number // BAD % 4, -1)
    grants = pl.DataFrame(
        {
            "order": 2 * (number + programme),
            "Project": [f"Project {at}" for at in number] if not one_name else ["Project"] * rows,
            "Programme": [f"Programme {at}" for at in programme],
            "Total cost": total,
            "Grant": grant,
            "Own funds": own,
            "Rate": rate,
            "turn": turn,
        }
    )
    sums = _sums(grants)
    # What is wrong of a grant is wrong beside sums that are right; one kind repeats a name.
    wrong = grants.with_columns(
        pl.col("Grant") + pl.when(pl.col("turn") == 0).then(9).otherwise(0),
        pl.col("Rate") + pl.when(pl.col("turn") == 1).then(10).otherwise(0),
        pl.when(pl.col("turn") == 2)
        .then(pl.col("Project").shift(1))
        .otherwise("Project")
        .alias("Project"),
    )
    table = pl.concat([wrong.drop("turn"), sums]).sort("order").drop("order")
    rates = (pl.col("Rate") / 10).cast(pl.Decimal(18, 1))
    table.with_columns(rates).write_parquet(folder / FILE)
    (folder / "form.toml").write_text(FORM, encoding="utf-8")
    return folder


def _sums(grants: pl.DataFrame) -> pl.DataFrame:
    """The subtotals and the total; of one subtotal in ten the total cost is wrong."""
    amounts = ("Total cost", "Grant", "Own funds")
    blank = pl.lit(None, pl.Int64).alias("Rate")
    by_programme = grants.group_by("Programme", maintain_order=True).agg(
        pl.col("order").max() + 1, *(pl.col(name).sum() for name in amounts)
    )
    wrong = pl.int_range(pl.len()) % 10 == 7
    subtotals = by_programme.select(
        "order",
        pl.concat_str(pl.lit("Subtotal "), "Programme").alias("Project"),
        "Programme",
        pl.col("Total cost") + pl.when(wrong).then(90).otherwise(0),
        "Grant",
        "Own funds",
        blank,
    )
    total = grants.select(
        pl.col("order").max() + 2,
        pl.lit("Total").alias("Project"),
        pl.lit("").alias("Programme"),
        *(pl.col(name).sum() for name in amounts),
        blank,
    )
    return pl.concat([subtotals, total])
