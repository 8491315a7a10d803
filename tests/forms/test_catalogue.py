"""The catalogue of forms: each reads every figure of a document in its layout, whatever kind of
file that is, and its rules find a fault.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

import auditor
from auditor.auditing.documents import audit
from auditor.auditing.session import load, load_with
from auditor.cli import main as cli
from auditor.readers.documents import ReadResult, read_documents
from auditor.records.model import Book
from tests.documents.either_kind import KINDS, WideKind, document_bytes, file_name
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.catalogue import EXAMPLES, Example, Key

ROOT: Final = Path(__file__).resolve().parents[2]
CATALOGUE: Final = load().catalogue
NAMES: Final = sorted(CATALOGUE)
SESSION: Final = load_with(NAMES)


def read(folder: Path, worksheet: PlainWorksheet, kind: WideKind) -> ReadResult:
    path = folder / file_name("document", kind)
    path.write_bytes(document_bytes([worksheet], kind))
    return read_documents([path], forms=SESSION.forms, readers=SESSION.readers)


def figures_of(book: Book) -> dict[Key, Decimal]:
    """The numbers of a book. Rows of equal names are told apart by their order."""
    figures: dict[Key, Decimal] = {}
    names = Counter(sheet.name for sheet in book.sheets)
    for sheet in book.sheets:
        usual = "" if names[sheet.name] == 1 else f"#{sheet.number}"
        for name, column, figure in sheet.every_figure():
            if figure.value is not None:
                figures[sheet.name, name, column or usual] = figure.value
    for kpi in book.kpis:
        for name, column, figure in kpi.every_figure():
            if figure.value is not None:
                of = "".join(f"{kpi.project}{kpi.name}".split())
                part = "actual" if name == "actuals" else name
                figures[of, part, column or ""] = figure.value
    return figures


def test_every_form_has_a_document_and_can_be_used() -> None:
    assert SESSION.problems == ()
    assert sorted(EXAMPLES) == NAMES
    assert all(SESSION.form_files[name] == CATALOGUE[name] for name in NAMES)
    page = (ROOT / "examples" / "forms" / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"[`{name}`](../../{CATALOGUE[name].relative_to(ROOT).as_posix()})" in page


def test_no_form_of_the_catalogue_is_in_use_until_it_is_named() -> None:
    assert not CATALOGUE.keys() & load().forms.keys()
    of_forms = {rule["code"] for name in NAMES for rule in SESSION.forms[name].rules}
    assert of_forms
    assert not of_forms & {rule.code for rule in load().rules}
    assert of_forms < {rule.code for rule in SESSION.rules}
    assert load_with([None, "kushiro", "no-such-form"]) is load()
    (path,) = (CATALOGUE[name] for name in NAMES if name == "list-plain")
    assert load_with(["list-plain"]) is load((str(path),))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_asked_about_until_a_form_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / "document.xlsx"
    path.write_bytes(document_bytes([EXAMPLES[name].worksheet], "xlsx"))
    session = load()
    result = read_documents(
        [path], forms=session.forms, readers=session.readers, catalogue=session.catalogue
    )
    assert not result.books
    (reason,) = result.not_checked
    assert reason.why.code == "no-form"
    assert (
        f"最も近い様式例：{SESSION.forms[name].title.ja}（{name}）。読み取れるか" in reason.why.ja
    )
    assert f"auditor draft-form {path} --from {name}" in reason.why.en

    book = auditor.read(path, form=name)
    report = auditor.audit(book)
    assert not report.not_checked
    assert [finding for finding in report.findings if finding.severity == "error"] == []


@pytest.mark.parametrize("name", NAMES)
def test_forms_check_says_that_all_is_read(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = EXAMPLES[name]
    path = tmp_path / "document.xlsx"
    path.write_bytes(document_bytes([example.worksheet], "xlsx"))
    assert cli.main(["forms", "check", name, str(path), "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (trial,) = data["documents"]
    assert trial["unread"] == 0
    assert trial["figures"] == len(example.figures)
    assert data["not_checked"] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "pdf-unruled"])
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_its_layout_is_read(name: str, kind: WideKind, tmp_path: Path) -> None:
    """By the form that its words tell, of all that there are."""
    example = EXAMPLES[name]
    result = read(tmp_path, example.worksheet, kind)
    assert result.not_checked == ()
    (book,) = result.books
    assert book.form == name
    (document,) = book.documents
    assert document.not_checked == ()
    assert figures_of(book) == expected(example, book)
    assert document.unread == ()


def expected(example: Example, book: Book) -> dict[Key, Decimal]:
    """The example's figures; the rows of items, whose names come again, by their order."""
    names = Counter(sheet.name for sheet in book.sheets)
    return {
        (name, field, "" if column.startswith("#") and names[name] == 1 else column): value
        for (name, field, column), value in example.figures.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_ruling_lines_is_read_rightly_or_said_not_to_be(
    name: str, tmp_path: Path
) -> None:
    """Columns that space alone tells apart may be lost, but never without a word."""
    example = EXAMPLES[name]
    result = read(tmp_path, example.worksheet, "pdf-unruled")
    figures: dict[Key, Decimal] = {}
    for book in result.books:
        figures |= figures_of(book)
    wrong = {key: value for key, value in figures.items() if not _is_on(example, key, value)}
    assert wrong == {}
    documents = [document for book in result.books for document in book.documents]
    if sum(document.figures or 0 for document in documents) < len(example.figures):
        report = audit(result.books, SESSION.rules, SESSION.forms)
        serious = [f for f in report.findings if f.severity in ("error", "warning")]
        assert result.not_checked or report.not_checked or serious


def _is_on(example: Example, key: Key, value: Decimal) -> bool:
    """Whether a figure is one of the document's. An indicator may have lost its own name, which
    stands over several headings.
    """
    name, field, column = key
    return any(
        other.startswith(name)
        and (field, value) == (part, figure)
        and column in (of, "" if of.startswith("#") else of)
        for (other, part, of), figure in example.figures.items()
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_document_without_a_fault_has_no_finding_and_one_with_it_has(
    name: str, tmp_path: Path
) -> None:
    example = EXAMPLES[name]
    for worksheet, codes in (
        (example.worksheet, set[str]()),
        (example.faulty, {*example.fault.codes}),
    ):
        result = read(tmp_path, worksheet, "xlsx")
        (book,) = result.books
        report = audit(book, SESSION.rules, SESSION.forms)
        serious = {f.rule for f in report.findings if f.severity == "error"}
        assert serious == codes
