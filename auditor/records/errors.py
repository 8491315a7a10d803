"""The errors that people read: each carries its message in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.records.text import Text, Why

__all__ = ["AuditorError", "CodedError", "WrongArgument", "fault_line", "message_of"]

_LONGEST_LINE = 300


class AuditorError(Exception):
    """What this program refuses or can't do.

    ``place`` is where the fault lies (a file, a key, a column), or nothing; ``str()`` gives place
    and message in both languages.
    """

    def __init__(self, en: str, ja: str, *, place: str = "") -> None:
        message = f"{en} / {ja}"
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self._en, self._ja = en, ja

    @property
    def message(self) -> Text:
        """What is wrong, without the place."""
        # Imported when it is needed: the command starts without the records' library.
        from auditor.records.text import Text

        return Text(en=self._en, ja=self._ja)


class WrongArgument(AuditorError, TypeError, ValueError):
    """An argument of a public function that is not what the function takes."""


class CodedError(AuditorError):
    """An error because of which something is not checked: its message has a code for programs."""

    def __init__(self, code: str, en: str, ja: str, *, place: str = "") -> None:
        super().__init__(en, ja, place=place)
        self.code = code

    @property
    def message(self) -> Why:
        """Why something was not checked, as an entry of a report says it."""
        from auditor.records.text import Why

        return Why(code=self.code, en=self._en, ja=self._ja)


def message_of(fault: BaseException) -> Text:
    """What an exception of foreign code says, in both languages: where it was raised, and what is
    wrong there.
    """
    from auditor.records.foreign import code_place, said_of
    from auditor.records.text import Text

    en, ja = said_of(fault)
    place = code_place(fault)
    if place is not None:
        en, ja = place.before(en, ja)
    return Text(en=en, ja=ja)


def fault_line(fault: BaseException) -> str:
    """An exception of foreign code in one line, whatever its text is."""
    try:
        text = str(fault)
    except BaseException:  # foreign code, too
        text = ""
    name = type(fault).__name__
    line = " ".join((f"{name}: {text[: 10 * _LONGEST_LINE]}" if text else name).split())
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
