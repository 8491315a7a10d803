"""The letter to a department (照会文): a Word file made from a template with place holders.

``{{回答期限}}`` in a paragraph of the template becomes what the audit and the settings say. A
paragraph whose place holders all have nothing to say is left out, so that nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, cast, get_args
from xml.dom import minidom
from xml.dom.minidom import Document, Element, Text

from auditor.files.ooxml import Limits, Package, PackageError, package_of, parse_xml
from auditor.files.own.properties import with_kind
from auditor.records.errors import AuditorError
from auditor.records.languages import Lang

__all__ = ["PLACE_HOLDERS", "LetterError", "LetterTemplate", "PlaceHolder"]

PlaceHolder = Literal[
    "文書番号",
    "日付",
    "所管課",
    "差出人",
    "公印省略",
    "年度",
    "対象",
    "回答期限",
    "回答方法",
    "添付",
    "とりまとめ課",
    "担当",
    "内線",
]
"""What a template may name between ``{{`` and ``}}``, whatever its language."""

PLACE_HOLDERS: Final[tuple[PlaceHolder, ...]] = get_args(PlaceHolder)

_HOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_TEXTS: Final = re.compile(r"word/(document|header[0-9]*|footer[0-9]*)\.xml")
_UNWRITABLE: Final = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML can hold, but for line breaks."""
_LIMITS: Final = Limits(unzipped=64 * 1024 * 1024, parts=2_000)


class LetterError(AuditorError):
    """A template that no letter can be made from."""


class LetterTemplate:
    """A Word file (.docx) with place holders. Raises LetterError, at once, for a file that is
    none, or that names a place holder which does not exist.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        try:
            package = Package(data, _LIMITS)
            self._parts = {
                entry.filename: package.read(entry.filename)
                for entry in package.entries.values()
                if not entry.is_dir()
            }
            self._texts = [part for part in self._parts if _TEXTS.fullmatch(part)]
            for part in self._texts:
                parse_xml(iter([self._parts[part]]), part)  # refuses entities
        except PackageError:
            raise self._no_letter() from None
        if "word/document.xml" not in self._texts:
            raise self._no_letter()
        for part in self._texts:
            self._check(minidom.parseString(self._parts[part]))

    @classmethod
    def shipped(cls, lang: Lang) -> LetterTemplate:
        """The template that ships with the program."""
        file = Path(__file__).with_name(f"letter.{lang}.docx")
        return cls(file.read_bytes(), file.name)

    @classmethod
    def at(cls, path: Path) -> LetterTemplate:
        """The template that an office has made."""
        try:
            return cls(path.read_bytes(), str(path))
        except OSError:
            raise LetterError(
                f"the letter's template {path} can't be opened",
                f"照会文のひな形 {path} を開けません",
            ) from None

    def letter(self, values: Mapping[PlaceHolder, str]) -> bytes:
        """The letter as a Word file. A line break in a value is one in the letter; a place holder
        without a value says nothing.
        """
        filled = {name: _filled(self._parts[name], values) for name in self._texts}
        return package_of(with_kind(self._parts | filled, "letter"))

    def _no_letter(self) -> LetterError:
        return LetterError(
            f"the letter's template {self._name} is no Word file (.docx)",
            f"照会文のひな形 {self._name} は Word のファイル（.docx）ではありません",
        )

    def _check(self, part: Document) -> None:
        for paragraph in _paragraphs(part):
            for name in _HOLDER.findall(_text_of(paragraph)):
                if name not in PLACE_HOLDERS:
                    known = "、".join(PLACE_HOLDERS)
                    raise LetterError(
                        f"the letter's template {self._name} has a place holder {{{{{name}}}}} "
                        f"that does not exist; there are: {known}",
                        f"照会文のひな形 {self._name} の差し込み欄「{{{{{name}}}}}」は使えません。"
                        f"使えるもの：{known}",
                    )


def _filled(data: bytes, values: Mapping[PlaceHolder, str]) -> bytes:
    part = minidom.parseString(data)
    by_name: dict[str, str] = {name: values.get(name, "") for name in PLACE_HOLDERS}
    for paragraph in list(_paragraphs(part)):
        names = _HOLDER.findall(_text_of(paragraph))
        if any(by_name[name] for name in names):
            _write(part, paragraph, by_name)
        elif names:
            _leave_out(paragraph)
    filled: bytes = part.toxml(encoding="UTF-8", standalone=True)
    return filled


def _paragraphs(part: Document) -> list[Element]:
    return part.getElementsByTagName("w:p")


def _texts_of(paragraph: Element) -> list[Element]:
    """The texts of a paragraph itself, not of the paragraphs in its text boxes."""
    texts = paragraph.getElementsByTagName("w:t")
    return [text for text in texts if _paragraph_of(text) is paragraph]


def _paragraph_of(element: Element) -> Element | None:
    """The closest paragraph that an element lies in."""
    above = element.parentNode
    while isinstance(above, Element) and above.tagName != "w:p":
        above = above.parentNode
    return above if isinstance(above, Element) else None


def _text_of(paragraph: Element) -> str:
    """What a paragraph says. Word cuts it into runs at will, a place holder among them."""
    return "".join(map(_said_by, _texts_of(paragraph)))


def _said_by(text: Element) -> str:
    return "".join(node.data for node in text.childNodes if isinstance(node, Text))


def _write(part: Document, paragraph: Element, values: Mapping[str, str]) -> None:
    """Put values in the place of a paragraph's place holders. A value has the looks of the run
    that its place holder begins in; everything else stays as it is.
    """
    elements = _texts_of(paragraph)
    texts = [_said_by(element) for element in elements]
    for match in reversed(list(_HOLDER.finditer("".join(texts)))):
        _replace(texts, match.start(), match.end(), values[match[1]])
    for element, text in zip(elements, texts, strict=True):
        if text != _said_by(element):
            _say(part, element, _UNWRITABLE.sub("", text))


def _replace(texts: list[str], start: int, end: int, value: str) -> None:
    """Put a value in place of what stands from ``start`` to ``end`` of texts in a row."""
    offset = 0
    for number, text in enumerate(texts):
        first, last = max(start - offset, 0), min(end - offset, len(text))
        offset += len(text)
        if first < last:
            texts[number] = text[:first] + value + text[last:]
            value = ""


def _say(part: Document, element: Element, text: str) -> None:
    """Let a text of a run say something else, with a line break for each in it."""
    run = element.parentNode
    assert isinstance(run, Element)  # _paragraph_of has gone up through it
    behind = cast("Element | None", element.nextSibling)
    _empty(element)
    for number, line in enumerate(text.split("\n")):
        if number:
            run.insertBefore(part.createElement("w:br"), behind)
            element = part.createElement("w:t")
            run.insertBefore(element, behind)
        element.setAttribute("xml:space", "preserve")
        element.appendChild(part.createTextNode(line))


def _leave_out(paragraph: Element) -> None:
    """Take a paragraph out; the last one of a table's cell, which needs one, becomes empty."""
    above = paragraph.parentNode
    if not isinstance(above, Element):
        return
    siblings = [
        node for node in above.childNodes if isinstance(node, Element) and node.tagName == "w:p"
    ]
    if above.tagName == "w:tc" and len(siblings) == 1:
        for text in _texts_of(paragraph):
            _empty(text)
    else:
        above.removeChild(paragraph)


def _empty(text: Element) -> None:
    while text.firstChild is not None:
        text.removeChild(text.firstChild)
