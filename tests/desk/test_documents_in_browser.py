"""Documents in the built page: what it makes of them is what the command makes, and documents that
are made to do harm leave the page alive.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
pypdf = pytest.importorskip("pypdf", reason="the extra pdf is not installed")

from tests.desk.as_command import assert_alike, commanded, unzipped  # noqa: E402
from tests.desk.built import BuiltDesk  # noqa: E402
from tests.desk.folders import mixed  # noqa: E402
from tests.desk.plain import NOW  # noqa: E402
from tests.readers import hostile_pdfs  # noqa: E402

pytestmark = pytest.mark.xdist_group("browser")

DOCUMENTS = Path(__file__).parents[1] / "documents"
MORE = (
    "workbooks/kushiro-clean.xls",
    "workbooks/kushiro-faulty.xlsx",
    "workbooks/minato-portrait.xlsx",
    "pdf/kushiro-rotated.pdf",
    "pdf/minato-years-down.pdf",
    "pdf/printed/kushiro-clean.pdf",
    "pdf/printed/minato-portrait.pdf",
)
"""Documents of other kinds and forms, with fonts and without."""


def read(built: BuiltDesk, documents: Mapping[str, bytes]) -> None:
    for name, data in documents.items():
        _, records = built.ask("reader", "read", data, name=name, in_folder=True)
        built.ask("judge", "add", records, name=name)


def delivered(built: BuiltDesk, documents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the zip for the departments."""
    for item in built.ask("judge", "copies", lang="ja")[0]["copies"]:
        document, department = item["document"], item["department"]
        data = documents[document]
        made, copy = built.ask("reader", "copy", data, request=item["request"])
        about = {"document": document, "department": department, "made": made}
        built.ask("judge", "put_copy", copy or None, **about)
    _, data = built.ask("judge", "deliver", lang="ja", made_at=NOW.isoformat())
    return unzipped(data)


def test_the_page_makes_of_a_folder_what_the_command_makes(
    built: BuiltDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, workbooks old and new, PDFs with and without fonts, what no form fits, what is broken:
    reports, records and marked copies, each part of a workbook and each object of a PDF.
    """
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    more = {f"成果シート/ほか/{name}": (DOCUMENTS / name).read_bytes() for name in MORE}
    documents = {**mixed(), **more, "成果シート/メモ.txt": "会議の記録\n".encode()}
    read(built, documents)
    files = delivered(built, documents)
    command = commanded(documents, tmp_path)
    assert_alike(files, command)
    copies = {name.rpartition(".")[2] for name in command if "（指摘）" in name}
    assert copies == {"xlsx", "pdf"}


def aes(data: bytes) -> bytes:
    """A PDF that opens without a password, and whose marking needs AES."""
    writer = pypdf.PdfWriter(io.BytesIO(data))
    writer.encrypt("", "owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_copy_that_needs_aes_is_refused_with_the_reason(built: BuiltDesk) -> None:
    pytest.importorskip("cryptography", reason="it brings AES")
    name, whole = "成果シート/09.pdf", mixed()["成果シート/09.pdf"]
    data = aes(whole)
    read(built, {name: data})
    assert built.ask("judge", "audit", lang="ja")[0]["counts"]["error"] > 0
    requests = built.ask("judge", "copies", lang="ja")[0]["copies"]
    for item in requests:
        made, copy = built.ask("reader", "copy", data, request=item["request"])
        assert copy == b""
        assert made["no_copy"]["ja"]
        assert "暗号" in made["no_copy"]["ja"], made
    assert requests
    files = delivered(built, {name: data})
    assert not [file for file in files if "（指摘）" in file]


def test_hostile_documents_are_named_and_the_others_are_read(built: BuiltDesk) -> None:
    whole = (DOCUMENTS / "workbooks" / "kushiro-faulty.xlsx").read_bytes()
    pdf = (DOCUMENTS / "pdf" / "kushiro-solid.pdf").read_bytes()
    hostile = {
        "cut.xlsx": whole[: len(whole) // 2],
        "cut.pdf": pdf[: len(pdf) // 2],
        "empty.xlsx": b"",
        "loop.pdf": hostile_pdfs.page_loop(),
        "noise.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 400,
        "never ends.pdf": hostile_pdfs.many_operators(),
        "takes memory.pdf": hostile_pdfs.wide_forms(),
    }
    codes: dict[str, str] = {}
    for name, data in hostile.items():
        # One that would take all memory in the end is still reading then.
        limit = 1_500 if name == "never ends.pdf" else 5_000
        answer = built.answer("reader", "read", data, limit, name=name, in_folder=False)
        if "code" in answer:
            codes[name] = answer["code"]
            assert answer["ja"], name
            assert answer["en"], name
            built.ask("judge", "not_read", name=name, code=answer["code"])
        else:
            built.ask("judge", "add", base64.b64decode(answer["data"]), name=name)
    assert codes["never ends.pdf"] == "hung"
    assert "takes memory.pdf" in codes
    assert set(codes.values()) <= {"hung", "died", "memory"}
    read(built, {"06.xlsx": whole, "06.pdf": pdf})
    state, _ = built.ask("judge", "audit", lang="ja")
    states = {item["name"]: item["state"] for item in state["documents"]}
    assert {name for name, word in states.items() if word == "audited"} == {"06.xlsx", "06.pdf"}
    assert all(item["reasons"] for item in state["documents"] if item["name"] in hostile)
    assert state["counts"]["error"] > 0
