"""The one file: the page's HTML with its styles, its script, its policy and its contents inside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from desk.building.modules import bundled

__all__ = ["PageError", "page"]

STYLE: Final = re.compile(r'[ \t]*<link rel="stylesheet" href="([^"]+)"\s*/?>\n?')
SCRIPT: Final = re.compile(r'[ \t]*<script type="module" src="([^"]+)"></script>\n?')
CHARSET: Final = re.compile(r'<meta charset="utf-8"\s*/?>', re.IGNORECASE)


class PageError(ValueError):
    """A template that the page cannot be made of."""


def page(template: Path, packed: bytes, facts: Mapping[str, str]) -> str:
    """The page of a template: nothing in it points outside."""
    html = template.read_text(encoding="utf-8")
    scripts = SCRIPT.findall(html)
    if len(scripts) != 1 or "<noscript" not in html or not CHARSET.search(html):
        raise PageError(
            f"{template.name} needs one module script, a noscript text and the charset utf-8"
        )
    style = "\n".join(
        (template.parent / name).read_text(encoding="utf-8") for name in STYLE.findall(html)
    )
    script = bundled(template.parent / scripts[0])
    for name, text in {"style": style, "script": script}.items():
        if f"</{name}" in text or "<!--" in text:
            raise PageError(f"the {name} holds what would end it")
    html = STYLE.sub("", SCRIPT.sub("", html))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'
    html = CHARSET.sub(lambda match: f"{match.group()}\n{policy}", html, count=1)
    html = html.replace("</head>", f"<style>{style}</style>\n</head>", 1)
    about = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    # The contents come last, so that the page can be painted before they have been read.
    tail = (
        f'<script type="application/json" id="about">{about}</script>\n'
        f'<script type="text/plain" id="payload">{base64.b64encode(packed).decode()}</script>\n'
        f'<script type="module">{script}</script>\n</body>'
    )
    return html.replace("</body>", tail, 1)


def _policy(style: str, script: str) -> str:
    """Nothing from outside, nothing to outside; workers are made of the page's own bytes."""
    rules = {
        "default-src": "'none'",
        "script-src": f"'{_hash(script)}' 'wasm-unsafe-eval'",
        "style-src": f"'{_hash(style)}'",
        "worker-src": "data:",
        "img-src": "blob: data:",
        "connect-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
