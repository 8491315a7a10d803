"""The bytes of an incremental update: changed objects and the table that says where they are.

pypdf writes none for encrypted files, and one that leads nowhere for files whose own table is
damaged. There, the update has a table of all objects. It is made in a child process.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import Any, Final, NamedTuple

from auditor.files.confined import Stopped

__all__ = ["increment", "is_sound", "is_whole"]

_START: Final = re.compile(rb"startxref\s+(\d+)")
_TABLE: Final = re.compile(rb"\s*xref\b")
_STREAM: Final = re.compile(rb"\s*\d+\s+\d+\s+obj\b")
_EARLIER: Final = re.compile(rb"/(?:Prev|XRefStm)\s+(\d+)")
_LONGEST_DICTIONARY: Final = 4096
_MOST_TABLES: Final = 1000
_KEPT: Final = ("/Root", "/Info", "/ID", "/Encrypt")


class _Entry(NamedTuple):
    """Where an object is: at an offset of the file (kind 1; ``rank`` is its generation), or in the
    stream of objects of that number (kind 2; ``rank`` is its rank there).
    """

    kind: int
    place: int
    rank: int


def increment(pypdf: Any, reader: Any, writer: Any, data: bytes) -> bytes:
    """What is to be added to the bytes of a file for the changes that a writer has made to it.

    Raises Stopped where the objects of the file can't be found.
    """
    header = max(data.find(b"%PDF-"), 0)
    earlier = _last_table(data, header) if is_whole(reader, data) else None
    changed = [reference.idnum for reference in writer.list_objects_in_increment()]
    stream = BytesIO()
    stream.write(b"" if data.endswith((b"\n", b"\r")) else b"\n")
    generations = {number: generation for number, generation, _ in _offsets(reader)}
    entries: dict[int, _Entry] = {}
    for number in changed:
        generation = generations.get(number, 0)
        # Offsets count from the header, whatever stands before it.
        entries[number] = _Entry(1, len(data) - header + stream.tell(), generation)
        value = writer._objects[number - 1]
        if reader.is_encrypted:
            value = reader._encryption.encrypt_object(value, number, generation)
        stream.write(b"%d %d obj\n" % (number, generation))
        value.write_to_stream(stream)
        stream.write(b"\nendobj\n")
    if earlier is None:
        entries = {**_all_entries(reader, data, header), **entries}
    start = len(data) - header + stream.tell()
    as_table = _ends_with_table(data, header, earlier, entries)
    trailer = _trailer(pypdf, reader, earlier, max(entries) + 1, has_own_object=not as_table)
    if as_table:
        _write_table(stream, entries, trailer)
    else:
        _write_stream(pypdf, stream, entries, trailer, start)
    stream.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)
    return stream.getvalue()


def is_sound(data: bytes) -> bool:
    """Whether a file's tables of objects are where they should be, as they need to be for viewers
    that repair nothing.
    """
    return _last_table(data, max(data.find(b"%PDF-"), 0)) is not None


def is_whole(reader: Any, data: bytes) -> bool:
    """Whether the tables are sound, and every object is where they say."""
    return is_sound(data) and all(_stands_at(data, *entry) for entry in _offsets(reader))


def _last_table(data: bytes, header: int) -> int | None:
    """The offset of a file's last table, or None where it, or one of the earlier tables that it
    points to, is not where it should be.
    """
    starts = _START.findall(data)
    waiting, seen = [int(starts[-1])] if starts else [], set[int]()
    while waiting:
        offset = waiting.pop()
        if offset in seen:
            continue
        seen.add(offset)
        dictionary = _dictionary_at(data, header + offset)
        if dictionary is None or len(seen) > _MOST_TABLES:
            return None
        waiting += map(int, _EARLIER.findall(dictionary))
    return int(starts[-1]) if seen else None


def _dictionary_at(data: bytes, offset: int) -> bytes | None:
    """The trailer of the table at an offset, or None where no table stands there."""
    if _TABLE.match(data, offset):
        begin, end = data.find(b"trailer", offset), b"startxref"
    elif _STREAM.match(data, offset):
        begin, end = offset, b"stream"
    else:
        return None
    if begin < 0:
        return None
    close = data.find(end, begin, begin + _LONGEST_DICTIONARY)
    return data[begin : close if close >= 0 else begin + _LONGEST_DICTIONARY]


def _offsets(reader: Any) -> Iterator[tuple[int, int, int]]:
    """Number, generation and offset of each object that stands in the file by itself."""
    for generation, offsets in reader.xref.items():
        for number, offset in offsets.items():
            if number > 0 and offset > 0 and generation < 65_535:
                yield number, generation, offset


def _stands_at(data: bytes, number: int, generation: int, offset: int) -> bool:
    head = rb"\s*%d\s+%d\s+obj\b" % (number, generation)
    return re.compile(head).match(data, offset) is not None


def _all_entries(reader: Any, data: bytes, header: int) -> dict[int, _Entry]:
    """Where all objects of a file are, as far as they are there."""
    entries = {
        number: _Entry(1, offset - header, generation)
        for number, generation, offset in _offsets(reader)
        if _stands_at(data, number, generation, offset)
    }
    for holder in {place[0] for place in reader.xref_objStm.values()}:
        for rank, number in enumerate(_held(reader, holder)):
            if reader.xref_objStm.get(number, (None,))[0] == holder:
                entries.setdefault(number, _Entry(2, holder, rank))
    root = reader.trailer.raw_get("/Root")
    if root.idnum not in entries:
        raise Stopped(
            "damaged",
            "its table of objects is damaged; open it and save or print it anew",
            "内部の目次（相互参照表）が壊れています。開いて保存し直すか、印刷し直してください",
        )
    return entries


def _held(reader: Any, holder: int) -> list[int]:
    """The numbers of the objects in a stream of objects, in their order."""
    stream = reader.get_object(holder)
    numbers = stream.get_data()[: int(stream["/First"])].split()
    return [int(number) for number in numbers[: 2 * int(stream["/N"]) : 2]]


def _ends_with_table(
    data: bytes, header: int, earlier: int | None, entries: dict[int, _Entry]
) -> bool:
    """Whether the update has a table as text: an update continues in the file's own way."""
    if earlier is None:
        return all(entry.kind == 1 for entry in entries.values())
    return _TABLE.match(data, header + earlier) is not None


