"""Texts that are read in further processes are read as they are here, whatever happens to them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.files import confined
from auditor.files.confined import Stopped, Task, at_once
from auditor.readers import apart, documents
from auditor.readers.apart import LARGEST_APART, Reads
from auditor.readers.documents import read_documents
from auditor.readers.one_document import opened, read_source
from auditor.readers.source import AnyReader, ReadResult
from auditor.testing.build import book
from tests.documents.text_writer import text_of_sheets

SESSION: Final = load()
FORM: Final = SESSION.forms["kushiro"]
Answer = dict[str, Any]
_ONE: Final = Lock()


def in_place(_: Task, path: str, data: bytes, question: Mapping[str, str]) -> Answer:
    """What a process answers, in this one, as it comes out of it."""
    reader = "auditor.readers.text.reader:SheetTextReader"
    with _ONE:
        answer = Reads(reader).answer(path, data, question, lambda: None)
    return json.loads(json.dumps(answer))


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes are worth it, however few documents there are."""
    monkeypatch.setattr(documents, "at_once", lambda _: 2)
    monkeypatch.setattr(apart, "_TOGETHER", 3)


def sheets(seed: int, number: int = 7) -> list[str]:
    """Texts of one sheet each."""
    made = book(number, seed=seed, form=FORM, kpis=0).sheets
    return [text_of_sheets([sheet], FORM) for sheet in made]


def written(folder: Path, texts: list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return folder


def mixed(folder: Path) -> Path:
    """Texts, some of which are none of a form, damaged, empty, of cells or of another encoding."""
    texts = sheets(5)
    texts[1] = "ただの文章です。\n"
    texts[2] = texts[2].replace("主要施策成果シート", "主要施策成果")
    texts[3] = ""
    texts[4] = texts[4][len(texts[4]) // 2 :]
    written(folder, texts)
    (folder / "cells.csv").write_text("事業名,総額\n甲,10\n乙,20\n", encoding="utf-8")
    (folder / "wide.txt").write_bytes(texts[0].encode("utf-16"))
    (folder / "old.txt").write_bytes(texts[5].encode("cp932", errors="replace"))
    return folder


def read(folder: Path, jobs: int | None = 1, form: str | None = None) -> ReadResult:
    return read_documents(
        [folder], forms=SESSION.forms, readers=SESSION.readers, jobs=jobs, form=form
    )


@settings(max_examples=10)
@given(
    seed=st.integers(0, 2**32),
    damage=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4000)), max_size=6),
)
def test_what_is_read_apart_is_read_alike(
    tmp_path_factory: pytest.TempPathFactory, seed: int, damage: list[tuple[int, int]]
) -> None:
    texts = sheets(seed)
    for number, at in damage:
        text = texts[number]
        texts[number] = text[:at] + text[at + 1 + at % 40 :]
    folder = written(tmp_path_factory.mktemp("texts"), texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "at_once", lambda _: 2)
        patch.setattr(apart, "_TOGETHER", 3)
        patch.setattr(confined, "answered", in_place)
        assert read(folder, None) == read(folder, 1)


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("form", [None, "kushiro"])
@pytest.mark.parametrize("jobs", [None, 2, 5])
def test_processes_read_as_this_one_does(
    tmp_path: Path, jobs: int | None, form: str | None
) -> None:
    folder = mixed(tmp_path / "texts")
    here = read(folder, 1, form)
    assert len(here.books) >= 1
    assert here.not_checked
    assert read(folder, jobs, form) == here


