"""What each key means, in both languages, from the files beside the models."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from auditor.records.text import Text

__all__ = ["descriptions", "plain"]

_PACKAGES: Final = ("records", "rules", "forms", "settings", "waivers")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@cache
def descriptions() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """The texts by model and key: ``en`` and ``ja``, and for tables of the docs ``value`` and
    ``default`` with the same.
    """
    sections: dict[str, Mapping[str, Mapping[str, Any]]] = {}
    root = Path(__file__).parents[1]
    for package in _PACKAGES:
        text = (root / package / "descriptions.toml").read_text(encoding="utf-8")
        sections |= tomllib.loads(text)
    return sections


def plain(texts: Mapping[str, Any]) -> Text:
    """A description without the links, which lead from the docs."""
    return Text(en=_LINK.sub(r"\1", texts["en"]), ja=_LINK.sub(r"\1", texts["ja"]))
