"""Messages for people, in both languages."""

from __future__ import annotations

from auditor.records.figures import Record

__all__ = ["Slip", "Text", "Why"]


class Text(Record):
    """One message for people in both languages."""

    en: str
    ja: str

    def of(self, lang: str) -> str:
        return self.ja if lang == "ja" else self.en


class Why(Text):
    """Why something was not checked: a code for programs and a sentence for people."""

    code: str


class Slip(Text):
    """What kind of mistake turned a true figure into the printed one: a code for programs and
    words for people.
    """

    code: str
