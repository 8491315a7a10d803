"""The catalogue of fields lists what the records hold."""

from __future__ import annotations

import pytest

from auditor.records.fields import DOCUMENT, SCOPES
from auditor.records.model import RECORDS, Document

HELD = {**RECORDS, "document": Document}


@pytest.mark.parametrize("record", HELD)
def test_the_catalogue_lists_what_records_hold(record: str) -> None:
    scope = DOCUMENT if record == "document" else SCOPES[record]  # type: ignore[index]
    listed = {field.name for field in scope.fields if field.origin == "record"}
    own_keys = {"form", "fiscal_year"} if record in ("document", "book") else set()
    held = set(HELD[record].model_fields)
    assert held - listed - own_keys == set(), "auditor/records/fields.py lacks these fields"
    assert listed - held == set(), "auditor/records/fields.py lists what no record holds"
