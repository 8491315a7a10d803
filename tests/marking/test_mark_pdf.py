"""The marked-up PDF: the original as a prefix, boxes where the figures are, notes and bookmarks,
and never over its input.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")
DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
sys.path.extend([str(DOCUMENTS), str(DOCUMENTS.parent / "readers")])

import make_pdfs  # noqa: E402
from hostile_pdfs import page_loop  # noqa: E402

from auditor.auditing.documents import audit  # noqa: E402
from auditor.auditing.options import AuditOptions  # noqa: E402
from auditor.auditing.report import Report  # noqa: E402
from auditor.auditing.session import load  # noqa: E402
from auditor.cli.main import main  # noqa: E402
from auditor.files.atomic import UnwritableFile  # noqa: E402
from auditor.files.confined import Limits  # noqa: E402
from auditor.marking.copies import MarkError  # noqa: E402
from auditor.marking.pdf.copy import check_pdf, mark_pdf, marked_pdf  # noqa: E402
from auditor.marking.pdf.increment import is_sound  # noqa: E402
from auditor.readers.documents import read_documents  # noqa: E402
from auditor.records.figures import Place  # noqa: E402
from auditor.records.model import UnreadNumber  # noqa: E402
from auditor.reports.entries import entries  # noqa: E402
from auditor.testing.build import book  # noqa: E402
from tests.documents.workbook_writer import PlainCell, worksheets_of  # noqa: E402
from tests.marking.judged import of_these_bytes  # noqa: E402
from tests.reports.japanese_words import forbidden_in  # noqa: E402

SESSION = load()


def faulty(path: Path, **how: Any) -> Report:
    """A PDF of two sheets whose first total is off, and the audit of it."""
    form = SESSION.forms["kushiro"]
    sheets = worksheets_of(book(sheets=2, seed=1, form=form, kpis=0), form, make_pdfs.TEXT)
    at = next(at for at, cell in sheets[0].cells.items() if cell.value == "29,725")
    sheets[0].cells[at] = PlainCell("29,721")
    path.write_bytes(make_pdfs.drawn(sheets, make_pdfs.Print(**how)))
    read = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
    report = audit(
        read.books, SESSION.rules, SESSION.forms, AuditOptions(not_checked=read.not_checked)
    )
    assert "FND001" in {finding.rule for finding in report.findings}
    assert report.not_checked == ()
    return report


def displayed(
    box: tuple[float, float, float, float], rotate: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """A box of a page's own space as it is shown when the page is turned clockwise."""
    x0, y0, x1, y1 = box
    match rotate:
        case 90:
            return y0, width - x1, y1, width - x0
        case 180:
            return width - x1, height - y1, width - x0, height - y0
        case 270:
            return height - y1, x0, height - y0, x1
        case _:
            return box


def test_a_note_quotes_the_sentence_of_a_text(tmp_path: Path) -> None:
    source, target = tmp_path / "book.pdf", tmp_path / "marked.pdf"
    form = SESSION.forms["kushiro"]
    sheets = worksheets_of(book(sheets=1, seed=1, form=form, kpis=0), form, make_pdfs.TEXT)
    text = "申請9,880件中9,864件（利用率98.9％）を電子で受けた。"
    at = next(at for at, cell in sheets[0].cells.items() if str(cell.value).endswith("の課題"))
    sheets[0].cells[at] = PlainCell(text)
    source.write_bytes(make_pdfs.drawn(sheets, make_pdfs.Print()))
    read = read_documents([source], forms=SESSION.forms, readers=SESSION.readers)
    report = audit(read.books, SESSION.rules.select(["TXT010"]), SESSION.forms)
    mark_pdf(source, report, target, "ja", forms=SESSION.forms)
    page = pypdf.PdfReader(target).pages[0]
    notes = [str(annotation.get("/Contents", "")) for annotation in annotations_on(page)]
    quoted = "本文：申請【9,880件】中【9,864件】（利用率【98.9％】）を電子で受けた。"
    assert any(quoted in note for note in notes)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_boxes_are_where_the_figures_are(tmp_path: Path, rotate: int) -> None:
    """Rendered, each page differs from the original in the boxes' outlines alone, and inside each
    box stands ink.
    """
    import pypdfium2

    source, target = tmp_path / "book.pdf", tmp_path / "marked.pdf"
    report = faulty(source, rotate=rotate)
    mark_pdf(source, report, target, forms=SESSION.forms)

    before, after = pypdfium2.PdfDocument(source), pypdfium2.PdfDocument(target)
    pages = []
    for document in (before, after):
        page = document[0]
        pages.append(page.render(scale=4, may_draw_forms=False).to_pil().convert("RGB"))
        _, _, right, top = page.get_mediabox()
        page.close()
    before.close()
    after.close()
    from PIL import ImageChops

    changed = (
        ImageChops.difference(*pages).convert("L").point(lambda value: 255 if value > 60 else 0)
    )
    boxes = {
        cell.place.box
        for finding in report.findings
        for cell in finding.cells
        if cell.place and cell.place.page == 1 and cell.place.box
    }
    assert len(boxes) >= 3
    height = pages[0].height / 4
    for x0, y0, x1, y1 in (displayed(box, rotate, right, top) for box in boxes):
        inside = (
            pages[0]
            .convert("L")
            .crop((int(x0 * 4), int((height - y1) * 4), int(x1 * 4), int((height - y0) * 4)))
        )
        assert inside.getextrema()[0] < 128
        area = (
            int((x0 - 3) * 4),
            int((height - y1 - 3) * 4),
            int((x1 + 3) * 4),
            int((height - y0 + 3) * 4),
        )
        assert changed.crop(area).getbbox() is not None
        changed.paste(0, area)
    assert changed.getbbox() is None


