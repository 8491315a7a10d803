"""The engine Spark: tables are audited on a cluster, or by a local Spark."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import narwhals as nw
import polars as pl

from auditor.engines.engine import Engine, Frame, MissingEngine
from auditor.engines.expressions import Expressions
from auditor.engines.polars_engine import PolarsEngine
from auditor.tables.cells import ROW, inner

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkEngine"]

T = TypeVar("T")

_LOCAL: Final = re.compile(r"local(\[.*\])?")
_ALWAYS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    # Recording where in Python each column was named doubles the time that a long formula takes.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}
_ALONE: Final = {
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Two hundred parts, and counting them anew after each step, are for clusters: here that costs
    # more than the rows.
    "spark.sql.shuffle.partitions": str(max(2, os.cpu_count() or 2)),
    "spark.sql.adaptive.enabled": "false",
    # What is compiled for an audit is used again by the next one: some hundred classes for each.
    "spark.sql.codegen.cache.maxEntries": "2000",
    # An audit is over before Java's best compiler has earned what it costs.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}
_FAULT: Final = re.compile(r"\b\w*(Exception|Error)\b:|not set|No such file")
# What a path means to Hadoop beside its letters.
_PATTERN: Final = re.compile(r"([\\*?\[\]{}])")


class SparkEngine(Engine):
    """In Spark: on the cluster at the URL ``master``, in this machine (``local[*]``) without one,
    or in a session that is there already.

    Frames of a pipeline are audited in their own session: give it as ``session``. Nothing depends
    on its settings. Raises MissingEngine where PySpark or Java is not there, or a Spark of
    another master runs in this process.
    """

    name = "spark"

    def __init__(self, master: str | None = None, *, session: SparkSession | None = None) -> None:
        if find_spec("pyspark") is None or find_spec("pyarrow") is None:
            raise MissingEngine(
                "the engine spark needs the packages pyspark and pyarrow: "
                "install sheet-auditor[spark]",
                "エンジン spark には pyspark と pyarrow が必要です。"
                "sheet-auditor[spark] をインストールしてください",
            )
        self.session: Any = session or _session(master)
        here = self.session.conf.get("spark.master", "") or ""
        self._is_alone = _LOCAL.fullmatch(here) is not None
        self._kept: list[DataFrame] = []

    def lifted(self, native: Any) -> Frame:
        if not type(native).__module__.startswith("pyspark."):
            return self.frame(PolarsEngine().lifted(native).collect("polars").to_native())
        return _lazy(native.toDF(*map(inner, native.columns)))

    def scan(self, path: Path) -> Frame:
        from pyspark.sql import functions

        table = self.session.read.parquet("file://" + _PATTERN.sub(r"\\\1", str(path.resolve())))
        renamed = table.toDF(*map(inner, table.columns))
        if ROW in table.columns:
            return _lazy(renamed)
        return _lazy(renamed.withColumn(ROW, functions.col("_metadata.row_index") + 1))

    def frame(self, table: pl.DataFrame) -> Frame:
        unsigned = [name for name, dtype in table.schema.items() if dtype.is_unsigned_integer()]
        rows: Any = table.cast(dict.fromkeys(unsigned, pl.Int64))
        session: Any = self.session
        return _lazy(session.createDataFrame(rows.to_arrow()))

    def collected(self, frame: Frame) -> pl.DataFrame:
        native: Any = frame.to_native()
        library: Any = pl
        return cast(pl.DataFrame, library.from_arrow(native.toArrow()))

    def kept(self, frame: Frame) -> Frame:
        """On this machine the rows alone are kept, so that each question after it is planned as if
        they came from a file; on a cluster their making, too, since a machine may be lost.
        """
        native: DataFrame = frame.to_native()
        rows = native.localCheckpoint(eager=False) if self._is_alone else native.persist()
        self._kept.append(rows)
        return _lazy(rows)

    def unique(self, frame: Frame) -> Frame:
        """By their values, where narwhals would number the rows of each."""
        native: DataFrame = frame.to_native()
        return _lazy(native.distinct())

    def sifted(
        self, frame: Frame, flags: Sequence[str], counts: Expressions, mark: str
    ) -> tuple[dict[str, int], pl.DataFrame | None]:
        """In one question: the counts are a row after the rows that have the mark."""
        from pyspark.sql import functions

        del counts
        names, counted = frame.collect_schema().names(), ["rows", *flags, mark]
        native = self.kept(frame).to_native()
        rows: DataFrame = native.select(
            *(functions.col(name).alias(f"value {at}") for at, name in enumerate(names)),
            *(
                functions.col(name).cast("long").alias(f"flag {at}")
                for at, name in enumerate(flags)
            ),
            functions.col(mark).alias("marked"),
        )
        chosen = rows.filter("marked").select(
            *(functions.col(f"value {at}") for at in range(len(names))),
            *(functions.lit(None).cast("long").alias(f"count {at}") for at in range(len(counted))),
        )
        whole = [functions.lit(1), *(functions.col(f"flag {at}") for at in range(len(flags)))]
        whole.append(functions.col("marked").cast("long"))
        sums = rows.agg(
            *(
                functions.coalesce(functions.sum(value), functions.lit(0)).alias(f"count {at}")
                for at, value in enumerate(whole)
            )
        )
        values = [functions.lit(None).alias(f"value {at}") for at in range(len(names))]
        numbers = [functions.col(f"count {at}").cast("long") for at in range(len(counted))]
        table = self.collected(_lazy(chosen.unionAll(sums.select(*values, *numbers))))
        is_sum = pl.col("count 0").is_not_null()
        totals = table.filter(is_sum).row(0, named=True)
        sizes = {name: int(totals[f"count {at}"]) for at, name in enumerate(counted)}
        if not sizes[mark]:
            return sizes, None
        columns = [pl.col(f"value {at}").alias(name) for at, name in enumerate(names)]
        return sizes, table.filter(~is_sum).select(columns)

    def together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """In threads: while one question is planned, the rows of another are computed."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            return [job.result() for job in [pool.submit(job) for job in jobs]]

    def close(self) -> None:
        for native in self._kept:
            if self._is_alone:
                plan: Any = native
                plan._jdf.queryExecution().logical().rdd().unpersist(False)
            else:
                native.unpersist()
        self._kept.clear()


