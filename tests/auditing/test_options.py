"""The options of an audit: the public functions hand all of theirs on, and refuse nonsense."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path
from unittest.mock import patch

import pytest

import auditor
import auditor_datasets
from auditor.auditing.options import AuditOptions
from auditor_datasets.tables import path

BOOKS = auditor_datasets.load("kushiro-r6-faulty")


def test_a_negative_number_of_findings_is_refused() -> None:
    with pytest.raises(ValueError, match="max_findings is a number from 0, not -1"):
        AuditOptions(max_findings=-1)
    with pytest.raises(ValueError, match="max_findings"):
        auditor.audit(BOOKS, max_findings=-1)


@pytest.mark.parametrize("function", [auditor.audit, auditor.audit_tables])
def test_every_keyword_of_a_public_function_is_an_option(function: object) -> None:
    assert callable(function)
    parameters = inspect.signature(function).parameters.values()
    keywords = {item.name for item in parameters if item.kind is item.KEYWORD_ONLY}
    keywords -= {"forms"}  # those that are registered nowhere: a part of what is audited
    assert keywords
    assert keywords <= {field.name for field in fields(AuditOptions)}


def test_keywords_reach_the_audit_as_options(tmp_path: Path) -> None:
    file = tmp_path / "findings.csv"
    with patch("auditor.auditing.tables.audit_tables") as audit:
        auditor.audit_tables(
            path("kushiro-r6"),
            form="kushiro",
            engine="polars",
            fail_on="never",
            max_findings=3,
            findings=file,
        )
    options: AuditOptions = audit.call_args.args[3]
    assert (options.form, options.fail_on, options.max_findings) == ("kushiro", "never", 3)
    assert options.engine is not None
    assert options.findings is not None
    assert file.exists()
