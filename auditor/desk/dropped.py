"""Forms and rules that were dropped beside the documents, and the session that has them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from auditor.auditing.session import load_with
from auditor.desk.service import DeskError
from auditor.records.figures import Record
from auditor.records.model import NotChecked
from auditor.records.text import Text

if TYPE_CHECKING:
    from auditor.auditing.session import Session

__all__ = ["DroppedFile", "Plugins"]

_MOST_FILES: Final = 100
_LARGEST: Final = 4 * 1024 * 1024
_SUFFIX: Final = ".toml"


class DroppedFile(Record):
    """A file of TOML: its name and what stands in it."""

    name: str
    text: str


class Plugins:
    """The dropped forms and rules as ``--plugin`` would take them. Raises DeskError for files that
    are none.
    """

    def __init__(self, files: Sequence[DroppedFile] = ()) -> None:
        check_files(files)
        self.files: tuple[DroppedFile, ...] = tuple(files)
        self._folder = Path(tempfile.mkdtemp(prefix="desk-"))
        self._paths: list[str] = []
        for number, file in enumerate(files):
            # Two files may have one name: the faults of each are told under it all the same.
            path = self._folder / str(number) / PurePosixPath(file.name).name
            path.parent.mkdir()
            path.write_text(file.text, encoding="utf-8")
            self._paths.append(str(path))

    def session(self, forms: Iterable[str | None] = ()) -> Session:
        """The session with these files, and with those forms of the catalogue that are named."""
        names = sorted({form for form in forms if form is not None})
        session = load_with(names, tuple(self._paths))
        return session._replace(problems=tuple(map(self._without_folder, session.problems)))

    def problems(self) -> list[Text]:
        """What is wrong with the files."""
        return [reason.why for reason in self.session().problems]

    def notices(self) -> list[Text]:
        """What else there is to know of the files."""
        session = self.session()
        return [
            Text(
                en=f"the form {name} is for tidy tables, which the installed program audits; "
                "documents here are not read by it",
                ja=f"様式 {name} は表データ用です。この画面の文書の読み取りには使いません。"
                "表データは、導入版のプログラムで点検してください",
            )
            for name in session.forms_of_paths
            if session.forms[name].table is not None
        ]

    def close(self) -> None:
        """Remove what was written."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _without_folder(self, reason: NotChecked) -> NotChecked:
        """The reason with the names of files instead of their paths."""
        why = reason.why
        for path in self._paths:
            name = Path(path).name
            why = why.model_copy(
                update={"en": why.en.replace(path, name), "ja": why.ja.replace(path, name)}
            )
        return reason.model_copy(update={"why": why})


def check_files(files: Sequence[DroppedFile]) -> None:
    """Raise DeskError for more files, or larger ones, than anybody drops, and for what is no
    TOML.
    """
    if len(files) > _MOST_FILES or sum(len(file.text) for file in files) > _LARGEST:
        raise DeskError(
            "too-large",
            "there are too many forms and rules, or they are too large",
            "様式・規則のファイルが多すぎるか、大きすぎます",
        )
    for file in files:
        name = PurePosixPath(file.name).name
        if not name.endswith(_SUFFIX) or "\0" in name:
            raise DeskError(
                "no-definition",
                f"{name}: forms, rules and waivers are files of TOML (.toml)",
                f"{name}：様式・規則・確認済みファイルは、.toml のファイルを入れてください",
            )
