"""A form to start from, and a document that it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from auditor.records.languages import Lang
from auditor.starting.files import in_language

__all__ = ["example_text", "form_text"]

_TEMPLATES: Final = Path(__file__).with_name("templates")


def form_text(name: str, lang: Lang) -> str:
    """The file of the form, without the line of its schema."""
    template = (_TEMPLATES / "form.toml.in").read_text(encoding="utf-8")
    return in_language(template, lang, {"NAME": name})


def example_text(name: str) -> str:
    """A sheet of the form as a spreadsheet program saves it: comma-separated text."""
    template = (_TEMPLATES / "sheet.csv.in").read_text(encoding="utf-8")
    return in_language(template, "ja", {"NAME": name})
