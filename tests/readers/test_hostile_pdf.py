"""PDFs that are broken or made to do harm: each gives one line that says why.

The others of the same call are read all the same.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("pypdf", reason="the extra pdf is not installed")

import hostile_pdfs as hostile

from auditor.auditing.session import load
from auditor.files.confined import Stopped, Task, confined
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.readers.guarded import GuardedReader, Limits
from auditor.readers.in_child import is_pdf, pdf_reader
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.records.model import Text

SESSION = load()
GOOD = Path(__file__).resolve().parents[1] / "documents" / "pdf" / "kushiro-solid.pdf"
BROKEN = {"broke-reader", "too-slow", "too-much-memory", "page-too-large", "scan", "truncated"}

CASES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "truncated": (lambda: GOOD.read_bytes()[: GOOD.stat().st_size // 2], {"truncated"}),
    "truncated at the end": (lambda: GOOD.read_bytes()[:-40], {"truncated"}),
    "encrypted": (lambda: hostile.encrypted(GOOD.read_bytes()), {"encrypted"}),
    "scan": (hostile.scan, {"scan"}),
    "random bytes": (lambda: b"%PDF-1.7\n" + os.urandom(4_000) + b"\n%%EOF\n", {"truncated"}),
    "self-referencing form": (hostile.self_referencing_form, BROKEN),
    "exponential forms": (hostile.wide_forms, BROKEN),
    "page loop": (hostile.page_loop, {"too-many-pages", "broke-reader", "truncated"}),
    "millions of operators": (hostile.many_operators, BROKEN),
    "200 MB stream": (hostile.huge_stream, BROKEN),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_one_line_and_the_others_are_read(name: str, tmp_path: Path) -> None:
    make, codes = CASES[name]
    path = tmp_path / "hostile.pdf"
    path.write_bytes(make())

    result = read_documents([path, GOOD], forms=SESSION.forms, readers=SESSION.readers)

    assert [missed.document for missed in result.not_checked] == [str(path)]
    assert result.not_checked[0].why.code in codes
    assert "\n" not in result.not_checked[0].why.ja + result.not_checked[0].why.en
    assert [len(book.sheets) for book in result.books] == [4]


def test_a_space_on_a_scan_is_no_text() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        PdfReader().read(Source("scan.pdf", hostile.scan(space=True)), SESSION.forms["kushiro"])
    assert caught.value.message.code == "scan"


def test_hidden_text_over_a_scan_is_no_figure() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        PdfReader().read(
            Source("scan.pdf", hostile.scan(3, hidden_text=True)), SESSION.forms["kushiro"]
        )
    assert caught.value.message.code == "scan"


def test_a_scanned_page_among_printed_ones_is_told(tmp_path: Path) -> None:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.append(GOOD)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(hostile.scan())
    writer.append(scan)
    both = tmp_path / "both.pdf"
    writer.write(both)

    reading = PdfReader().read(Source(str(both), both.read_bytes()), SESSION.forms["kushiro"])

    assert len(reading.sheets) == 4
    assert [(missed.why.code, "5" in missed.why.ja) for missed in reading.not_checked] == [
        ("scan", True)
    ]


def test_a_page_whose_content_is_damaged_is_told_and_a_blank_one_is_not() -> None:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.append(GOOD)
    writer.add_blank_page(595, 842)
    contents = writer.pages[1]["/Contents"].get_object()
    contents._data = b"\0" * len(contents._data)  # not what the filter can unpack
    stream = io.BytesIO()
    writer.write(stream)

    reading = PdfReader().read(Source("damaged.pdf", stream.getvalue()), SESSION.forms["kushiro"])

    assert len(reading.sheets) == 3
    assert [(missed.why.code, "2" in missed.why.ja) for missed in reading.not_checked] == [
        ("page-unreadable", True)
    ]


def test_a_page_whose_contents_have_another_name_is_not_blank() -> None:
    data = GOOD.with_name("hamabe-plain.pdf").read_bytes()
    at = data.index(b"/Contents") + len("/Con")
    damaged = data[:at] + b"\xd0" + data[at + 1 :]

    reading = PdfReader().read(Source("damaged.pdf", damaged), SESSION.forms["hamabe"])

    assert len(reading.sheets) == 3
    assert [missed.why.code for missed in reading.not_checked] == ["page-unreadable"]


class Sleeper:
    """A reader that hangs, works for ever, grows or dies; for the guard alone."""

    def words(self, source: Source) -> str:
        match source.data:
            case b"hang":
                time.sleep(600)
            case b"busy":
                while True:
                    pass
            case b"grow":
                return "x" * len(bytearray(2 << 30))
            case b"die":
                os.abort()
            case b"chatter":
                sys.stdout.write("not an answer\n")
            case _:
                pass
        return "words"

    def read(self, _: Source, __: Form) -> Reading:
        return Reading(2024)


def guarded(**limits: Any) -> GuardedReader:
    return GuardedReader("sleeper", "test_hostile_pdf:Sleeper", lambda _: True, Limits(**limits))


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    roots = [str(Path(__file__).parent), *(path for path in sys.path if path)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(roots))


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"grow", {"too-much-memory", "broke-reader"}),
        (b"die", {"broke-reader"}),
    ],
)
def test_the_guard_ends_a_child_that_misbehaves(data: bytes, codes: set[str]) -> None:
    if data == b"grow" and sys.platform != "linux":
        pytest.skip("only Linux keeps a process to its memory")
    with pytest.raises(UnreadableDocument) as caught:
        guarded().words(Source("x", data))
    assert caught.value.message.code in codes


def test_a_child_that_hangs_is_ended_by_the_clock() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        guarded(wall_clock=3).words(Source("x", b"hang"))
    assert caught.value.message.code == "too-slow"
    assert "longer than 3 s and was given up" in caught.value.message.en
    assert "3秒以内に終わらない" in caught.value.message.ja


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="processor time is not limited here")
def test_a_child_that_works_for_ever_is_ended_by_its_processor_time() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        guarded(seconds=1.5).words(Source("x", b"busy"))
    assert caught.value.message.code == "too-slow"
    assert "longer than 1.5 s of processor time" in caught.value.message.en
    assert "CPU時間1.5秒以内に終わらない" in caught.value.message.ja


class Digger:
    """Works on twelve parts that take a quarter of a second each; for the limits alone."""

    def answer(
        self, _: str, __: bytes, ___: Mapping[str, str], progress: Callable[[], None]
    ) -> Mapping[str, object]:
        for _part in range(12):
            start = time.process_time()
            while time.process_time() < start + 0.25:
                pass
            progress()
        return {"done": True}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="processor time is not limited here")
def test_every_part_that_is_done_earns_processor_time() -> None:
    def work(limits: Limits) -> object:
        doing = Text(en="digging", ja="掘削")
        place = confined(Task("test_hostile_pdf:Digger", (), limits, doing))
        place.start("x", b"")
        try:
            return place.ask({})
        finally:
            place.end()

    assert work(Limits(seconds=2, seconds_a_part=0.3)) == {"done": True}
    with pytest.raises(Stopped) as caught:
        work(Limits(seconds=2, seconds_a_part=0))
    assert caught.value.message.code == "too-slow"


def test_what_a_library_prints_is_no_answer() -> None:
    assert guarded().words(Source("x", b"chatter")) == "words"


def test_only_pdfs_are_asked_about() -> None:
    assert pdf_reader().words(Source("x.pdf", b"plain text")) is None
    assert not is_pdf(Source("x.pdf", b"PK\x03\x04"))