def _lazy(native: DataFrame) -> Frame:
    frame: Frame = nw.from_native(native)
    return frame


def _session(master: str | None) -> SparkSession:
    """The session that runs in this process, or a new one."""
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        here = running.conf.get("spark.master", "")
        if master is not None and here != master:
            raise MissingEngine(
                f"a Spark of {here} runs in this process already, so none of {master} can: "
                "stop that one first",
                f"このプロセスではすでに {here} の Spark が動いているため、{master} には"
                "接続できません。先に停止してください",
            )
        return running
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise _not_started("no program java was found", "java が見つかりません")
    chosen = master or "local[*]"
    with tempfile.TemporaryFile() as log:
        try:
            return _started(chosen, log)
        except Exception as fault:  # Java's own come as whatever its bridge makes of them
            log.seek(0)
            lines = (
                log.read().decode(errors="replace").strip().splitlines() or str(fault).splitlines()
            )
            why = next((line for line in lines if _FAULT.search(line)), lines[-1]).strip(": ")
            raise _not_started(f"{chosen}: {why}", f"{chosen}: {why}") from None


def _started(master: str, log: Any) -> SparkSession:
    """A new session. A local one keeps what it logs to itself; a cluster's is shown, as it tells
    what a job waits for.
    """
    from pyspark import SparkConf, SparkContext, java_gateway
    from pyspark.sql import SparkSession

    alone = _LOCAL.fullmatch(master) is not None
    if not alone and os.environ.get("SPARK_LOCAL_IP") == "127.0.0.1":
        del os.environ[
            "SPARK_LOCAL_IP"
        ]  # pandera sets it on import; no worker elsewhere finds its driver there
    conf = (
        SparkConf()
        .setMaster(master)
        .setAppName("sheet-auditor")
        .setAll([*_ALWAYS.items(), *(_ALONE if alone else {}).items()])
    )
    launcher: Any = java_gateway
    gateway = launcher.launch_gateway(conf, {"stdout": log, "stderr": log} if alone else None)
    return SparkSession(SparkContext(conf=conf, gateway=gateway))


def _not_started(en: str, ja: str) -> MissingEngine:
    return MissingEngine(
        f"Spark did not start ({en}). It needs Java 17 or newer (on Debian and Ubuntu: "
        "apt install openjdk-17-jre-headless) and a master such as local[4] or spark://host:7077",
        f"Spark を起動できません（{ja}）。Java 17 以上（Debian・Ubuntu では "
        "apt install openjdk-17-jre-headless）と、local[4] や spark://host:7077 のような"
        "接続先が必要です",
    )
