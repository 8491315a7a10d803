"""The page's contents as one packed run of bytes; ``desk/page/boot/archive.js`` reads it."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping

__all__ = ["archived", "packed"]


def archived(files: Mapping[str, bytes]) -> bytes:
    """An index (its length in 4 bytes, little-endian, then [[name, size], …]) and the files.

    Files of a kind stand beside each other, which packs better; the order depends on the names
    alone.
    """
    names = sorted(files, key=lambda name: (name.rpartition(".")[2], name))
    index = json.dumps(
        [[name, len(files[name])] for name in names], ensure_ascii=False, separators=(",", ":")
    ).encode()
    return b"".join([struct.pack("<I", len(index)), index, *(files[name] for name in names)])


def packed(data: bytes) -> bytes:
    """The bytes as a raw deflate stream, which every DecompressionStream takes."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return compressor.compress(data) + compressor.flush()
