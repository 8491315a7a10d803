"""The file of waivers, read whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

from auditor.toml.faults import Fault, FaultyFile, Lines
from auditor.toml.reading import Unparsable, bytes_of, parsed
from auditor.waivers.checks import checked
from auditor.waivers.model import Waiver

__all__ = ["WaiverError", "WaiverTargetError", "read_waivers", "waivers_in"]

_KIND: Final = ("file of waivers", "確認済みファイル")


class WaiverError(FaultyFile):
    """A file of waivers that can't be used, so that nothing is waived."""

    kind: ClassVar[tuple[str, str]] = "waivers", "確認済みファイル"
    without: ClassVar[tuple[str, str]] = (
        "--no-waivers goes without them",
        "--no-waivers を付けると、確認済みファイルを使わずに実行します",
    )


class WaiverTargetError(WaiverError):
    """A file of waivers that can't be used, so that nothing is added to it."""

    without: ClassVar[tuple[str, str]] = (
        "mend the file first",
        "ファイルを直してから、もう一度実行してください",
    )


def read_waivers(
    paths: Iterable[str | Path], error: type[WaiverError] = WaiverError
) -> tuple[Waiver, ...]:
    """The waivers of some files in their order; raises an ``error`` with all faults of the first
    file that has some.
    """
    waivers: list[Waiver] = []
    for path in paths:
        waivers += _of_file(Path(path), error)
    return tuple(waivers)


def _of_file(path: Path, error: type[WaiverError]) -> list[Waiver]:
    data = bytes_of(path, *_KIND)
    if not isinstance(data, bytes):
        raise error(str(path), Lines(""), [Fault(None, *data)])
    return waivers_in(path, data, error)


def waivers_in(path: Path, data: bytes, error: type[WaiverError] = WaiverError) -> list[Waiver]:
    """The waivers of a file's bytes; raises an ``error`` with all faults."""
    try:
        file = parsed(data)
    except Unparsable as why:
        raise error(str(path), Lines(why.text), [why.fault]) from None
    lines = Lines(file.text)
    waivers, faults = checked(file.content, file.places, lines, path.name)
    if faults:
        raise error(str(path), lines, faults)
    return waivers
