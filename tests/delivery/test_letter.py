"""Letters to departments: a Word file in which only place holders change."""

from __future__ import annotations

import runpy
import zipfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.delivery.letter import PLACE_HOLDERS, LetterError, LetterTemplate, PlaceHolder
from auditor.records.languages import Lang

ROOT = Path(__file__).resolve().parents[2]
MAKER = runpy.run_path(str(ROOT / "docs" / "make_letters.py"))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def docx(body: str, *, head: str = "", **others: str) -> bytes:
    """A Word file with this body; ``others`` are further parts of the folder ``word``."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", MAKER["content_types"]())
        file.writestr(
            "_rels/.rels", MAKER["relationships"]({"officeDocument": "word/document.xml"})
        )
        file.writestr("word/document.xml", document(body, head))
        for name, text in others.items():
            file.writestr(f"word/{name}.xml", document(text))
    return out.getvalue()


def document(body: str, head: str = "") -> str:
    return f'{head}<w:document xmlns:w="{W[1:-1]}"><w:body>{body}</w:body></w:document>'


def p(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def lines(data: bytes, part: str = "document") -> list[str]:
    """The paragraphs of a letter, with their line breaks and tabs."""
    with zipfile.ZipFile(BytesIO(data)) as file:
        tree = ElementTree.fromstring(file.read(f"word/{part}.xml"))
    signs = {f"{W}br": "\n", f"{W}tab": "\t"}
    return [
        "".join(
            node.text or "" if node.tag == f"{W}t" else signs.get(node.tag, "")
            for node in paragraph.iter()
            if node.tag != f"{W}tab" or "val" not in str(node.attrib)
        )
        for paragraph in tree.iter(f"{W}p")
    ]


def filled(template: bytes, values: dict[PlaceHolder, str], part: str = "document") -> list[str]:
    return lines(LetterTemplate(template, "a.docx").letter(values), part)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_shipped_templates_are_what_their_maker_makes(lang: Lang) -> None:
    shipped = ROOT / "auditor" / "delivery" / f"letter.{lang}.docx"
    assert shipped.read_bytes() == MAKER["letter"](lang)
    text = "\n".join(lines(shipped.read_bytes()))
    assert [name for name in PLACE_HOLDERS if f"{{{{{name}}}}}" not in text] == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_letter_says_what_is_known_and_invents_nothing(lang: Lang) -> None:
    template = LetterTemplate.shipped(lang)
    full = lines(template.letter({name: f"<{name}>" for name in PLACE_HOLDERS}))
    assert all(any(f"<{name}>" in line for line in full) for name in PLACE_HOLDERS)
    bare = lines(template.letter({"所管課": "総務課"}))
    assert not any("{{" in line for line in full + bare)
    assert not any("担当" in line or "Extension" in line for line in bare)


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.dictionaries(st.sampled_from(PLACE_HOLDERS), texts))
def test_any_value_stays_text(values: dict[PlaceHolder, str]) -> None:
    template = docx("".join(p(f"[{{{{{name}}}}}]") for name in PLACE_HOLDERS))
    legal = {
        name: "".join(c for c in value if c == "\n" or (c >= " " and c not in "\ufffe\uffff"))
        for name, value in values.items()
    }
    # What XML can't hold is left out; a value of such characters alone is still a value.
    expected = [f"[{legal[name]}]" for name in PLACE_HOLDERS if values.get(name)]
    assert filled(template, values) == expected


@given(st.lists(st.integers(0, 12), max_size=4), st.integers(0, 3))
def test_runs_may_cut_a_place_holder_anywhere(cuts: list[int], tail: int) -> None:
    text = "前{{ 日付 }}後" + "、{{担当}}" * tail
    marks = sorted({0, *cuts, len(text)} & set(range(len(text) + 1)))
    runs = [text[start:end] for start, end in pairwise(marks)]
    assert filled(docx(p(*runs)), {"日付": "D", "担当": "T"}) == ["前D後" + "、T" * tail]


def test_looks_tabs_and_text_boxes_around_a_place_holder_stay() -> None:
    box = f"<w:r><w:pict>{p('箱{{内線}}')}</w:pict></w:r>"
    body = (
        "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>対象</w:t><w:tab/><w:t>{{対象}}</w:t></w:r>"
        f"<w:r><w:rPr><w:i/></w:rPr><w:t>等</w:t></w:r>{box}</w:p>"
    )
    data = LetterTemplate(docx(body), "a").letter({"対象": "甲\n乙", "内線": "1"})
    assert lines(data) == ["対象\t甲\n乙等箱1", "箱1"]
    with zipfile.ZipFile(BytesIO(data)) as file:
        text = file.read("word/document.xml").decode()
    assert text.count("<w:b/>") == text.count("<w:i/>") == text.count("<w:br/>") == 1


def test_heads_feet_and_tables_are_filled_too() -> None:
    row = f"<w:tbl><w:tr><w:tc>{p('{{内線}}')}</w:tc><w:tc>{p('{{担当}}')}</w:tc></w:tr></w:tbl>"
    template = docx(row, header1=p("{{文書番号}}"), footer2=p("{{担当}}"), settings=p("{{担当}}"))
    values: dict[PlaceHolder, str] = {"文書番号": "財第1号", "担当": "予算担当"}
    assert filled(template, values) == ["", "予算担当"]
    assert filled(template, values, "header1") == ["財第1号"]
    assert filled(template, values, "footer2") == ["予算担当"]
    assert filled(template, values, "settings") == ["{{担当}}"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "Word"),
        (b"PK\x03\x04 not really", "Word"),
        (docx(p("{{氏名}}")), "氏名"),
        (docx(p("{{", "氏名", "}}")), "氏名"),
        (docx("<w:p>"), "Word"),
        (docx(p("a"), head='<!DOCTYPE w [<!ENTITY a "b">]>'), "Word"),
    ],
)
def test_a_template_that_can_not_be_used_is_said_at_once(data: bytes, word: str) -> None:
    with pytest.raises(LetterError) as refused:
        LetterTemplate(data, "ひな形.docx")
    assert word in refused.value.message.ja
    assert "ひな形.docx" in refused.value.message.ja
    assert "ひな形.docx" in refused.value.message.en


def test_a_template_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LetterError):
        LetterTemplate.at(tmp_path / "none.docx")
