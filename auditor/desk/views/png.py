"""Pictures as PNG files, written by hand: three bytes a pixel, without filters."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from auditor.desk.views.model import LettersView
from auditor.readers.source import Source, UnreadableDocument

__all__ = ["Picture", "no_picture", "png_of"]

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR: Final = 2
_BITS: Final = 8
_FASTEST: Final = 1
_CHANNELS: Final = 3


class Picture(NamedTuple):
    """The picture of a page: pixels across and down, and its PNG file. ``room`` is the part of the
    page that it shows, in points before the page is turned (left, bottom, right, top); ``turns``
    are the quarter turns clockwise by which it is shown. ``letters`` are texts that it lacks;
    ``substitutes``: some of its fonts are not in the file, so that letters look otherwise;
    ``lacking``: there may be letters that are neither on the picture nor among ``letters``.
    """

    width: int
    height: int
    room: tuple[float, float, float, float]
    turns: int
    data: bytes
    letters: Sequence[LettersView] = ()
    substitutes: bool = False
    lacking: bool = False


def png_of(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    """A PNG file of rows of red, green and blue, ``stride`` bytes apart."""
    length = width * _CHANNELS
    rows = b"".join(b"\0" + pixels[row * stride : row * stride + length] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, _BITS, _TRUE_COLOUR, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, _FASTEST)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def no_picture(source: Source, number: int) -> UnreadableDocument:
    """Why there is no picture of a page."""
    return UnreadableDocument(
        source.path,
        "no-page",
        f"has no page {number:,} that can be shown as a picture",
        f"画像として表示できる{number:,}ページ目がありません",
    )
