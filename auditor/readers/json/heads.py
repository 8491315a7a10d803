"""Reads the head of records that were kept, and tells such a file by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, cast

from pydantic import ValidationError

from auditor.readers.json.exact import is_too_deep
from auditor.readers.source import LARGEST
from auditor.records.heads import RecordsHead

__all__ = ["head_of_records"]

_START: Final = 200
"""The bytes within which a file that this program wrote has the key of its head."""


def head_of_records(path: Path) -> RecordsHead | None:
    """The head of the records that a file holds; None for any other file."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_START)
            if not data.lstrip().startswith(b"{") or b'"head"' not in data:
                return None
            data += stream.read(LARGEST)
        if is_too_deep(text := data.decode()):
            return None
        top: object = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(top, dict):
        return None
    content = cast(dict[str, object], top)
    if "schema_version" not in content:
        return None
    try:
        return RecordsHead.model_validate_json(json.dumps(content.get("head")))
    except ValidationError:
        return None
