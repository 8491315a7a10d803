"""A document reads the same after any other, in any order: children are kept between documents."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.files.confined import process
from auditor.readers.documents import ReadResult, read_documents

pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
pytest.importorskip("xlrd", reason="the extra xls is not installed")

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
PATHS = sorted(
    str(path) for path in DOCUMENTS.rglob("*") if path.suffix in (".xlsx", ".xls", ".pdf")
)
SESSION = load()


def read(*paths: str, jobs: int = 1) -> ReadResult:
    return read_documents(paths, forms=SESSION.forms, readers=SESSION.readers, jobs=jobs)


@cache
def alone(path: str) -> ReadResult:
    """What is read of a document for which a process starts."""
    process.end_waiting()
    return read(path)


@pytest.fixture(scope="module")
def broken() -> object:
    """Documents that are cut off, beside the whole ones."""
    folder = Path(tempfile.mkdtemp())
    for name in (
        "workbooks/kushiro-clean.xlsx",
        "workbooks/kushiro-clean.xls",
        "pdf/kushiro-solid.pdf",
    ):
        data = (DOCUMENTS / name).read_bytes()
        (folder / Path(name).name).write_bytes(data[: len(data) * 2 // 3])
    yield sorted(map(str, folder.iterdir()))
    shutil.rmtree(folder)


@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_a_document_reads_the_same_after_any_other(broken: list[str], data: st.DataObject) -> None:
    paths = data.draw(st.lists(st.sampled_from([*PATHS, *broken]), min_size=2, max_size=6))
    results = {path: alone(path) for path in paths}
    for path in paths:
        assert read(path) == results[path], path


def test_each_job_has_one_child_of_a_kind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = process._Kept()
    monkeypatch.setattr(process, "_KEPT", kept)
    started: list[process._Process] = []

    class Counted(process._Process):
        def start(self, path: str, data: bytes) -> None:
            if self not in started:
                started.append(self)
            super().start(path, data)

    monkeypatch.setattr(process, "_Process", Counted)
    for number in range(8):
        shutil.copy(DOCUMENTS / "workbooks" / "kushiro-clean.xlsx", tmp_path / f"{number}.xlsx")
    try:
        assert read(str(tmp_path), jobs=2).not_checked == ()
        assert len(started) == 2
        assert sum(child.documents for child in started) == 8
    finally:
        kept.end_all()