@pytest.mark.usefixtures("several")
def test_a_text_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those that the other process has read are not read here."""
    monkeypatch.setattr(confined, "answered", in_place)
    reader = next(item for item in SESSION.readers if getattr(item, "elsewhere", False))
    counts: list[str] = []
    kind = type(reader)
    original = kind.read  # type: ignore[attr-defined]

    def counted(self: Any, source: Any, form: Any) -> Any:
        counts.append(source.path)
        return original(self, source, form)

    monkeypatch.setattr(kind, "read", counted)
    read(written(tmp_path / "texts", sheets(9)), None)
    assert len(counts) == len(set(counts)) == 7


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("code", ["no-process", "broke-reader", "too-slow", "too-much-memory"])
def test_without_a_process_all_is_read_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> None:
    asked: list[str] = []

    def fails(*_: object) -> Answer:
        asked.append(code)
        raise Stopped(code, "en", "ja")

    monkeypatch.setattr(confined, "answered", fails)
    folder = written(tmp_path / "texts", sheets(3))
    assert read(folder, None) == read(folder, 1)
    # Where none can be had, no other is tried, but for those that are under way.
    assert len(asked) <= 2 if code in ("no-process", "broke-reader") else len(asked) == 3


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    "answer",
    [{}, {"readings": None}, {"readings": [1, None, "{}"]}, {"readings": ["no JSON"]}],
    ids=str,
)
def test_an_answer_that_is_none_is_as_good_as_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Answer
) -> None:
    monkeypatch.setattr(confined, "answered", lambda *_: answer)
    folder = written(tmp_path / "texts", sheets(3))
    assert read(folder, None) == read(folder, 1)


@pytest.mark.usefixtures("several")
def test_a_program_that_starts_no_process_reads_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = written(tmp_path / "texts", sheets(3))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert read(folder, None) == read(folder, 1)


@pytest.mark.usefixtures("several")
def test_a_large_text_is_read_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sizes: list[int] = []

    def answered(*question: Any) -> Answer:
        sizes.extend(size for _, size, _ in json.loads(question[3]["documents"]))
        return in_place(*question)

    monkeypatch.setattr(confined, "answered", answered)
    texts = sheets(3)
    texts[2] += "　\n" * (LARGEST_APART // 4)
    folder = written(tmp_path / "texts", texts)
    assert read(folder, None) == read(folder, 1)
    assert len(sizes) == 6
    assert max(sizes) <= LARGEST_APART


@pytest.mark.usefixtures("several")
def test_large_documents_are_opened_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Those of one job are not in memory together."""
    steps: list[tuple[str, str]] = []

    def opening(path: str, name: str) -> Any:
        steps.append(("open", Path(path).name))
        return opened(path, name)

    def reading(source: Any, forms: Any, readers: Any) -> Any:
        steps.append(("read", Path(source.path).name))
        return read_source(source, forms, readers)

    monkeypatch.setattr(confined, "answered", in_place)
    monkeypatch.setattr(apart, "opened", opening)
    monkeypatch.setattr(apart, "read_source", reading)
    texts = sheets(3, 3)
    texts[1] += "　\n" * (LARGEST_APART // 4)
    read(written(tmp_path / "texts", texts), None)
    assert steps == [
        ("open", "00.txt"),
        ("open", "02.txt"),
        ("read", "00.txt"),
        ("open", "01.txt"),
        ("read", "01.txt"),
        ("read", "02.txt"),
    ]


@pytest.mark.usefixtures("several")
def test_a_reader_that_fails_to_tell_is_reported_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Tells:
        name = "tells"
        elsewhere = True

        def accepts(self, source: Any, form: Any) -> bool:
            raise ValueError(source.path, form.name)

        def read(self, source: Any, form: Any) -> Any:
            raise ValueError(source.path, form.name)

    monkeypatch.setattr(confined, "answered", in_place)
    readers: list[AnyReader] = [Tells(), *SESSION.readers]
    folder = written(tmp_path / "texts", sheets(3))
    result = read_documents([folder], forms=SESSION.forms, readers=readers, jobs=None)
    assert [reason.why.code for reason in result.not_checked] == ["crashed"] * 7


@pytest.mark.usefixtures("several")
def test_readers_of_plugins_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each job has a copy of them."""

    class Refuses:
        name = "refuses"

        def accepts(self, source: Any, form: Any) -> bool:
            return source.path.endswith("02.txt") and form.name == "kushiro"

        def read(self, source: Any, form: Any) -> Any:
            raise ValueError(source.path, form.name)

    monkeypatch.setattr(confined, "answered", in_place)
    readers: list[AnyReader] = [Refuses(), *SESSION.readers]
    folder = written(tmp_path / "texts", sheets(3))
    one, two = (
        read_documents([folder], forms=SESSION.forms, readers=readers, jobs=jobs)
        for jobs in (1, None)
    )
    assert [reason.why.code for reason in one.not_checked] == ["crashed"]
    assert two == one


@pytest.mark.parametrize(
    ("processors", "sheets_there", "best"),
    [
        (1, 10_000, 1),
        (2, 10_000, 2),
        (3, 10_000, 3),
        (64, 10_000, 4),
        (8, 0, 1),
        (8, 199, 1),
        (8, 200, 2),
        (8, 399, 3),
    ],
)
def test_how_many_processes_are_best(
    monkeypatch: pytest.MonkeyPatch, processors: int, sheets_there: int, best: int
) -> None:
    monkeypatch.setattr(
        confined.os, "sched_getaffinity", lambda _: set(range(processors)), raising=False
    )
    assert at_once(sheets_there) == best
    monkeypatch.delattr(confined.os, "sched_getaffinity")
    monkeypatch.setattr(confined.os, "cpu_count", lambda: processors)
    assert at_once(sheets_there) == best
    monkeypatch.setattr(confined.os, "cpu_count", lambda: None)
    assert at_once(sheets_there) == 1
