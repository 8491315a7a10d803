"""The invented folder of 「見本で試す」 is what its script makes, and has something to find."""

from __future__ import annotations

import auditor
from tests.desk.make_sample import SAMPLE, sample
from tests.documents.workbook_writer import parts_of


def test_the_sample_is_made_by_its_script() -> None:
    files = {
        path.relative_to(SAMPLE).as_posix(): parts_of(path.read_bytes())
        for path in SAMPLE.rglob("*")
        if path.is_file()
    }
    assert files == {name: parts_of(data) for name, data in sample().items()}


def test_the_sample_has_findings_in_each_workbook() -> None:
    report = auditor.audit(auditor.read_books(str(SAMPLE)))
    assert len({finding.document for finding in report.findings}) == len(sample())
