"""How pages are put together: templates that escape all they are given, and their policy.

By the policy a browser loads and runs nothing but what the page brings.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.records.languages import Lang
from auditor.records.own import PROGRAM
from auditor.reports.layout import cut
from auditor.reports.wording import Wording

__all__ = ["css_string", "page_text", "resource", "running_head"]

_PACKAGE: Final = "auditor.reports.html"
_LONGEST: Final = 2_000
_RUNNING: Final = 40
"""How long a running head may be: it has half of a line."""
_JAPANESE: Final = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+")


def page_text(
    template: str, words: Wording, style: str, script: str = "", **content: object
) -> str:
    """A page from its template. ``style`` and ``script`` go in as they are: they are our own, and
    names in them are escaped for them.
    """
    return (
        _environment(words.lang)
        .get_template(template)
        .render(
            lang=words.lang,
            say=words.say,
            owners=words.owners_name(words.form_of.values()),
            program=PROGRAM,
            policy=_policy(style, script),
            style=Markup(style),
            script=Markup(script),
            **content,
        )
    )


@cache
def _environment(lang: Lang) -> Environment:
    """The templates of a language. Whatever they show is harmless text on one line."""
    templates = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_text if lang == "ja" else _text_with_japanese,
    )
    templates.filters["bare"] = _bare
    return templates


def _bare(value: object) -> Markup:
    """A text for an element that holds no other elements."""
    return escape(cut(str(value), _LONGEST))


def _text(value: object) -> object:
    return value if isinstance(value, Markup) else cut(str(value), _LONGEST)


def _text_with_japanese(value: object) -> object:
    """A text of an English page: what is Japanese in it is said to be, for those who listen."""
    if isinstance(value, Markup):
        return value
    text = cut(str(value), _LONGEST)
    if text.isascii():
        return text
    marked = Markup("")
    end = 0
    for match in _JAPANESE.finditer(text):
        marked += text[end : match.start()]
        marked += Markup('<span lang="ja">{}</span>').format(match[0])
        end = match.end()
    return marked + text[end:]


@cache
def resource(name: str) -> str:
    """The text of a file that ships beside the templates."""
    return (files(_PACKAGE) / "templates" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy of a page with this style and script and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def running_head(title: str, words: Wording) -> str:
    """The style of the head of printed pages: a title, and page／pages."""
    of = words.say(" / ", "／")
    return (
        f"@top-left {{ content: {css_string(title)} }} "
        f'@top-right {{ content: counter(page) "{of}" counter(pages) }}'
    )


def css_string(text: str) -> str:
    """A text as a string of CSS; none of its signs can end the string or its element."""
    letters = (
        letter if letter.isalnum() else f"\\{ord(letter):x} " for letter in cut(text, _RUNNING)
    )
    return '"' + "".join(letters) + '"'
