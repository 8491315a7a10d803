"""Rows are linked to the right ones in whatever order an engine computes them."""

from __future__ import annotations

import narwhals as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from auditor.engines import PolarsEngine


@given(st.integers(2, 12), st.integers(1, 4), st.booleans())
def test_rows_of_a_join_are_linked_by_their_keys(rows: int, several: int, backwards: bool) -> None:
    """As those of an evaluation are that looks at a column first, and at its sheet then. A join
    of Polars gives its rows in another order each time that it is computed.
    """
    engine = PolarsEngine()
    evaluations = pl.DataFrame({"owner": range(rows), "place": 0})
    years = pl.DataFrame({"of": [*range(rows)] * several, "at": range(rows * several)})
    names = pl.DataFrame({"of owner": range(rows), "named": range(rows)})
    if backwards:
        names = names.reverse()
    for _ in range(8):
        joined = nw.from_native(
            evaluations.lazy().join(
                years.lazy(), left_on=["owner", "place"], right_on=["of", "at"], how="left"
            )
        )
        linked = engine.linked(joined, engine.frame(names), ["owner"], ["of owner"])
        table = engine.collected(linked)
        assert table["owner"].to_list() == table["named"].to_list()
        assert sorted(table["owner"]) == [*range(rows)]


def test_a_frame_that_comes_in_another_order_each_time_is_computed_once() -> None:
    engine = PolarsEngine()
    turns = iter([False, True, False, True])
    table = pl.DataFrame({"owner": [1, 2, 3]})

    def turned(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.reverse() if next(turns) else rows

    frame = nw.from_native(table.lazy().map_batches(turned))
    others = engine.frame(pl.DataFrame({"of": [1, 2, 3], "named": ["a", "b", "c"]}))
    linked = engine.collected(engine.linked(frame, others, ["owner"], ["of"]))
    assert dict(linked.select("owner", "named").iter_rows()) == {1: "a", 2: "b", 3: "c"}