def test_the_original_is_a_prefix_and_notes_are_japanese(tmp_path: Path) -> None:
    source, target = tmp_path / "book.pdf", tmp_path / "marked.pdf"
    report = faulty(source)
    mark_pdf(source, report, target, forms=SESSION.forms)

    written = target.read_bytes()
    assert written.startswith(source.read_bytes())
    reader = pypdf.PdfReader(BytesIO(written))
    annotations = [note for page in reader.pages for note in annotations_on(page)]
    squares = [annotation for annotation in annotations if annotation["/Subtype"] == "/Square"]
    popups = [annotation for annotation in annotations if annotation["/Subtype"] == "/Popup"]
    assert (
        len(squares)
        == len(popups)
        == len({cell.place.box for f in report.findings for cell in f.cells if cell.place})
    )
    note = next(square["/Contents"] for square in squares if "29,721" in square["/Contents"])
    assert "財源内訳の合計が事業費総額と一致しません" in note
    assert "29,725" in note
    assert all(popup["/Parent"].get_object() in squares for popup in popups)


def test_notes_and_bookmarks_use_no_word_of_the_auditors(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    copy = pypdf.PdfReader(BytesIO(marked_pdf(source.read_bytes(), report, {str(source)})))
    notes = [
        str(annotation.get_object().get("/Contents", ""))
        for page in copy.pages
        for annotation in page.get("/Annots", [])
    ]
    titles = [item.title for item in copy.outline[1]]
    assert any("【要訂正・" in note for note in notes)
    assert [word for text in (*notes, *titles) for word in forbidden_in(text)] == []


def test_each_entry_has_a_bookmark(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)

    outline = pypdf.PdfReader(
        BytesIO(marked_pdf(source.read_bytes(), report, {str(source)}))
    ).outline

    assert outline[0].title == "点検結果"
    items = entries(report)
    assert len(items) < len(report.findings)
    for number, (item, entry) in enumerate(zip(outline[1], items, strict=True), 1):
        assert item.title.startswith(f"{number}. ")
        assert entry.main.rule in item.title


def test_a_bookmark_says_what_is_not_listed(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    total = len(report.findings)
    for most in (0, 1):
        limited = report.limited(most)
        outline = pypdf.PdfReader(
            BytesIO(marked_pdf(source.read_bytes(), limited, {str(source)}))
        ).outline
        listed = len(limited.findings)
        assert f"指摘{total}件のうち{listed}件を掲載しています" in outline[1][0].title
        assert len(outline[1]) == 1 + most


def test_nothing_to_mark_leaves_the_original(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    clean = report.model_copy(update={"findings": (), "counts": {}})

    assert marked_pdf(source.read_bytes(), clean, {str(source)}) == source.read_bytes()


def saved_by_pypdf(data: bytes) -> bytes:
    stream = BytesIO()
    pypdf.PdfWriter(clone_from=BytesIO(data)).write(stream)
    return stream.getvalue()


def appended_by_pypdf(data: bytes) -> bytes:
    writer, stream = pypdf.PdfWriter(), BytesIO()
    writer.append(BytesIO(data))
    writer.write(stream)
    return stream.getvalue()


def saved_by_pdfium(data: bytes) -> bytes:
    import pypdfium2

    document, stream = pypdfium2.PdfDocument(data), BytesIO()
    document.save(stream)
    document.close()
    return stream.getvalue()


SAVED: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "pypdf": saved_by_pypdf,
    "pypdf, page by page": appended_by_pypdf,
    "pdfium": saved_by_pdfium,
    "protected": lambda data: protected(data, "RC4-128"),
    "packed": lambda data: repacked(data),
}
"""Programs that save a marked copy."""


def annotations_on(page: Any) -> list[Any]:
    return [reference.get_object() for reference in page.get("/Annots", ())]


def annotations_of(data: bytes) -> list[tuple[int, str, str, str]]:
    """Page, kind, author and text of each annotation."""
    return sorted(
        (number, note["/Subtype"], note.get("/T", ""), note.get("/Contents", ""))
        for number, page in enumerate(pypdf.PdfReader(BytesIO(data)).pages)
        for note in annotations_on(page)
    )


def titles_of(data: bytes) -> list[Any]:
    def titles(items: Any) -> list[Any]:
        return [titles(item) if isinstance(item, list) else item.title for item in items]

    return titles(pypdf.PdfReader(BytesIO(data)).outline)


def noted_by_others(data: bytes) -> bytes:
    """A marked copy in which a department answered a box and added a note and bookmarks."""
    writer = pypdf.PdfWriter(clone_from=BytesIO(data))
    generic, name = pypdf.generic, pypdf.generic.NameObject
    page = writer.pages[0]
    boxes = [item for item in page["/Annots"] if item.get_object()["/Subtype"] == "/Square"]
    for text, answered in (("直しました", boxes[0]), ("課のメモ", None)):
        note = generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Text"),
                name("/Rect"): generic.ArrayObject(map(generic.FloatObject, (10, 10, 30, 30))),
                name("/T"): generic.TextStringObject("課員"),
                name("/Contents"): generic.TextStringObject(text),
            }
        )
        if answered is not None:
            note[name("/IRT")], note[name("/RT")] = answered, name("/R")
            note[name("/F")] = generic.NumberObject(30)
        page["/Annots"].append(writer._add_object(note))
    chapter = writer.add_outline_item(title="第1章", page_number=0)
    writer.add_outline_item(title="第1節", page_number=0, parent=chapter)
    writer.add_outline_item(title="点検結果", page_number=0, bold=True)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize("program", SAVED)
