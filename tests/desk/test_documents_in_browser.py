"""Documents in the built page: what its workers give is what the services give in this Python,
and documents that are made to do harm leave the page alive.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.desk.folders import mixed
from tests.desk.plain import NOW, Desk, call

pytestmark = pytest.mark.xdist_group("browser")

DOCUMENTS = Path(__file__).parents[1] / "documents"
CALL = """async ([role, name, given, text, limit]) => {
  const bytes = text === null ? null : Uint8Array.fromBase64(text);
  try {
    const { result, data } = await desk[role].call(name, given, bytes, { limit });
    return { result, data: data === null ? null : data.toBase64() };
  } catch (error) {
    return { code: error.code, en: error.en, ja: error.ja };
  }
}"""


class BuiltDesk:
    """The services in the page, called as the page calls them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate("desk.ready")

    def answer(
        self,
        role: str,
        call_name: str,
        data: bytes | None = None,
        /,
        limit: int | None = None,
        **arguments: object,
    ) -> dict[str, Any]:
        text = None if data is None else base64.b64encode(data).decode()
        return self.page.evaluate(CALL, [role, call_name, arguments, text, limit])

    def ask(
        self, role: str, call_name: str, data: bytes | None = None, /, **arguments: object
    ) -> tuple[dict[str, Any], bytes]:
        answer = self.answer(role, call_name, data, **arguments)
        assert "code" not in answer, answer
        return answer["result"], base64.b64decode(answer["data"] or "")


@pytest.fixture
def built(boot_file: Path, opened: Callable[[Path], Page]) -> BuiltDesk:
    return BuiltDesk(opened(boot_file))


def test_each_kind_gives_what_the_services_give_here(built: BuiltDesk) -> None:
    old = (DOCUMENTS / "workbooks" / "kushiro-clean.xls").read_bytes()
    documents = {**mixed(with_pdf=False), "古い.xls": old, "メモ.txt": "会議の記録\n".encode()}
    plain = Desk()
    plain.drop(documents)
    for name, data in documents.items():
        _, records = built.ask("reader", "read", data, name=name, in_folder=True)
        _, expected = call(plain.reader, "read", data, name=name, in_folder=True)
        assert json.loads(records) == json.loads(expected or b""), name
        built.ask("judge", "add", records, name=name)
    assert built.ask("judge", "audit", lang="ja")[0] == plain.state()
    made_at = NOW.isoformat()
    for kind in ("json", "html"):
        ours = call(plain.judge, "output", kind=kind, lang="ja", made_at=made_at)[1]
        assert built.ask("judge", "output", kind=kind, lang="ja", made_at=made_at)[1] == ours
    _check_copies(built, plain)


def test_a_pdf_gives_what_the_services_give_here(built: BuiltDesk) -> None:
    """It embeds no font, and the page has other fonts than this machine."""
    documents = {name: data for name, data in mixed().items() if name.endswith(".pdf")}
    assert documents
    plain = Desk()
    plain.drop(documents)
    for name, data in documents.items():
        _, records = built.ask("reader", "read", data, name=name, in_folder=True)
        _, expected = call(plain.reader, "read", data, name=name, in_folder=True)
        assert json.loads(records) == json.loads(expected or b""), name
        built.ask("judge", "add", records, name=name)
    state = built.ask("judge", "audit", lang="ja")[0]
    assert state == plain.state()
    _check_copies(built, plain)


def _check_copies(built: BuiltDesk, plain: Desk) -> None:
    """Marked copies are the same, part by part."""
    requests = plain.ask("copies", lang="ja")["copies"]
    assert requests == built.ask("judge", "copies", lang="ja")[0]["copies"]
    for item in requests:
        data = plain.documents[item["document"]]
        result, copy = built.ask("reader", "copy", data, request=item["request"])
        expected, ours = call(plain.reader, "copy", data, request=item["request"])
        assert result == expected
        assert _parts(copy) == _parts(ours or b""), item["document"]


def _parts(data: bytes) -> dict[str, bytes]:
    if not data.startswith(b"PK"):
        return {"": data}  # no workbook
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bomb() -> bytes:
    """A workbook whose worksheet unpacks to far more than the worker may hold."""
    buffer = io.BytesIO()
    source = (DOCUMENTS / "workbooks" / "kushiro-clean.xlsx").read_bytes()
    with (
        zipfile.ZipFile(io.BytesIO(source)) as archive,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in archive.namelist():
            with target.open(name, "w") as part:
                part.write(archive.read(name))
                if name.startswith("xl/worksheets/sheet"):
                    for _ in range(600):
                        part.write(b" " * (1 << 20))
    return buffer.getvalue()


def test_hostile_documents_leave_the_page_alive(built: BuiltDesk) -> None:
    whole = (DOCUMENTS / "workbooks" / "kushiro-faulty.xlsx").read_bytes()
    pdf = (DOCUMENTS / "pdf" / "kushiro-solid.pdf").read_bytes()
    hostile = {
        "bomb.xlsx": bomb(),
        "cut.xlsx": whole[: len(whole) // 2],
        "cut.pdf": pdf[: len(pdf) // 2],
        "empty.xlsx": b"",
        "noise.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 400,
    }
    for name, data in hostile.items():
        answer = built.answer("reader", "read", data, name=name, in_folder=False)
        if "code" in answer:
            assert answer["ja"] and answer["en"], answer
        else:
            records = json.loads(base64.b64decode(answer["data"]))
            assert "books" not in records or not records["books"], name
    _, records = built.ask("reader", "read", whole, name="06.xlsx", in_folder=False)
    built.ask("judge", "add", records, name="06.xlsx")
    state, _ = built.ask("judge", "audit", lang="ja")
    assert state["counts"]["error"] > 0


def test_a_document_over_its_time_limit_is_ended_and_the_next_is_read(built: BuiltDesk) -> None:
    data = (DOCUMENTS / "pdf" / "kushiro-solid.pdf").read_bytes()
    answer = built.answer("reader", "read", data, 1, name="slow.pdf", in_folder=False)
    assert answer["code"] == "hung"
    built.ask("judge", "not_read", name="slow.pdf", code="hung")
    _, records = built.ask("reader", "read", data, name="06.pdf", in_folder=False)
    built.ask("judge", "add", records, name="06.pdf")
    state, _ = built.ask("judge", "audit", lang="ja")
    assert {entry["name"]: entry["state"] for entry in state["documents"]} == {
        "slow.pdf": "not_checked",
        "06.pdf": "audited",
    }
