"""The reader of the program's own records, which knows such a file by its first signs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from auditor.forms.model import Form
from auditor.readers.source import ReadResult, Source

__all__ = ["RecordsJsonReader"]

_START: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{\]])')


class RecordsJsonReader:
    """Reads JSON in the names of the records; one file can hold several documents, forms and
    fiscal years.
    """

    name = "records-json"

    def accepts_records(self, source: Source) -> bool:
        """Whether the file begins as JSON does."""
        return source.text is not None and _START.match(source.text) is not None

    def read_records(
        self, source: Source, forms: Mapping[str, Form], form: Form | None = None
    ) -> ReadResult:
        """The books of the file; raises UnreadableDocument where nothing can be made of it."""
        # Every document is held against this reader, and few are records.
        from auditor.readers.json.records import read_records

        return read_records(source, forms, form)
