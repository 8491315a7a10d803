"""The report's page as tests see it: parsed, and held against what every page has to be."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from typing import Final, NamedTuple

__all__ = ["Element", "ParsedPage", "parsed"]

_VOID: Final = frozenset({"meta", "input"})
_ATTRIBUTES: Final = {
    "charset": "utf-8",
    "http-equiv": "Content-Security-Policy",
    "name": "viewport|robots|severity",
    "lang": "ja|en",
    "class": r"[a-z0-9 -]*",
    "id": r"[a-z0-9-]+",
    "href": r"#[a-z0-9-]+",
    "value": "|d[0-9]+|error|warning|note|question",
    "aria-labelledby": r"[a-z0-9-]+",
    "aria-label": "Entries|指摘",
    "data-text": r"(?:Filtered: |絞り込み中：).*\{all\}.*|(?:Filtered: |絞り込み中：).*\{shown\}.*",
    "data-severity": "error|warning|note|question",
    "data-department": "d[0-9]+",
    "data-group": "",
    "hidden": "",
    "checked": "",
    "role": "group|status",
    "scope": "col|row",
    "tabindex": "0|-1",
    "type": "button|checkbox",
}
"""What stands in attributes: our own words alone, never a document's."""


class Element(NamedTuple):
    """An element with its attributes; ``within`` are the names of those around it."""

    name: str
    attributes: dict[str, str]
    within: tuple[str, ...]


class ParsedPage(HTMLParser):
    """A page; a wrong nesting, a comment or an attribute that no page has is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert self._open == []
        self._check_ids()
        self._check_headings()
        self._check_tables()
        self._check_policy()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs)
        element = Element(tag, attributes, tuple(item.name for item in self._open))
        if tag != "meta":
            for name, value in attributes.items():
                assert re.fullmatch(_ATTRIBUTES[name], value), (tag, name, value)
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1].name, data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def named(self, *names: str) -> list[Element]:
        """The elements of these names."""
        return [element for element in self.elements if element.name in names]

    def of_class(self, name: str) -> list[Element]:
        """The elements of a class."""
        return [e for e in self.elements if name in e.attributes.get("class", "").split()]

    def text(self, *names: str) -> str:
        """The text within elements of these names; of the whole page but style and script, for
        none.
        """
        return "".join(
            data
            for name, data in self.texts
            if (name in names if names else name not in ("style", "script"))
        )

    def _check_ids(self) -> None:
        ids = Counter(e.attributes["id"] for e in self.elements if "id" in e.attributes)
        assert max(ids.values()) == 1
        for element in self.elements:
            if label := element.attributes.get("aria-labelledby"):
                assert label in ids
            if target := element.attributes.get("href"):
                assert target[1:] in ids
            if "tabindex" in element.attributes:
                assert "aria-labelledby" in element.attributes

    def _check_headings(self) -> None:
        """There is one h1, and no level is left out on the way down."""
        levels = [int(element.name[1]) for element in self.named("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def _check_tables(self) -> None:
        assert all("scope" in element.attributes for element in self.named("th"))
        assert len(self.named("caption")) == len(self.named("table"))
        assert len(self.of_class("scroll")) == len(self.named("table"))
        for element in self.named("select", "input"):
            assert "label" in element.within

    def _check_policy(self) -> None:
        """Style and script are those that the policy names, and there are no others."""
        policy = self.named("meta")[1].attributes["content"]
        assert policy.startswith("default-src 'none'; ")
        for name in ("style", "script"):
            assert len(self.named(name)) == 1
            digest = hashlib.sha256(self.text(name).encode()).digest()
            assert f"{name}-src 'sha256-{base64.b64encode(digest).decode()}';" in policy
        assert "<" not in self.text("style")
        for content in re.findall(r"@top-left \{ content: (.*) \}", self.text("style")):
            assert re.fullmatch(r'"(?:\w|\\[0-9a-f]+ )*"(?: \})?.*', content), content


def parsed(text: str) -> ParsedPage:
    """A page that is what every page has to be."""
    text.encode("utf-8")
    assert text.startswith("<!DOCTYPE html>\n")
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\ud800-\udfff]", text
    )
    return ParsedPage(text)
