"""What the tests of tables have in common: any units, and one Spark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import auditor.rules.rule
from auditor.engines.spark import SparkEngine

# A few rows are done before code for them is compiled.
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


@pytest.fixture(autouse=True, scope="module")
def any_units() -> Iterator[None]:
    """Formulas of these tests may compare money with bare numbers and persons: columns and the
    judge have to agree on whatever can be computed.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auditor.rules.rule, "unit_faults", lambda *_: ())
        yield


@pytest.fixture(scope="session")
def spark(java: None) -> Iterator[SparkEngine]:  # noqa: ARG001
    """The Spark of all tests, which are in one xdist group for it: starting takes seconds, and it
    grows faster the longer it runs.
    """
    engine = SparkEngine("local[2]")
    for name, value in INTERPRETED.items():
        engine.session.conf.set(name, value)
    yield engine
    engine.session.stop()


@pytest.fixture
def compiling_spark(spark: SparkEngine) -> Iterator[SparkEngine]:
    """The same Spark as users have it: it compiles what it is asked."""
    for name in INTERPRETED:
        spark.session.conf.unset(name)
    yield spark
    for name, value in INTERPRETED.items():
        spark.session.conf.set(name, value)
