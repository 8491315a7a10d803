"""The one writer of the command: to a terminal, a pipe or a file.

A file appears whole or not at all.
"""

from __future__ import annotations

import codecs
import contextlib
import math
import os
import sys
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Final, TextIO

from auditor.files.atomic import input_at, refusals, write_whole
from auditor.records.errors import AuditorError
from auditor.records.excerpts import plain_character
from auditor.records.reasons import reason

__all__ = [
    "Progress",
    "Refused",
    "check_file",
    "has_output",
    "is_terminal",
    "only_output",
    "prepare",
    "print_error",
    "write",
    "write_file",
]

# What a terminal of another encoding gets for signs that it lacks; all else becomes a question
# mark.
_STAND_INS: Final = str.maketrans(
    {
        "△": "-",
        "▲": "-",
        "−": "-",
        "–": "-",
        "—": "-",
        "×": "x",
        "÷": "/",
        "≠": "!=",
        "≤": "<=",
        "≥": ">=",
        "→": "->",
        "·": "|",
        "▶": ">",
        "〈": "<",
        "〉": ">",
        "…": "...",
        "■": "#",
        "◆": "*",
        "「": '"',
        "」": '"',
        "『": '"',
        "』": '"',
    }
)
_STAND_IN: Final = "auditor-stand-in"


class Refused(AuditorError):
    """What the command can't or must not do, in one line of each language."""


def _stand_in(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    characters = fault.object[fault.start : fault.end]
    text = "".join(
        character.translate(_STAND_INS) if ord(character) in _STAND_INS else "?"
        for character in characters
    )
    return text, fault.end


def prepare() -> None:
    """Let the standard streams take every text, whatever their encoding."""
    codecs.register_error(_STAND_IN, _stand_in)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_STAND_IN)


# The standard outputs of the commands that run, while ``sys.stdout`` is the standard error.
_STREAMS: Final[list[TextIO | None]] = []


def _stream() -> TextIO | None:
    """The standard output; None where there is none (``pythonw``, a scheduled task)."""
    stream = _STREAMS[-1] if _STREAMS else sys.stdout
    return None if stream is None or stream.closed else stream


@contextlib.contextmanager
def only_output() -> Generator[None]:
    """Let ``write`` alone reach the standard output, so that a report stays what it is: what
    plugins print goes to the standard error.
    """
    _STREAMS.append(_stream())
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        _STREAMS.pop()


def has_output() -> bool:
    """Whether there is a standard output, which ``write`` needs."""
    return _stream() is not None


def is_terminal() -> bool:
    """Whether people see the standard output at once."""
    stream = _stream()
    return stream is not None and stream.isatty()


def write(text: str, *, exact: bool = False) -> None:
    """Write to the standard output; ``exact`` texts (JSON, CSV, Markdown) go out as UTF-8 with
    their own line ends.

    Raises Refused where nobody reads on, or nothing more can be written.
    """
    stream = _stream()
    if stream is None:
        raise Refused(
            "there is no standard output; name a file with --output",
            "出力先がありません。--output でファイルを指定してください",
        )
    buffer = getattr(stream, "buffer", None) if exact else None
    try:
        if buffer is None:
            stream.write(text)
        else:
            stream.flush()
            buffer.write(text.encode("utf-8", "backslashreplace"))
        stream.flush()
    except BrokenPipeError:
        _abandon(stream)
        raise Refused(
            "the reader of the output went away before its end",
            "出力先が閉じられたため、出力を途中で終えました",
        ) from None
    except OSError as fault:
        _abandon(stream)
        en, ja = reason(fault)
        raise Refused(
            f"the output can't be written: {en}", f"出力を書き込めません（{ja}）"
        ) from None


def _abandon(stream: TextIO) -> None:
    """Let what is still in the stream's buffer go nowhere: at its end, the interpreter would fail
    on it again.
    """
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def print_error(text: str) -> None:
    """Write one line, and excerpts below it, to the standard error; nothing, where there is none
    (``pythonw``) or it can't be written either. Names in it steer no terminal.
    """
    if sys.stderr is None:
        return
    text = "\n".join("".join(map(plain_character, line)) for line in text.split("\n"))
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"auditor: {text}\n")
        sys.stderr.flush()


class Progress:
    """Shows on the standard error how far the work is, in one line, while the context lasts.

    It shows nothing in the first second, nor where the standard error is no terminal.
    """

    def __init__(self, say: Callable[[str, str], str], en: str, ja: str) -> None:
        """``say`` chooses the language of what is being done."""
        self.what, self.left = say(en, ja), say("about {} left", "残り約 {}")
        self.started, self.width = time.monotonic(), 0

    def show(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` documents, rows or files are done."""
        passed = time.monotonic() - self.started
        if total < 2 or passed < 1 or sys.stderr is None or not sys.stderr.isatty():
            return
        filled = 20 * done // total
        line = f"{self.what} [{'#' * filled}{'.' * (20 - filled)}] {done:,}/{total:,}"
        if 0 < done < total:
            line += f" {self.left.format(_duration(passed * (total - done) / done))}"
        # A character takes one column or two; what a longer line left behind is written over.
        blank = " " * max(self.width - len(line), 0)
        self.width = max(self.width, 2 * len(line))
        sys.stderr.write(f"\r{line}{blank}")
        sys.stderr.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.width:
            sys.stderr.write(f"\r{' ' * self.width}\r")
            sys.stderr.flush()


def _duration(seconds: float) -> str:
    """A time as minutes and seconds: ``0:08``, ``12:30``."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes}:{rest:02d}"


def write_file(path: Path, content: str | bytes, inputs: Iterable[str] = ()) -> None:
    """Write a file whole or not at all. Raises Refused for a folder or a file that is an input,
    UnwritableFile where the system refuses.
    """
    check_file(path, inputs)
    target = Path(os.path.realpath(path))
    with refusals(path):
        is_other = target.exists() and not target.is_file()
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if is_other:  # a device or a pipe can't be replaced
        with refusals(path):
            target.write_bytes(data)
    else:
        write_whole(path, data)


def check_file(path: Path, inputs: Iterable[str] = ()) -> None:
    """Raise Refused for a folder or a file that is an input, before any work for it."""
    if input_at(path, inputs) is not None:
        raise Refused(
            f"{path} is one of the input files and is not written over",
            f"{path} は入力ファイルです。上書きしません",
        )
    with refusals(path):
        is_folder = Path(os.path.realpath(path)).is_dir()
    if is_folder:
        raise Refused(
            f"{path} is a folder; name a file",
            f"{path} はフォルダーです。ファイル名を指定してください",
        )
