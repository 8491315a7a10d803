"""The texts of the desk's page: each in both languages, in the words of the reports."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.reports.japanese_words import forbidden_in

PAGE: Final = Path(__file__).parents[2] / "desk" / "page"
MODULES: Final = [PAGE / "index.html", *sorted(PAGE.rglob("*.js"))]
STRING: Final = r'"((?:[^"\\]|\\.)*)"'
ENTRY: Final = re.compile(rf"^  (\w+): \[\s*{STRING},\s*{STRING},?\s*\],$", re.MULTILINE)
JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# What is not printed so in Japanese: brackets, colons and lists in half width, a sign of a minus.
HALF_WIDTH: Final = re.compile(r"[()−]|: |:$|[\u3040-\u9fff）」], |, [\u3040-\u9fff「]")
# Keys that are put together: their beginnings.
BEGINNINGS: Final = ("back_", "step", "how", "can", "cannot", "change_", "choose_", "zoom_")
ENDINGS: Final = ("_help", "_more")


def texts() -> dict[str, tuple[str, str]]:
    """Japanese and English by key."""
    source = (PAGE / "texts.js").read_text(encoding="utf-8")
    return {key: (ja, en) for key, ja, en in ENTRY.findall(source)}


def own_modules() -> list[Path]:
    """The modules of the page itself, without what draws documents and unpacks the program."""
    return [path for path in MODULES if path.parent.name not in {"boot", "sheet", "worker"}]


def test_every_key_has_both_languages_with_the_same_values() -> None:
    source = (PAGE / "texts.js").read_text(encoding="utf-8")
    keys = re.findall(r"^  (\w+): \[", source, re.MULTILINE)
    assert len(keys) > 150
    assert sorted(keys) == sorted(texts())
    assert len(keys) == len(set(keys))
    for key, (ja, en) in texts().items():
        assert ja, key
        assert en, key
        assert set(re.findall(r"\{\w+\}", ja)) == set(re.findall(r"\{\w+\}", en)), key


@pytest.mark.parametrize("key", texts())
def test_a_text_is_printed_as_japanese_is(key: str) -> None:
    ja, en = texts()[key]
    if key != "other_language":
        assert JAPANESE.search(ja) or key in {"fingerprint", "position"}
        assert not JAPANESE.search(en)
    if JAPANESE.search(ja):
        assert HALF_WIDTH.findall(ja) == []
        assert forbidden_in(ja) == []


def test_every_key_is_used_and_every_used_key_is_there() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in own_modules() if path.name != "texts.js"
    )
    asked = set(re.findall(r'\bt\("(\w+)"', source))
    assert asked <= set(texts())
    strings = set(re.findall(r'["`](\w+)["`]', source))
    unused = {
        key
        for key in texts()
        if key not in strings and not key.startswith(BEGINNINGS) and not key.endswith(ENDINGS)
    }
    assert unused == set()


def test_no_text_stands_in_a_module_beside_the_texts() -> None:
    """Names that browsers and files have are no texts."""
    for path in own_modules():
        if path.name in {"texts.js", "index.html"}:
            continue
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        strings = [
            text for text in re.findall(r'["`]([^"`\n]*)["`]', code) if JAPANESE.search(text)
        ]
        assert [text for text in strings if text not in {"、", "：", "　"}] == [], path.name


def test_texts_of_documents_can_only_become_text() -> None:
    for path in own_modules():
        source = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert word not in source, path.name
        assert not re.search(r"\bon\w+=|style=", source) or path.suffix == ".js"
        assert 'setAttribute("style"' not in source
