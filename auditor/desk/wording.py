"""What the page says in other words than the command: nobody types options there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from auditor.desk.document import NearRead
from auditor.desk.model import NearForm
from auditor.records.text import Text, Why
from auditor.reports.layout import plain
from auditor.reports.wording import Wording

__all__ = ["IGNORED", "MARKS", "OTHER_KIND", "near_shown", "reason_shown"]

MARKS: Final = {
    "likeliest": (
        Text(en="likely wrong", ja="誤りとみられる欄"),
        Text(
            en="The figures agree again if this cell is corrected.",
            ja="この欄を直すと、数値が互いに合います。",
        ),
    ),
    "candidate": (
        Text(en="other candidates", ja="ほかの訂正候補"),
        Text(
            en="The figures also agree if this cell is corrected instead.",
            ja="代わりにこの欄を直しても、数値が互いに合います。",
        ),
    ),
    "follows": (
        Text(en="to be corrected with it", ja="あわせて直す欄"),
        Text(
            en="It was computed from the wrong cell.",
            ja="誤りとみられる欄から計算された欄です。",
        ),
    ),
    "partner": (
        Text(en="compared with it", ja="照らし合わせた欄"),
        Text(
            en="It was held against the others.",
            ja="ほかの欄と照らし合わせた欄です。",
        ),
    ),
}
"""The marks of cells, with what each means."""

OTHER_KIND: Final = Text(
    en="files of this kind are not read",
    ja="読み取れない種類のファイルです",
)
IGNORED: Final = Text(en="is no document", ja="文書ではないファイルです")

_COMMAND: Final = re.compile(r"--[a-z]|\bauditor [a-z]|\bpip install|`")
"""What only a command line takes."""
_SENTENCES: Final[Mapping[str, re.Pattern[str]]] = {
    "ja": re.compile(r"(?<=。)"),
    "en": re.compile(r"(?<=[;.]) "),
}
_SMALLER: Final = Text(
    en="split the document, or use the installed program",
    ja="文書を分割するか、導入版のプログラムを使ってください",
)
_CHOOSE: Final = Text(en="choose the form of this document", ja="この文書の様式を選んでください")
_WAYS: Final[Mapping[str, Text]] = {
    "several-forms": _CHOOSE,
    "no-form": Text(
        en="choose a form if one of these is yours; else put in the form file (.toml) of your "
        "office, or ask for a form and enclose this document",
        ja="お使いの様式があれば選んでください。なければ、様式のファイル（.toml）を入れるか、この文書を"
        "添えて様式の作成を問い合わせてください",
    ),
    "unknown-form": _CHOOSE,
    "too-slow": _SMALLER,
    "too-much-memory": _SMALLER,
    "too-large": _SMALLER,
    "versions": Text(
        en="take out the version that is not meant", ja="点検しない方の文書を取り除いてください"
    ),
}
"""The way on, in place of a command line, by the code of the reason."""


def reason_shown(why: Why, lang: str) -> str:
    """Why something was not checked, without what only a command line takes."""
    text = plain(why.of(lang))
    if not _COMMAND.search(text):
        return text
    parts = [part for part in _SENTENCES[lang].split(text) if not _COMMAND.search(part)]
    way = _WAYS.get(why.code)
    if way is not None:
        parts.append(way.of(lang))
    if lang == "ja":
        return "".join(parts).removesuffix("。")
    return " ".join(parts).rstrip(";. ")


def near_shown(near: NearRead, words: Wording) -> NearForm:
    """The form that a document nearly fits, and the way on."""
    missing = [
        words.say(f'{label} ("{like}" instead?)', f"{label}（「{like}」のことですか）")
        if like
        else label
        for label, like in near.missing
    ]
    return NearForm(
        form=near.form,
        form_name=plain(near.title.of(words.lang)),
        missing=tuple(map(plain, missing)),
        way=words.say(
            "Read the document as this form, or put in the form file (.toml) of your office. "
            "Without one, ask for a form and enclose this document: whoever has the installed "
            "program can draft it.",
            "この様式として読み取るか、お使いの様式のファイル（.toml）を入れてください。"
            "様式のファイルがないときは、この文書を添えて問い合わせてください。"
            "導入版のプログラムがあれば、様式の案を作れます。",
        ),
    )
