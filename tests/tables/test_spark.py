"""On Spark an audit of tables says what the judge alone says: many random books at once, since
every question to Spark costs its time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auditor.engines.engine import MissingEngine
from auditor.engines.spark import SparkEngine
from auditor.forms.model import Form
from auditor.records.model import Book
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.tables.cells import ROW
from auditor.testing.strategies import forms
from tests.tables.test_columns import COLUMNAR, SESSION, hard_books, own_rules, quickly_same

T = TypeVar("T")
pytestmark = pytest.mark.xdist_group("spark")  # one Spark for all of these


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """As many examples as a property of its own would try."""
    found: list[T] = []

    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


def batch(form: Form, count: int) -> list[Book]:
    """Random books of one form, told apart by their names."""
    return [
        book.model_copy(update={"name": f"book {number}"})
        for number, (_, book) in enumerate(drawn(hard_books(form), count))
    ]


@pytest.mark.parametrize(
    ("form", "rules"),
    [
        pytest.param(lambda: SESSION.forms["kushiro"], lambda form: COLUMNAR, id="shipped rules"),
        pytest.param(lambda: drawn(forms(), 20)[-1], own_rules, id="every part of the language"),
    ],
)
def test_the_judge_says_the_same(
    spark: SparkEngine, form: Callable[[], Form], rules: Callable[[Form], RuleSet]
) -> None:
    chosen = form()
    quickly_same(to_tables(batch(chosen, 40), {chosen.name: chosen}), rules(chosen), chosen, spark)


def test_frames_go_there_and_come_back(spark: SparkEngine) -> None:
    table = pl.DataFrame(
        {
            "small": pl.Series([1, None], dtype=pl.UInt32),
            "word": pl.Series(["a", None], dtype=pl.Categorical),
            "none": pl.Series([None, None]),
        }
    )
    expected = table.cast({"small": pl.Int64, "word": pl.String})
    assert spark.collected(spark.frame(table)).equals(expected)
    assert spark.collected(spark.frame(table.clear())).equals(expected.clear())


def test_a_file_is_read_where_it_lies(spark: SparkEngine, tmp_path: Path) -> None:
    """Its path may look like a pattern, and its columns like fields of structs."""
    folder = tmp_path / "令和6 {a,b} [x]*"
    folder.mkdir()
    pl.DataFrame({"sheet": [7, 8, 9], "funding.grants": [1, None, 3]}).write_parquet(
        folder / "years.parquet"
    )
    (folder / "half.parquet").write_bytes((folder / "years.parquet").read_bytes()[:-20])
    frame = spark.kept(spark.scan(folder / "years.parquet"))
    assert spark.collected(frame).sort(ROW).rows() == [(7, 1, 1), (8, None, 2), (9, 3, 3)]
    assert frame.collect_schema().names() == ["sheet", "funding/grants", ROW]
    spark.close()
    for name in ("half.parquet", "none.parquet"):
        with pytest.raises(Exception, match=name):
            spark.scan(folder / name)


def test_nothing_is_kept_after_an_audit(spark: SparkEngine) -> None:
    context: Any = spark.session.sparkContext
    frame = spark.kept(spark.frame(pl.DataFrame({"a": [1, 2]})))
    assert spark.collected(frame).rows() == [(1,), (2,)]
    during = context._jsc.getPersistentRDDs().size()
    spark.close()
    assert context._jsc.getPersistentRDDs().size() == during - 1


def test_frames_of_a_pipeline_are_audited_in_its_session(spark: SparkEngine) -> None:
    table = pl.DataFrame({"sheet": [1], "funding.grants": [8_000]})
    there = SparkEngine(session=spark.session)
    native = spark.session.createDataFrame(table.rows(), table.columns)
    assert there.collected(there.lifted(native)).rows() == table.rows()
    assert there.collected(there.lifted(table).select("sheet", "funding/grants", ROW)).rows() == [
        (1, 8_000, 1)
    ]
    assert there.lifted(native).collect_schema().names() == ["sheet", "funding/grants"]


def test_one_process_has_one_spark(spark: SparkEngine) -> None:
    assert SparkEngine().session is spark.session
    with pytest.raises(MissingEngine, match=r"local\[2\] runs in this process already"):
        SparkEngine("spark://elsewhere:7077")


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingEngine, match="Java 17") as missing:
        SparkEngine()
    assert "openjdk-17-jre-headless" in missing.value.message.ja
    monkeypatch.setattr("auditor.engines.spark.find_spec", lambda name: None)
    with pytest.raises(MissingEngine, match=r"sheet-auditor\[spark\]"):
        SparkEngine()
