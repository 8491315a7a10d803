"""The build gives the same bytes each time, and refuses what it does not understand."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.build import CACHE, DESK, unpacked
from desk.building.archive import archived, packed
from desk.building.compiling import compiled
from desk.building.licences import Notice, notices, third_party
from desk.building.page import PageError, page
from desk.building.parts import Part, PartError, fetched, parts

NAMES = st.text(st.sampled_from("ab/.py"), min_size=1, max_size=6)


@given(st.dictionaries(NAMES, st.binary(max_size=40), max_size=6), st.randoms())
def test_an_archive_holds_its_files_whatever_their_order(
    files: dict[str, bytes], random: Random
) -> None:
    data = archived(files)
    (length,) = struct.unpack_from("<I", data)
    start, held = 4 + length, {}
    for name, size in json.loads(data[4:start]):
        held[name] = data[start : start + size]
        start += size
    assert (held, start) == (files, len(data))
    names = list(files)
    random.shuffle(names)
    assert archived({name: files[name] for name in names}) == data
    assert zlib.decompress(packed(data), -15) == data


def test_modules_compile_to_the_same_bytes(tmp_path: Path) -> None:
    listing = [part for part in parts(DESK / "parts.toml") if part.kind == "npm"]
    try:
        pyodide = unpacked(fetched(listing, CACHE / "parts")["pyodide"], CACHE / "pyodide")
    except PartError:
        pytest.skip("Pyodide is not here and cannot be fetched")
    sources = {
        f"/lib/{file.name}": file.read_bytes()
        for file in (DESK.parent / "auditor" / "records").glob("*.py")
    }
    first = compiled(sources, pyodide, tmp_path / "first")
    again = compiled(dict(reversed(sources.items())), pyodide, tmp_path / "again")
    assert first == again
    assert set(first) == {f"{name}c" for name in sources}


def test_a_part_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    part = Part("a", "1", "pure", "a-1-py3-none-any.whl", "0" * 64, "MIT", "")
    (tmp_path / part.file).write_bytes(b"other")
    with pytest.raises(PartError, match="was expected"):
        fetched([part], tmp_path)


@pytest.mark.parametrize(
    "html",
    [
        '<meta charset="utf-8"><noscript></noscript>',
        '<meta charset="utf-8"><script type="module" src="main.js"></script>',
        '<noscript></noscript><script type="module" src="main.js"></script>',
    ],
)
def test_a_template_without_what_the_page_needs_is_refused(tmp_path: Path, html: str) -> None:
    (tmp_path / "main.js").write_text("", encoding="utf-8")
    template = tmp_path / "index.html"
    template.write_text(html, encoding="utf-8")
    with pytest.raises(PageError):
        page(template, b"", {})


def test_all_that_the_page_holds_has_the_text_of_its_licence() -> None:
    listing = parts(DESK / "parts.toml")
    try:
        files = fetched(listing, CACHE / "parts")
    except PartError:
        pytest.skip("the page's parts are not here and cannot be fetched")
    own = Notice("own", "1", "MIT", "", "Permission is hereby granted")
    shown = notices(DESK / "parts.toml", listing, files, own, DESK / "licences")
    texts = {notice.name: notice.text for notice in shown}
    assert {name for name, text in texts.items() if "text is with its source" in text} == {"HACL*"}
    for name, words in {
        "zlib": "Jean-loup Gailly",
        "musl": "Rich Felker",
        "LLVM (libc++, libc++abi, compiler-rt)": "LLVM Exceptions",
        "Expat": "Expat maintainers",
        "CPython": "PYTHON SOFTWARE FOUNDATION LICENSE",
        "Emscripten": "The Emscripten Authors",
    }.items():
        assert words in texts[name], name
    assert all(len(texts[name]) > 70 for name in texts if name != "own")
    assert all(text.strip() in third_party(shown) for text in texts.values())