def test_a_copy_that_is_marked_again_is_as_if_it_were_marked_once(
    program: str, tmp_path: Path
) -> None:
    source, once = tmp_path / "book.pdf", tmp_path / "once.pdf"
    report = faulty(source)
    mark_pdf(source, report, once, "en")
    plain = marked_pdf(source.read_bytes(), report, {str(source)})

    data = SAVED[program](once.read_bytes())
    again = marked_pdf(data, report, {str(source)})

    assert_opens(again, data)
    assert annotations_of(again) == annotations_of(plain)
    assert titles_of(again) == titles_of(plain)
    assert pypdf.PdfReader(BytesIO(again)).trailer["/Root"]["/Outlines"]["/Count"] == (
        1 + len(report.causes)
    )


@pytest.mark.parametrize("program", SAVED)
def test_marks_of_an_earlier_audit_go_and_what_others_noted_stays(
    program: str, tmp_path: Path
) -> None:
    source, once = tmp_path / "book.pdf", tmp_path / "once.pdf"
    report = faulty(source)
    mark_pdf(source, report, once)
    data = SAVED[program](noted_by_others(once.read_bytes()))
    clean = report.model_copy(update={"findings": (), "counts": {}})

    for findings in (clean, report):
        copy = marked_pdf(data, findings, {str(source)})
        assert_opens(copy, data)
        theirs = [note for note in annotations_of(copy) if note[2] == "課員"]
        assert [text for *_, text in theirs] == ["直しました", "課のメモ"]
        assert titles_of(copy)[:3] == ["第1章", ["第1節"], "点検結果"]
        if findings is clean:
            assert annotations_of(copy) == theirs
            assert titles_of(copy) == ["第1章", ["第1節"], "点検結果"]
            assert marked_pdf(copy, clean, {str(source)}) == copy
        for page in pypdf.PdfReader(BytesIO(copy)).pages:
            for note in annotations_on(page):
                if note.get("/T") == "課員":
                    assert "/IRT" not in note
                    assert not note.get("/F", 0) & 2


