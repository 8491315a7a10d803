"""What the tests of tables have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import auditor.rules.rule
from auditor.engines.spark import SparkEngine

# A few rows are done before code for them is compiled, or before they are cut into parts.
AS_WRITTEN = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
IN_ONE_PART = {"spark.sql.shuffle.partitions": "1", "spark.sql.leafNodeDefaultParallelism": "1"}


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
    """The one Spark that all tests of a worker share: they stand in its group, ``spark``."""
    engine = SparkEngine("local[2]")
    for name, value in {**AS_WRITTEN, **IN_ONE_PART}.items():
        engine.session.conf.set(name, value)
    yield engine
    engine.session.stop()
