"""What both services of the desk are: named calls with arguments, results and data.

Arguments and results are JSON, documents and files are bytes. What goes wrong is one error with a
code and a sentence in both languages; nothing else leaves a service.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import ValidationError

from auditor.records.errors import AuditorError, CodedError
from auditor.records.figures import Record

__all__ = ["Call", "DeskError", "Nothing", "Progress", "Reply", "Service", "entry"]

Progress = Callable[[int, int], None]
"""Called with how much is done, and how much there is; 0 where nobody knows."""

A = TypeVar("A", bound=Record)

_MOST_NAMED: Final = 5


class DeskError(CodedError):
    """Why a call gave no result."""

    @property
    def en(self) -> str:
        """The sentence in English."""
        return self.message.en

    @property
    def ja(self) -> str:
        """The sentence in Japanese."""
        return self.message.ja


class Nothing(Record):
    """A result, or arguments, that say nothing."""


class Reply(NamedTuple):
    """What a call gives: a result (a record, or what JSON takes as it is), and data where there is
    a file.
    """

    result: Record | Mapping[str, object] = Nothing()
    data: bytes | None = None


class Call(NamedTuple):
    """What a call brings beside its arguments."""

    data: bytes | None
    progress: Progress

    @property
    def file(self) -> bytes:
        """The data; raises DeskError where there are none."""
        if self.data is None:
            raise DeskError(
                "no-data", "the content of the file is missing", "ファイルの内容がありません"
            )
        return self.data


class _Entry(NamedTuple):
    arguments: type[Record]
    handler: Callable[[Any, Call], Reply]


def entry(arguments: type[A], handler: Callable[[A, Call], Reply]) -> _Entry:
    """A call: the model of its arguments, and what it does."""
    return _Entry(arguments, handler)


class Service:
    """Answers calls by their names."""

    def __init__(self, entries: Mapping[str, _Entry]) -> None:
        self._entries = dict(entries)

    def call(
        self, name: str, arguments: str, data: bytes | None, progress: Progress
    ) -> tuple[str, bytes | None]:
        """The result of a call, as JSON, and its data. Raises DeskError, and nothing else."""
        item = self._entries.get(name)
        if item is None:
            raise DeskError(
                "unknown-call",
                f"there is no call {name!r}",
                f"「{name}」という呼び出しはありません",
            )
        try:
            stated = item.arguments.model_validate_json(arguments)
        except ValidationError as fault:
            raise _wrong_arguments(name, fault) from None
        try:
            result, answer = item.handler(stated, Call(data, progress))
            return _json_of(result), answer
        except DeskError:
            raise
        except CodedError as fault:
            why = fault.message
            raise DeskError(why.code, why.en, why.ja, place=fault.place) from None
        except AuditorError as fault:
            text = fault.message
            raise DeskError("refused", text.en, text.ja) from None
        except MemoryError:
            raise DeskError(
                "memory",
                "the memory of this page is used up; take out documents, or use the installed "
                "program",
                "この画面で使えるメモリーが足りません。文書を減らすか、導入版のプログラムを"
                "使ってください",
            ) from None
        except Exception:
            if os.environ.get("AUDITOR_TRACEBACK"):
                traceback.print_exc()
            raise DeskError(
                "failed",
                "the program failed here; what was done before is still there. Save the work "
                "file, and report which step it was",
                "この操作は途中で止まりました。それまでの作業は残っています。作業ファイルを保存し、"
                "どの操作で止まったかを連絡してください",
            ) from None


def _json_of(result: Record | Mapping[str, object]) -> str:
    if isinstance(result, Record):
        return result.model_dump_json(by_alias=True)
    return json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _wrong_arguments(name: str, fault: ValidationError) -> DeskError:
    places = [".".join(map(str, error["loc"])) or "JSON" for error in fault.errors()]
    named = ", ".join(dict.fromkeys(places[:_MOST_NAMED]))
    return DeskError(
        "wrong-arguments",
        f"the call {name} does not take these arguments: {named}",
        f"「{name}」の引数が正しくありません：{named}",
    )
