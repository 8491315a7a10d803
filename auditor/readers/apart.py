"""Readers of texts that work in further processes, where many documents are read.

A text can do no harm: this is for speed alone. Some documents are read together, before they are
asked for; what can't be had from there the reader itself reads here, and says what is wrong.
"""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any, Final, cast

from pydantic import ValidationError

from auditor.files.confined import Limits, Task, answered_if_any, in_order
from auditor.files.confined.process import end_waiting
from auditor.forms.model import Form
from auditor.forms.told import as_told, form_told
from auditor.readers.guarded import reading_adapter
from auditor.readers.one_document import Forms, OneResult, opened, read_source
from auditor.readers.source import AnyReader, Reader, Reading, ReadResult, Source
from auditor.records.text import Text

__all__ = ["LARGEST_APART", "Reads", "read_many"]

LARGEST_APART: Final = 1 << 18
"""How many bytes a document may have: some of them are read well within the limits of one."""
_TOGETHER: Final = 20
"""So many documents are read together."""
_LIMITS: Final = Limits(documents=10_000)
_Listed = tuple[str, int, int]
"""The path of a document, its size, and the number of its form."""
_READING: Final = Text(en="reading", ja="読み取り")


def read_many(
    paths: Sequence[str],
    names: Sequence[str],
    forms: Forms,
    readers: Sequence[AnyReader],
    jobs: int,
) -> Iterator[ReadResult]:
    """What became of the documents at many paths, some of which are one job."""
    over = Event()
    works: list[Callable[[], list[ReadResult]]] = []
    for at in range(0, len(paths), _TOGETHER):
        part = slice(at, at + _TOGETHER)
        of_part = [_apart(reader, over) for reader in readers]
        works.append(partial(_some, paths[part], names[part], forms, of_part))
    yield from chain.from_iterable(in_order(works, jobs))
    end_waiting()  # others are about to begin


def _some(
    paths: Sequence[str], names: Sequence[str], forms: Forms, readers: Sequence[AnyReader]
) -> list[ReadResult]:
    """What became of some paths."""
    places = list(zip(paths, names, strict=True))
    sources = [opened(*place) if _is_small(place[0]) else None for place in places]
    choice = forms.in_use.values() if forms.insisted is None else (forms.insisted,)
    for reader in readers:
        if isinstance(reader, _Apart):
            reader.prepare((source for source in sources if isinstance(source, Source)), choice)
    results: list[ReadResult] = []
    for place, source in zip(places, sources, strict=True):
        source = opened(*place) if source is None else source  # one large document at a time
        result = source if isinstance(source, OneResult) else read_source(source, forms, readers)
        results.append(result.read)
    return results


def _is_small(path: str) -> bool:
    try:
        return Path(path).stat().st_size <= LARGEST_APART
    except (OSError, ValueError):  # opening it says why
        return False


def _apart(reader: AnyReader, over: Event) -> AnyReader:
    """A copy of the reader for some of many documents. One that says that it may works
    ``elsewhere``, as long as ``over`` is not set: no process can be had then.
    """
    if getattr(reader, "elsewhere", False):
        return _Apart(cast(Reader, reader), over)
    return copy(reader)


class _Apart:
    """A reader that works in a process of its own, on the documents that it is ``prepared`` for."""

    def __init__(self, reader: Reader, over: Event) -> None:
        self.name: str = reader.name
        self._reader, self._over = reader, over
        self._read: dict[int, tuple[Source, Form, str]] = {}

    def accepts(self, source: Source, form: Form) -> bool:
        """Whether the reader does."""
        return self._reader.accepts(source, form)

    def read(self, source: Source, form: Form) -> Reading:
        """What the reader reads; raises what it raises."""
        prepared = self._read.pop(id(source), None)
        if prepared is not None and prepared[1] is form:
            try:
                return reading_adapter().validate_json(prepared[2])
            except ValidationError:  # no process of this program answers so
                pass
        return self._reader.read(source, form)

    def prepare(self, sources: Iterable[Source], forms: Iterable[Form]) -> None:
        """Read the documents of one form, before they are asked for."""
        self._read.clear()
        if self._over.is_set():
            return
        forms = tuple(forms)
        fitting: list[tuple[Source, Form]] = []
        for source in sources:
            with contextlib.suppress(Exception):  # where it is read, that is reported
                fits = [form for form in forms if self._reader.accepts(source, form)]
                if len(fits) == 1 and len(source.data) <= LARGEST_APART:
                    fitting.append((source, fits[0]))
        for (source, form), reading in zip(fitting, self._answers(fitting), strict=False):
            if isinstance(reading, str):
                self._read[id(source)] = source, form, reading

    def _answers(self, fitting: Sequence[tuple[Source, Form]]) -> Sequence[object]:
        if not fitting:
            return ()
        kind = type(self._reader)
        name = f"{kind.__module__}:{kind.__qualname__}"
        task = Task("auditor.readers.apart:Reads", (name,), _LIMITS, _READING)
        forms = list({as_told(form): None for _, form in fitting})
        listed = [(s.path, len(s.data), forms.index(as_told(form))) for s, form in fitting]
        question = {"documents": json.dumps(listed), "forms": json.dumps(forms)}
        data = b"".join(source.data for source, _ in fitting)
        answer = answered_if_any(task, data, question, self._over)
        readings = answer.get("readings")
        return cast(Sequence[object], readings) if isinstance(readings, list) else ()


class Reads:
    """The worker that reads documents in a process of its own; ``reader`` names the reader's class
    as ``module:class``. The bytes of the documents come together.
    """

    def __init__(self, reader: str) -> None:
        module, _, name = reader.partition(":")
        self._reader: Reader = getattr(importlib.import_module(module), name)()

    def answer(
        self, path: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, Any]:
        """The reading of each document as JSON; None where the reader raises, as it will once more
        where that can be reported.
        """
        del path, progress
        return {"readings": list(self._readings(data, question))}

    def _readings(self, data: bytes, question: Mapping[str, str]) -> Iterator[str | None]:
        forms = [form_told(form) for form in cast(list[str], json.loads(question["forms"]))]
        at = 0
        for path, size, number in cast(list[_Listed], json.loads(question["documents"])):
            source = Source(path, data[at : at + size])
            at += size
            try:
                reading = self._reader.read(source, forms[number])
                text = reading_adapter().dump_json(reading).decode()
            except Exception:
                text = None
            yield text
