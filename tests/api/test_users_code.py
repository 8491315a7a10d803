"""Scripts as users write them: `.ci/lint.py` holds their types to the strictest rules, and here they run."""

from __future__ import annotations

from pathlib import Path

import auditor
from auditor_datasets.tables import path
from tests.api.users import audits


def test_a_script_of_audits_runs(tmp_path: Path) -> None:
    folder = path("kushiro-r6")
    assert isinstance(audits.differences(folder), dict)
    report = auditor.audit_tables(folder, ["FND"])
    assert isinstance(audits.worst_departments(report), list)
    assert sum(audits.of_sheets(report).values()) == len(report.findings)
    assert audits.likeliest(auditor.audit_tables(folder, ["FND"])) is not None
    assert "FND001" in audits.codes()
    empty = tmp_path / "nothing.txt"
    empty.write_text("", encoding="utf-8")
    assert audits.refused(empty)
