"""Marked copies that come back: the same as they went out, corrected, or in two versions."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.cli.main import main
from auditor.files.own.copies import copy_in
from auditor.marking.copies import MarkError
from auditor.marking.unmarking import unmarked
from auditor.marking.workbook.copy import marked_workbook
from auditor.readers.own_files import own_file
from auditor.reports.returned import returned_files
from auditor.reports.wording import Wording
from auditor.testing.strategies import consistent_books
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    package_of,
    parts_of,
    workbook_bytes,
    worksheets_of,
)
from tests.versions.returning import (
    FORM,
    SESSION,
    audited,
    changed,
    figures_in,
    marked,
    original,
    settled,
)

BOOKS = consistent_books(FORM, sheets=(1, 3), kpis=(0, 0))


def looks(path: Path) -> dict[tuple[str, str], tuple[object, ...]]:
    """What a workbook holds and shows, and how it is printed and protected."""
    book = openpyxl.load_workbook(path)
    content: dict[tuple[str, str], tuple[object, ...]] = {
        ("", "names"): (*book.sheetnames, *sorted(book.defined_names))
    }
    for sheet in book:
        content[sheet.title, ""] = (
            sheet.print_area,
            sheet.print_title_rows,
            sheet.protection.sheet,
            sorted(map(str, sheet.merged_cells.ranges)),
            len(list(sheet.conditional_formatting)),
        )
        for row in sheet.iter_rows():
            for cell in row:
                fill = cell.fill.fill_type and cell.fill.fgColor.rgb
                comment = cell.comment and cell.comment.text
                look = (cell.value, cell.number_format, fill, comment)
                if look != (None, "General", None, None):
                    content[sheet.title, cell.coordinate] = look
    return content


def faulty(made: Any, data: st.DataObject, path: Path) -> Path:
    """A drawn book as a workbook in which some numbers are off."""
    worksheets = worksheets_of(made[1], FORM, Layout())
    for worksheet in worksheets:
        numbers = [at for at, cell in worksheet.cells.items() if not isinstance(cell.value, str)]
        for at in data.draw(st.lists(st.sampled_from(sorted(numbers)), max_size=2)):
            cell = worksheet.cells[at]
            worksheet.cells[at] = PlainCell(
                (cell.value or 0) + 7,
                number_format=cell.number_format,  # type: ignore[operator]
            )
    path.write_bytes(workbook_bytes(worksheets))
    return path


@settings(max_examples=12)
@given(BOOKS, st.data())
def test_a_copy_without_changes_says_what_its_original_does(made: Any, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = faulty(made, data, Path(name, "01.xlsx"))
        copy = marked(source, Path(name, "01（指摘）.xlsx"))
        alone, both = settled(source), settled(source, copy)
        assert (both.books, both.not_checked, both.returned) == (alone.books, (), ())
        assert [(item.document, item.why.code) for item in both.passed_over] == [
            (str(copy), "unchanged-copy")
        ]

        without = Path(name, "unmarked.xlsx")
        without.write_bytes(unmarked(copy.read_bytes()))
        assert looks(without) == looks(source)
        assert own_file(without) is None
        with pytest.raises(MarkError):
            unmarked(without.read_bytes())


@settings(max_examples=12)
@given(BOOKS, st.data())
def test_a_changed_cell_is_the_only_difference(made: Any, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = faulty(made, data, Path(name, "01.xlsx"))
        copy = marked(source, Path(name, "01（指摘）.xlsx"))
        record, field, year, place = data.draw(st.sampled_from(figures_in(source)))
        changed(copy, place)
        both = settled(source, copy)
        assert both.not_checked == ()
        (returned,) = both.returned
        assert (returned.document, returned.original) == (str(copy), str(source))
        (of_copy,) = returned.records
        assert of_copy.name == record.name
        (difference,) = of_copy.differences
        assert (difference.field, difference.year) == (field, year)
        assert difference.before is not None
        assert difference.after is not None
        assert difference.after.value == (difference.before.value or 0) + 1

        # The new version takes the place of that sheet alone.
        documents = {
            (sheet.name, sheet.document == str(copy))
            for book in both.books
            for sheet in book.sheets
        }
        names = {sheet.name for book in settled(source).books for sheet in book.sheets}
        assert documents == {(name, name == record.name) for name in names}


def test_a_corrected_copy_without_its_original_is_audited(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    (unchanged,) = settled(copy).returned
    assert (unchanged.original, unchanged.is_changed) == (None, False)
    changed(copy, figures_in(source)[0][-1])
    read = settled(copy)
    (returned,) = read.returned
    assert (returned.original, returned.is_changed) == (None, True)
    assert sum(len(book.sheets) for book in read.books) == 2


def test_a_project_that_is_renamed_in_the_copy_is_the_same_sheet(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    name = settled(source).books[0].sheets[0].name
    book = openpyxl.load_workbook(copy)
    cells = (cell for row in book.worksheets[0].iter_rows() for cell in row)
    title = next(cell for cell in cells if name in str(cell.value))
    title.value = str(title.value).replace(name, f"{name}改")
    book.save(copy)
    read = settled(source, copy)
    (returned,) = read.returned
    (record,) = returned.records
    assert [difference.field for difference in record.differences] == ["name"]
    assert sorted(sheet.number for book in read.books for sheet in book.sheets) == [1, 2]


def test_copies_that_were_changed_to_different_ends_exclude_each_other(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    one = marked(source, tmp_path / "01（指摘）.xlsx")
    first, *_, last = figures_in(source)
    other = Path(shutil.copy(one, tmp_path / "01（指摘）b.xlsx"))
    changed(one, first[-1])
    changed(other, first[-1], 2)
    read = settled(source, one, other)
    (missed,) = read.not_checked
    assert missed.why.code == "versions"
    assert one.name in missed.why.ja
    assert other.name in missed.why.ja
    assert "--take" in missed.why.ja
    assert first[0].name not in {sheet.name for book in read.books for sheet in book.sheets}
    # Whoever is to choose sees how each differs.
    assert {file.document for file in read.returned} == {str(one), str(other)}
    for returned in read.returned:
        assert not returned.is_audited
        assert [len(record.differences) for record in returned.records] == [1]

    taken = settled(source, one, other, takes=(other,))
    assert taken.not_checked == ()
    assert [file.document for file in taken.returned] == [str(other)]
    assert {
        sheet.document
        for book in taken.books
        for sheet in book.sheets
        if sheet.name == first[0].name
    } == {str(other)}

    # Two that correct different sheets do not.
    assert last[0].name != first[0].name
    other = Path(shutil.copy(marked(source, tmp_path / "c.xlsx"), tmp_path / "01（指摘）b.xlsx"))
    changed(other, last[-1])
    read = settled(source, one, other)
    assert read.not_checked == ()
    assert {sheet.name: sheet.document for book in read.books for sheet in book.sheets} == {
        first[0].name: str(one),
        last[0].name: str(other),
    }


def test_a_correction_that_came_twice_is_reported_once(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    one = marked(source, tmp_path / "01（指摘）.xlsx")
    changed(one, figures_in(source)[0][-1])
    other = tmp_path / "01（再送）.xlsx"
    book = openpyxl.load_workbook(one)
    book.properties.title = "再送"
    book.save(other)
    read = settled(source, one, other)
    assert [file.document for file in read.returned] == [str(one)]
    (double,) = read.passed_over
    assert (double.document, double.why.code) == (str(other), "other-version")


def test_a_formula_without_its_result_has_no_unit(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    figure = figures_in(source)[0][-1]
    assert figure.cell is not None
    book = openpyxl.load_workbook(copy)
    book.worksheets[0][figure.cell] = "=1+1"
    book.save(copy)
    (returned,) = returned_files(audited(source, copy), Wording("ja"))
    (line,) = returned.lines
    assert "→ =1+1（" in line


def test_a_copy_from_which_a_sheet_is_missing_is_no_correction(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    book = openpyxl.load_workbook(copy)
    del book[book.sheetnames[0]]
    book.save(copy)
    (returned,) = settled(source, copy).returned
    assert not returned.is_changed
    assert len(returned.missing) == 1


def test_a_replaced_sheet_is_named_among_the_parts_of_the_original(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    changed(copy, figures_in(source)[0][-1])
    report = audited(source, copy)
    document = next(item for item in report.documents if item.path == str(source))
    assert document.sheets == 1
    assert [(part.state, part.why.code) for part in document.parts] == [("left_out", "replaced")]
    assert all(finding.sheet is None or finding.document for finding in report.findings)


def test_what_a_department_adds_to_a_note_of_the_program_stays(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    parts = parts_of(copy.read_bytes())
    name = next(name for name in parts if name.startswith("xl/comments"))
    parts[name] = parts[name].replace(
        b"</t></r></text>", "\n訂正しました</t></r></text>".encode(), 1
    )
    copy.write_bytes(package_of(parts))
    without = tmp_path / "unmarked.xlsx"
    without.write_bytes(unmarked(copy.read_bytes()))
    comments = [str(look[3]) for look in looks(without).values() if len(look) == 4 and look[3]]
    assert len(comments) == 1
    assert comments[0].endswith("訂正しました")

    # Marked again, the cell has both.
    data = marked_workbook(copy.read_bytes(), audited(copy), [str(copy)], forms=SESSION.forms)
    without.write_bytes(data)
    comments = [str(look[3]) for look in looks(without).values() if len(look) == 4 and look[3]]
    assert any("訂正しました" in text and text.count("指摘1") > 1 for text in comments)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_what_a_copy_says_of_itself(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    sheet.print_area = "A1:H20"
    sheet.protection.sheet = True
    filled = next(place for *_, place in figures_in(source))
    sheet[filled.cell].fill = openpyxl.styles.PatternFill("solid", fgColor="FFEEDD00")
    sheet[filled.cell].comment = openpyxl.comments.Comment("課の注記", "課員")
    book.save(source)
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    command.append(f"-env:UserInstallation=file://{tmp_path}/profile")
    subprocess.run([*command, str(copy)], check=True, capture_output=True, timeout=240)
    saved = tmp_path / "saved" / copy.name
    mark = copy_in(saved.read_bytes())
    assert mark is not None
    assert mark.state == "unchanged"
    assert [item.why.code for item in settled(source, saved).passed_over] == ["unchanged-copy"]

    without = tmp_path / "unmarked.xlsx"
    without.write_bytes(unmarked(saved.read_bytes()))
    before, after = looks(source), looks(without)
    assert {key: look for key, look in after.items() if key[1] == filled.cell} == {
        key: look for key, look in before.items() if key[1] == filled.cell
    }
    assert after["", "names"] == before["", "names"]
    marks = [look for look in after.values() if "指摘" in str(look[-1])]
    assert not marks
    assert openpyxl.load_workbook(without).worksheets[0].protection.sheet

    changed(saved, figures_in(saved)[0][-1])
    assert [file.original for file in settled(source, saved).returned] == [str(source)]


def test_the_command_takes_the_marks_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    out = tmp_path / "out"
    words = ["unmark", str(copy), "--lang", "ja"]
    assert main([*words, "--output-dir", str(out)]) == 0
    assert looks(out / "01.xlsx") == looks(source)
    assert main([*words, "--output-dir", str(out)]) == 2  # it is there already
    assert main([*words, "--output-dir", str(out), "--force"]) == 0
    assert main([*words, "--output", str(copy)]) == 2
    assert main([*words, "--output", str(tmp_path / "x.pdf")]) == 2
    assert main([*words]) == 2
    assert main(["unmark", str(source), "--output", str(tmp_path / "x.xlsx"), "--lang", "ja"]) == 2
    assert "指摘はありません" in capsys.readouterr().err
    absent = str(tmp_path / "ない")
    assert main(["unmark", absent, "--output", str(tmp_path / "x.xlsx"), "--lang", "ja"]) == 2
    assert capsys.readouterr().err == f"auditor: {absent} がありません\n"
    assert not (tmp_path / "x.xlsx").exists()
    assert main(["unmark", str(tmp_path), "--output", str(tmp_path / "y.xlsx")]) == 0


def test_a_copy_that_is_marked_again_is_a_copy_of_what_was_marked(tmp_path: Path) -> None:
    source = original(tmp_path / "01.xlsx")
    copy = marked(source, tmp_path / "01（指摘）.xlsx")
    changed(copy, figures_in(source)[0][-1])
    data = marked_workbook(copy.read_bytes(), audited(copy), [str(copy)], forms=SESSION.forms)
    again = copy_in(data)
    assert again is not None
    assert again.state == "untouched"
    second = tmp_path / "02.xlsx"
    second.write_bytes(data)
    read = settled(source, copy, second)
    assert [item.document for item in read.passed_over] == [str(second)]
    assert [file.document for file in read.returned] == [str(copy)]

    # It may be corrected further, on another sheet than the first time.
    first, *_, last = figures_in(source)
    changed(second, last[-1])
    read = settled(source, copy, second)
    assert read.not_checked == ()
    assert {sheet.name: sheet.document for book in read.books for sheet in book.sheets} == {
        first[0].name: str(copy),
        last[0].name: str(second),
    }