def _trailer(
    pypdf: Any, reader: Any, earlier: int | None, size: int, *, has_own_object: bool
) -> Any:
    """The trailer of a table; one that is an object has the number behind all others."""
    generic = pypdf.generic
    trailer = generic.DictionaryObject()
    size = max(size, int(reader.trailer.get("/Size", 0))) + has_own_object
    trailer[generic.NameObject("/Size")] = generic.NumberObject(size)
    for key in _KEPT:
        if key in reader.trailer:
            trailer[generic.NameObject(key)] = reader.trailer.raw_get(key)
    if earlier is not None:
        trailer[generic.NameObject("/Prev")] = generic.NumberObject(earlier)
    return trailer


def _write_table(stream: BytesIO, entries: dict[int, _Entry], trailer: Any) -> None:
    stream.write(b"xref\n")
    if "/Prev" not in trailer:
        stream.write(b"0 1\n0000000000 65535 f \n")
    for first, count in _runs(entries):
        stream.write(b"%d %d\n" % (first, count))
        for number in range(first, first + count):
            stream.write(b"%010d %05d n \n" % entries[number][1:])
    stream.write(b"trailer\n")
    trailer.write_to_stream(stream)


def _write_stream(
    pypdf: Any, stream: BytesIO, entries: dict[int, _Entry], trailer: Any, start: int
) -> None:
    generic, name = pypdf.generic, pypdf.generic.NameObject
    number = int(trailer["/Size"]) - 1
    entries = {**entries, number: _Entry(1, start, 0)}
    if "/Prev" not in trailer:
        entries[0] = _Entry(0, 0, 65_535)
    table = generic.StreamObject()
    table.update(trailer)
    ranges = map(generic.NumberObject, chain.from_iterable(_runs(entries)))
    widths = [generic.NumberObject(value) for value in (1, 4, 2)]
    table[name("/Type")] = name("/XRef")
    table[name("/Index")] = generic.ArrayObject(ranges)
    table[name("/W")] = generic.ArrayObject(widths)
    table.set_data(b"".join(struct.pack(">BIH", *entries[key]) for key in sorted(entries)))
    stream.write(b"%d 0 obj\n" % number)
    table.write_to_stream(stream)
    stream.write(b"\nendobj")


def _runs(entries: dict[int, _Entry]) -> list[tuple[int, int]]:
    """The first number and the length of each run of numbers."""
    runs: list[tuple[int, int]] = []
    for number in sorted(entries):
        if runs and number == sum(runs[-1]):
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((number, 1))
    return runs
