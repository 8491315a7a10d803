"""How the page is put together: templates that escape all they are given, and its policy.

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
from auditor.reports.layout import cut

__all__ = ["css_string", "environment", "policy", "resource"]

_PACKAGE: Final = "auditor.reports.html"
_LONGEST: Final = 2_000
_JAPANESE: Final = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+")


@cache
def environment(lang: Lang, package: str = _PACKAGE) -> Environment:
    """The templates of a package in a language. Whatever they show is harmless text on one line."""
    templates = Environment(
        loader=PackageLoader(package),
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
def resource(name: str, package: str = _PACKAGE) -> str:
    """The text of a file that ships beside the templates of a package."""
    return (files(package) / "templates" / name).read_text(encoding="utf-8")


def policy(style: str, script: str) -> str:
    """The Content-Security-Policy of a page with this style and script and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def css_string(text: str) -> str:
    """A text as a string of CSS; none of its signs can end the string or its element."""
    letters = (
        letter if letter.isalnum() else f"\\{ord(letter):x} " for letter in cut(text, _RUNNING)
    )
    return '"' + "".join(letters) + '"'


_RUNNING: Final = 40
"""How long a running head may be: it has half of a line."""
