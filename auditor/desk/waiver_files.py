"""Files of waivers that were dropped beside the documents."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from auditor.desk.dropped import DroppedFile, check_files
from auditor.records.text import Text
from auditor.waivers.loading import WaiverError, waivers_in
from auditor.waivers.model import Waiver

__all__ = ["waivers_of"]


class _DroppedWaiverError(WaiverError):
    """A dropped file of waivers that can't be used."""

    without = ("mend the file and put it in again", "ファイルを直して、もう一度入れてください")


def waivers_of(files: Iterable[DroppedFile]) -> tuple[list[Waiver], list[Text]]:
    """The waivers of the files, and what is wrong with those that are not used. Raises DeskError
    for what is no such file.
    """
    waivers: list[Waiver] = []
    problems: list[Text] = []
    listed = tuple(files)
    check_files(listed)
    for file in listed:
        name = PurePosixPath(file.name).name
        try:
            waivers += waivers_in(Path(name), file.text.encode(), _DroppedWaiverError)
        except WaiverError as fault:
            problems.append(fault.message)
    return waivers, problems
