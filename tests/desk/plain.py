"""The desk without a browser: both services in this Python, called as the page calls them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from auditor.desk.judge import Judge
from auditor.desk.reader import Reader
from auditor.desk.service import Service

__all__ = ["NOW", "Desk", "call", "documents_below"]

NOW: Final = datetime(2025, 8, 1, 9, 0, tzinfo=UTC)


def _nobody(_: int, __: int) -> None:
    """Nobody follows."""


def call(
    service: Service, call_name: str, data: bytes | None = None, /, **arguments: object
) -> tuple[dict[str, Any], bytes | None]:
    """What a call answers: its result as the page gets it, and its data."""
    result, answer = service.call(call_name, json.dumps(arguments), data, _nobody)
    return json.loads(result), answer


def documents_below(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by the names that the page gives them."""
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Desk:
    """A page's services, with the documents that were dropped on it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.reader, self.judge = Reader(), Judge(lambda: now)
        self.documents: dict[str, bytes] = {}

    def drop(
        self,
        documents: Mapping[str, bytes],
        *,
        in_folder: bool = True,
        last_year: bool = False,
        form: str | None = None,
    ) -> None:
        """Drop some documents, which are read one after the other."""
        for name, data in documents.items():
            more = {} if form is None else {"form": form}
            _, records = call(self.reader, "read", data, name=name, in_folder=in_folder, **more)
            call(self.judge, "add", records, name=name, last_year=last_year)
            if not last_year:
                self.documents[name] = data

    def ask(
        self, call_name: str, data: bytes | None = None, /, **arguments: object
    ) -> dict[str, Any]:
        """The judge's answer to a call that gives no file."""
        return call(self.judge, call_name, data, **arguments)[0]

    def state(self, lang: str = "ja") -> dict[str, Any]:
        """What the page shows."""
        return self.ask("audit", lang=lang)

    def delivered(self, lang: str = "ja", made_at: datetime = NOW) -> tuple[dict[str, Any], bytes]:
        """The zip for the departments, with the copies that the reader makes."""
        for item in self.ask("copies", lang=lang)["copies"]:
            made, copy = call(
                self.reader, "copy", self.documents[item["document"]], request=item["request"]
            )
            document, department = item["document"], item["department"]
            call(self.judge, "put_copy", copy, document=document, department=department, made=made)
        result, data = call(self.judge, "deliver", lang=lang, made_at=made_at.isoformat())
        assert data is not None
        return result, data

    def saved(self, documents: Iterable[str] = ()) -> bytes:
        """The work file, with some of the documents."""
        for name in documents:
            call(self.reader, "pack", self.documents[name], name=name)
        _, work = call(self.judge, "save", lang="ja")
        _, data = call(self.reader, "pack", work)
        assert data is not None
        return data

    def open(self, data: bytes, *, merge: bool = False) -> dict[str, Any]:
        """The state after opening a work file, whose documents are dropped."""
        names, work = call(self.reader, "unpack", data)
        state = self.ask("open", work, merge=merge, lang="ja")
        for name in names["documents"]:
            _, document = call(self.reader, "unpack_document", name=name)
            assert document is not None
            self.documents[name] = document
        return state
