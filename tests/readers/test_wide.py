"""Tables and objects of very many columns are refused in a line, or said of in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

import auditor
from auditor.auditing.session import load
from auditor.readers.json.writing import dump_records
from auditor.readers.source import Source, UnreadableDocument
from auditor.records.addresses import MAX_COLUMN
from auditor.records.text import Why
from auditor.testing.build import book

HEADER: Final = (
    ["交付対象事業の名称", "事業の概要", "K P I（重要業績評価指標）", "", "", "", "", ""],
    ["", "", "指標", "指標値", "", "", "実績値", ""],
    ["", "", "", "指標値", "単位", "年月", "R4年度", "R5年度"],
    ["第一事業", "概要", "雇用創出数", "20", "人", "R6.3", "21", "22"],
)


def _text(columns: int, delimiter: str) -> str:
    """Indicators beside so many columns that the form does not know."""
    more = [f"欄{number}" for number in range(columns - len(HEADER[0]))]
    *above, last, row = HEADER
    return (
        "\n".join(map(delimiter.join, [*above, [*last, *more], [*row, *("7" for _ in more)]]))
        + "\n"
    )


def _refusal(path: Path) -> Why:
    """Why a document is not read."""
    with pytest.raises(UnreadableDocument) as caught:
        auditor.read_books([path])
    return caught.value.message


@pytest.mark.parametrize(("kind", "delimiter"), [("tsv", "\t"), ("csv", ",")])
def test_a_table_is_no_wider_than_a_worksheet(tmp_path: Path, kind: str, delimiter: str) -> None:
    path = tmp_path / f"wide.{kind}"
    path.write_text(_text(MAX_COLUMN + 1, delimiter), encoding="utf-8")
    why = _refusal(path)
    assert why.code == "too-wide"
    assert f"{MAX_COLUMN + 1:,}" in why.en and f"{MAX_COLUMN + 1:,}" in why.ja


def test_columns_that_the_form_does_not_know_are_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "wide.tsv"
    path.write_text(_text(2_000, "\t"), encoding="utf-8")
    report = auditor.audit(auditor.read_books([path]))
    assert report.documents[0].kpis == 1
    assert len([finding for finding in report.findings if finding.rule == "RD003"]) == 1


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_the_widest_line_counts(delimiter: str) -> None:
    wide = delimiter * MAX_COLUMN
    assert Source("a", wide.encode()).widest == MAX_COLUMN + 1
    narrow = "\n".join([delimiter * 10] * MAX_COLUMN)
    assert Source("a", narrow.encode()).widest <= MAX_COLUMN


def _records(keys: int) -> str:
    """The records of a sheet with so many keys that none has."""
    form = load().forms["kushiro"]
    data: dict[str, Any] = json.loads(dump_records([book(1, form=form, kpis=0)]))
    data["sheets"][0] |= {f"key{number}": number for number in range(keys)}
    return json.dumps(data, ensure_ascii=False)


@pytest.mark.parametrize(("keys", "findings"), [(10, 10), (11, 1), (5_000, 1)])
def test_many_keys_are_one_finding(tmp_path: Path, keys: int, findings: int) -> None:
    path = tmp_path / "records.json"
    path.write_text(_records(keys), encoding="utf-8")
    report = auditor.audit(auditor.read_books([path]))
    unknown = [finding for finding in report.findings if finding.rule == "RD010"]
    assert len(unknown) == findings
    assert findings > 1 or f"{keys:,}" in unknown[0].message.en


def test_an_object_has_no_more_keys_than_a_table_has_columns(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(_records(MAX_COLUMN), encoding="utf-8")
    why = _refusal(path)
    assert why.code == "not-json" and "keys" in why.en
