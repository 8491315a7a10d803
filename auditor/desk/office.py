"""The office's settings file that was dropped: what the page takes from it, and what not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from auditor.auditing.settings_in_use import unknown_names
from auditor.desk.dropped import DroppedFile, check_files
from auditor.records.text import Text
from auditor.settings.errors import SettingsError
from auditor.settings.loading import settings_of
from auditor.settings.model import Settings

if TYPE_CHECKING:
    from auditor.auditing.session import Session

__all__ = ["Office", "insisted_form", "office_of"]


class Office(NamedTuple):
    """The settings in use, and the name of their file; empty without one. ``problems`` are why a
    file is not used; ``notices`` what of it is not.
    """

    settings: Settings = Settings()
    file: str = ""
    problems: tuple[Text, ...] = ()
    notices: tuple[Text, ...] = ()

    def session(self, session: Session) -> Session:
        """The session with the severities of the settings."""
        if not self.settings.severities:
            return session
        return session._replace(rules=session.rules.with_severities(self.settings.severities))


class _DroppedSettingsError(SettingsError):
    """A dropped settings file that can't be used."""

    without = ("mend the file and put it in again", "ファイルを直して、もう一度入れてください")

    def _conclusion(self, number: int) -> tuple[str, str]:
        """The audit is made all the same."""
        without_en, without_ja = self.without
        faults = "fault" if number == 1 else "faults"
        return (
            f"{number:,} {faults} in the settings, which are not used ({without_en})",
            f"設定ファイルに{number:,}か所の誤りがあるため、設定を使っていません（{without_ja}）",
        )


def office_of(dropped: DroppedFile | None, session: Session) -> Office:
    """The settings of a dropped file. One with faults is not used at all. Raises DeskError for what
    can be no such file.
    """
    if dropped is None:
        return Office()
    check_files([dropped])
    name = PurePosixPath(dropped.name).name
    file = settings_of(Path(name), dropped.text.encode("utf-8", "surrogatepass"))
    faults = file.faults or tuple(unknown_names(session, file))
    if faults:
        fault = _DroppedSettingsError(name, file.lines, faults)
        return Office(problems=(fault.message,))
    return Office(_here(file.settings), name, notices=tuple(_notices(name, file.settings)))


def insisted_form(dropped: DroppedFile | None, session: Session) -> str | None:
    """The form that a dropped settings file insists on."""
    return office_of(dropped, session).settings.form


def _here(settings: Settings) -> Settings:
    """The settings without those that the page does not take."""
    elsewhere = {key: getattr(Settings(), key) for key in _ELSEWHERE if key in Settings._fields}
    letter = settings.letter._replace(template="")
    return settings._replace(**elsewhere, letter=letter)


_BY_DROP: Final = Text(en="put the file itself in", ja="ファイルそのものを入れてください")
_INSTALLED: Final = Text(
    en="the installed program takes it", ja="導入版のプログラムで使ってください"
)
_ELSEWHERE: Final[Mapping[str, Text]] = {
    "language": Text(en="the page has a button for it", ja="画面の言語の切り替えで選んでください"),
    "worksheets": _INSTALLED,
    "pages": _INSTALLED,
    "plugins": Text(
        en="put forms and rules (.toml) in as files",
        ja="様式・規則（.toml）は、ファイルそのものを入れてください",
    ),
    "fail_on": Text(
        en="it is for the command's exit code", ja="コマンドの終了コードのための項目です"
    ),
    "waivers": _BY_DROP,
    "page_list": _INSTALLED,
    "last_year": Text(
        en="put the documents in as those of last year",
        ja="文書を、前年度の文書として入れてください",
    ),
    "last_year_errata": _INSTALLED,
    "accounts": _INSTALLED,
    "letter.template": _INSTALLED,
}
"""What the page does not take from the file, and the way on."""


def _notices(name: str, settings: Settings) -> Iterator[Text]:
    """What is taken from the file, and what not."""
    nothing = Settings()
    changed = [key for key in Settings._fields if getattr(settings, key) != getattr(nothing, key)]
    if settings.letter.template:
        changed.append("letter.template")
    if settings.letter._replace(template="") == nothing.letter and "letter" in changed:
        changed.remove("letter")
    taken = [key for key in changed if key not in _ELSEWHERE]
    if taken:
        yield Text(
            en=f"{name} is in use: {', '.join(taken)}",
            ja=f"{name} を使っています：{'、'.join(taken)}",
        )
    for key in changed:
        way = _ELSEWHERE.get(key)
        if way is not None:
            yield Text(
                en=f"{key} of {name} is not used here: {way.en}",
                ja=f"{name} の「{key}」は、この画面では使いません。{way.ja}",
            )