def test_never_over_its_input(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    before = source.read_bytes()
    for target in (source, tmp_path / "sub" / ".." / "book.pdf", tmp_path):
        with pytest.raises(UnwritableFile):
            mark_pdf(source, report, target)
    assert source.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["book.pdf"]


def protected(data: bytes, algorithm: str, permissions: int | None = None, **more: str) -> bytes:
    writer = pypdf.PdfWriter(BytesIO(data))
    flags = {} if permissions is None else {"permissions_flag": permissions}
    writer.encrypt(more.get("user", ""), owner_password="owner", algorithm=algorithm, **flags)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def notes_in(data: bytes) -> list[str]:
    """The notes of the boxes, by page."""
    return [
        note.get("/Contents")
        for page in pypdf.PdfReader(BytesIO(data)).pages
        for note in annotations_on(page)
        if note["/Subtype"] == "/Square"
    ]


def assert_opens(copy: bytes, original: bytes) -> None:
    """The copy keeps the original, and viewers that repair nothing find all of it."""
    import pypdfium2

    assert copy.startswith(original)
    assert is_sound(copy)
    reader = pypdf.PdfReader(BytesIO(copy), strict=True)
    document = pypdfium2.PdfDocument(copy)
    assert len(document) == len(reader.pages)
    for page in document:
        assert page.get_textpage().count_chars() > 100
        page.close()
    document.close()
    numbers = [number for offsets in reader.xref.values() for number in offsets]
    assert int(reader.trailer["/Size"]) == 1 + max(numbers)


def test_what_cannot_be_marked_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    for data in (b"no pdf", source.read_bytes()[:900]):
        with pytest.raises(MarkError):
            marked_pdf(data, report, {str(source)})


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_opens_without_a_password_is_marked(algorithm: str, tmp_path: Path) -> None:
    if algorithm.startswith("AES"):
        pytest.importorskip("cryptography", reason="AES needs it")
    source = tmp_path / "book.pdf"
    report = faulty(source)
    data = protected(source.read_bytes(), algorithm)
    check_pdf(data)
    copy = marked_pdf(data, report, {str(source)})
    assert_opens(copy, data)
    notes = notes_in(copy)
    assert sorted(notes) == sorted(notes_in(marked_pdf(source.read_bytes(), report, {str(source)})))
    assert any("財源内訳の合計が事業費総額と一致しません" in note for note in notes)


def test_protection_is_kept(tmp_path: Path) -> None:
    """A PDF that needs a password, or allows no notes, is refused before an audit."""
    source = tmp_path / "book.pdf"
    report = faulty(source)
    whole = source.read_bytes()
    check_pdf(whole)
    for data, reason in (
        (protected(whole, "RC4-128", user="secret"), "パスワード"),
        (protected(whole, "RC4-128", 0xFFFFF0C0 - (1 << 32)), "注釈の追加が禁止されています"),
    ):
        for attempt in (
            lambda data=data: check_pdf(data),
            lambda data=data: marked_pdf(data, report, {str(source)}),
        ):
            with pytest.raises(MarkError) as caught:
                attempt()
            assert reason in caught.value.message.ja
            assert "Error" not in caught.value.message.en


def test_protection_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "book.pdf"
    faulty(source)
    source.write_bytes(protected(source.read_bytes(), "RC4-128", user="secret"))
    copy = tmp_path / "copy.pdf"
    assert main(["check", str(source), "--mark", str(copy), "--lang", "ja"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "パスワード" in output.err
    assert not copy.exists()


def repacked(data: bytes) -> bytes:
    """The same PDF with its objects packed into a stream, and a table that is a stream."""
    writer = pypdf.PdfWriter(BytesIO(data))
    plain = [
        (number, value)
        for number, value in enumerate(writer._objects, 1)
        if value is not None and not isinstance(value, pypdf.generic.StreamObject)
    ]
    texts = [as_bytes(value) for _, value in plain]
    offsets = [sum(len(text) + 1 for text in texts[:index]) for index in range(len(texts))]
    head = (
        b" ".join(
            b"%d %d" % (number, offset) for (number, _), offset in zip(plain, offsets, strict=True)
        )
        + b" "
    )
    holder = pypdf.generic.StreamObject()
    holder.update({pypdf.generic.NameObject("/Type"): pypdf.generic.NameObject("/ObjStm")})
    holder[pypdf.generic.NameObject("/N")] = pypdf.generic.NumberObject(len(plain))
    holder[pypdf.generic.NameObject("/First")] = pypdf.generic.NumberObject(len(head))
    holder.set_data(head + b" ".join(texts))
    out = BytesIO(b"%PDF-1.5\n")
    out.seek(0, 2)
    packed = {number for number, _ in plain}
    last = len(writer._objects)
    rows = {0: (0, 0, 65535)} | {
        number: (2, last + 1, rank) for rank, (number, _) in enumerate(plain)
    }
    for number, value in [*enumerate(writer._objects, 1), (last + 1, holder)]:
        if value is None or number in packed:
            continue
        rows[number] = (1, out.tell(), 0)
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, as_bytes(value)))
    start = out.tell()
    rows[last + 2] = (1, start, 0)
    table = b"".join(
        bytes([kind]) + place.to_bytes(4, "big") + rank.to_bytes(2, "big")
        for kind, place, rank in (rows.get(number, (0, 0, 65535)) for number in range(last + 3))
    )
    root = writer._root_object.indirect_reference.idnum
    out.write(
        b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Length %d >>\nstream\n%s\n"
        b"endstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (last + 2, last + 3, root, len(table), table, start)
    )
    return out.getvalue()


def as_bytes(value: Any) -> bytes:
    stream = BytesIO()
    value.write_to_stream(stream)
    return stream.getvalue()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("start", [None, 0, 99, 10**9])
def test_a_copy_opens_although_the_table_of_objects_is_not_where_the_file_says(
    packed: bool, start: int | None, tmp_path: Path
) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    data = repacked(source.read_bytes()) if packed else source.read_bytes()
    if start is not None:
        data = re.sub(rb"startxref\s+\d+", b"startxref\n%d" % start, data)
    copy = marked_pdf(data, report, {str(source)})
    assert_opens(copy, data)
    assert len(notes_in(copy)) >= 3


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_damaged_pdf_is_refused_or_its_copy_opens(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever bytes of its table and trailer are lost."""
    source = tmp_path_factory.mktemp("damaged") / "book.pdf"
    report = faulty(source)
    whole = bytearray(source.read_bytes())
    table = whole.rindex(b"xref\n0")
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(table, len(whole) - 1))] = data.draw(st.sampled_from(b"0 x9"))
    try:
        copy = marked_pdf(bytes(whole), report, {str(source)})
    except MarkError:
        return
    assert copy.startswith(bytes(whole))
    assert is_sound(copy)
    assert len(notes_in(copy)) >= 3


def test_a_frame_is_as_thin_on_a_page_with_large_units(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    writer = pypdf.PdfWriter(BytesIO(source.read_bytes()))
    for page in writer.pages:
        page[pypdf.generic.NameObject("/UserUnit")] = pypdf.generic.NumberObject(4)
    stream = BytesIO()
    writer.write(stream)
    widths = [
        annotation.get_object()["/BS"]["/W"]
        for data in (source.read_bytes(), stream.getvalue())
        for annotation in pypdf.PdfReader(BytesIO(marked_pdf(data, report, {str(source)}))).pages[
            0
        ]["/Annots"]
        if annotation.get_object()["/Subtype"] == "/Square"
    ]
    assert sorted({float(width) for width in widths}) == [0.15, 0.45, 0.6, 1.8]


def test_numbers_that_were_not_read_are_framed_in_grey(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    unread = UnreadNumber(printed="1,234", place=Place(page=1, box=(10, 10, 40, 20)))
    documents = tuple(
        document.model_copy(update={"unread": (unread,)}) for document in report.documents
    )
    for findings in (report.findings, ()):
        more = report.model_copy(
            update={"documents": documents, "findings": findings}
            | ({} if findings else {"counts": {}})
        )
        reader = pypdf.PdfReader(BytesIO(marked_pdf(source.read_bytes(), more, {str(source)})))
        boxes = [note for note in annotations_on(reader.pages[0]) if note["/Subtype"] == "/Square"]
        (grey,) = [box for box in boxes if "読み取れなかった数値" in box["/Contents"]]
        assert grey["/C"][0] == grey["/C"][1] == grey["/C"][2]
        assert [float(number) for number in grey["/Rect"]] == [8.5, 8.5, 41.5, 21.5]
        assert "灰色の枠" in reader.outline[1][-1].title


def test_a_hostile_pdf_ends_its_own_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marking keeps to its limits of time and memory and names the one it reached. No copy
    appears.
    """
    source = tmp_path / "book.pdf"
    report = faulty(source)
    for limits, reason in (
        (Limits(seconds=0.01), "0.01秒"),
        (Limits(memory=16 << 20), "起動した直後に終了"),
    ):
        if limits.memory < Limits().memory and sys.platform != "linux":
            continue  # only Linux keeps a process to its memory
        with pytest.raises(MarkError) as caught:
            mark_pdf(source, report, tmp_path / "marked.pdf", limits=limits)
        assert reason in caught.value.message.ja
    assert [path.name for path in tmp_path.iterdir()] == ["book.pdf"]

    def loaded(*_: Any, **__: Any) -> None:
        raise AssertionError("pypdf works in the child process alone")

    monkeypatch.setattr(pypdf, "PdfReader", loaded)
    monkeypatch.setattr(pypdf, "PdfWriter", loaded)
    assert mark_pdf(source, report, tmp_path / "marked.pdf") is None
    assert (tmp_path / "marked.pdf").is_file()


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing", page_loop()])
def test_a_broken_pdf_is_refused_in_both_languages(data: bytes, tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    with pytest.raises(MarkError) as caught:
        marked_pdf(data, report, {str(source)}, limits=Limits(seconds=5))
    assert caught.value.message.en.startswith("the PDF can't be marked: ")
    assert "印を付けられません" in caught.value.message.ja


def test_the_copy_of_a_signed_pdf_says_that_its_signature_no_longer_holds(tmp_path: Path) -> None:
    source = tmp_path / "book.pdf"
    report = faulty(source)
    signed(source)
    before = source.read_bytes()
    report = of_these_bytes(report, source)

    for lang, word in (("ja", "電子署名"), ("en", "digitally signed")):
        told = mark_pdf(source, report, tmp_path / "marked.pdf", lang)  # type: ignore[arg-type]

        assert told is not None
        assert word in told.of(lang)
        outline = pypdf.PdfReader(tmp_path / "marked.pdf").outline
        assert word in outline[1][0].title
        assert len(outline[1]) == 1 + len(report.causes)
    assert source.read_bytes() == before
    clean = report.model_copy(update={"findings": (), "counts": {}})
    assert mark_pdf(source, clean, tmp_path / "same.pdf") is None
    assert (tmp_path / "same.pdf").read_bytes() == before


def signed(path: Path) -> None:
    """Put a signature field with a signature into a PDF, as a signing program leaves it (the
    signature itself is no real one).
    """
    writer = pypdf.PdfWriter(path, incremental=True)
    name, generic = pypdf.generic.NameObject, pypdf.generic
    signature = generic.DictionaryObject(
        {
            name("/Type"): name("/Sig"),
            name("/Filter"): name("/Adobe.PPKLite"),
            name("/ByteRange"): generic.ArrayObject(
                [generic.NumberObject(number) for number in (0, 10, 20, 10)]
            ),
            name("/Contents"): generic.ByteStringObject(bytes(8)),
        }
    )
    entry = generic.DictionaryObject(
        {
            name("/FT"): name("/Sig"),
            name("/T"): generic.TextStringObject("Signature1"),
            name("/V"): writer._add_object(signature),
        }
    )
    fields = generic.ArrayObject([writer._add_object(entry)])
    form = generic.DictionaryObject(
        {name("/SigFlags"): generic.NumberObject(3), name("/Fields"): fields}
    )
    writer.root_object[name("/AcroForm")] = writer._add_object(form)
    stream = BytesIO()
    writer.write(stream)
    path.write_bytes(stream.getvalue())
