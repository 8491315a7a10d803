"""The texts of a sheet: what the catalogue of fields lists, the readers find by its label."""

from __future__ import annotations

from typing import Final

from auditor.records.fields import HEADED, SCOPES

NO_LABEL: Final = {
    "document": "the path",
    "identifier": "a table's",
    "role": "a table's, by the row's name",
    "totals": "a table's, by the row's name",
    "budget_stages": "stand beside the title",
    "status": "follows from the evaluations",
    "undivided": "the text reader's, where plan and result can't be told apart",
    "captions": "what stands beside no label",
}


def test_every_text_of_a_sheet_is_found_by_its_label() -> None:
    texts = {
        field.name
        for field in SCOPES["sheet"].fields
        if field.origin == "record" and field.kind in ("text", "texts")
    }
    assert texts - NO_LABEL.keys() == set(HEADED)
