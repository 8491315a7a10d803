"""Builds PDFs that are broken or made to do harm, object by object."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from io import BytesIO

__all__ = [
    "encrypted",
    "huge_stream",
    "many_operators",
    "page_loop",
    "pdf",
    "scan",
    "self_referencing_form",
    "wide_forms",
    "without_glyphs",
]


def stream(content: bytes, keys: str = "", *, packed: bool = False) -> bytes:
    data = zlib.compress(content, 9) if packed else content
    filters = "/Filter /FlateDecode " if packed else ""
    return f"<< {keys} {filters}/Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def pdf(objects: Mapping[int, bytes | str], root: int = 1) -> bytes:
    """A whole PDF with these objects."""
    out = bytearray(b"%PDF-1.7\n")
    offsets: dict[int, int] = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += (
            f"{number} 0 obj\n".encode()
            + (body.encode() if isinstance(body, str) else body)
            + b"\nendobj\n"
        )
    start, size = len(out), max(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        out += (
            f"{offsets[number]:010d} 00000 n \n".encode()
            if number in offsets
            else b"0000000000 65535 f \n"
        )
    out += f"trailer\n<< /Size {size} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _page(
    contents: bytes, resources: str = "", more: Mapping[int, bytes | str] | None = None
) -> bytes:
    objects: dict[int, bytes | str] = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << {resources} >> >>",
        4: contents,
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    return pdf({**objects, **(more or {})})


def self_referencing_form() -> bytes:
    form = stream(
        b"/F Do",
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 6 0 R >> >>",
    )
    return _page(stream(b"/F Do"), "/XObject << /F 6 0 R >>", {6: form})


def wide_forms(levels: int = 30) -> bytes:
    """Forms that draw two forms each: two to the power of ``levels`` in the end."""
    forms: dict[int, bytes | str] = {}
    for level in range(levels):
        number = 10 + level
        inside = (
            f"/Resources << /XObject << /F {number + 1} 0 R >> >>" if level + 1 < levels else ""
        )
        content = b"/F Do /F Do" if inside else b"0 0 m 9 9 l S"
        forms[number] = stream(content, f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] {inside}")
    return _page(stream(b"/F Do"), "/XObject << /F 10 0 R >>", forms)


def many_operators(count: int = 2_000_000) -> bytes:
    return _page(
        stream(b"BT /A 9 Tf (1) Tj ET 1 1 m 2 2 l S\n" * count, packed=True), "/Font << /A 5 0 R >>"
    )


def without_glyphs(content: bytes, *, in_form: bool = False) -> bytes:
    """A page with the digits of a font (``/G``) that draws nothing, as one does for which the
    machine has no glyphs.
    """
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] /FontMatrix [.001 0 0 .001 0 0]"
        " /FirstChar 48 /LastChar 57 /Widths [500 500 500 500 500 500 500 500 500 500]"
        " /Encoding << /Differences [48 /n /n /n /n /n /n /n /n /n /n] >>"
        " /CharProcs << /n 7 0 R >> /Resources << >> /ToUnicode 8 0 R >>"
    )
    meaning = stream(
        b"1 begincodespacerange <00> <ff> endcodespacerange"
        b" 1 beginbfrange <30> <39> <0030> endbfrange"
    )
    form = stream(
        content,
        "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /G 6 0 R >> >>",
    )
    return _page(
        stream(b"/F Do" if in_form else content),
        "/Font << /A 5 0 R /G 6 0 R >> /XObject << /F 9 0 R >>",
        {6: font, 7: stream(b"500 0 d0"), 8: meaning, 9: form},
    )


def huge_stream(mebibytes: int = 200) -> bytes:
    return _page(stream(b" " * (mebibytes << 20), packed=True), "/Font << /A 5 0 R >>")


def page_loop() -> bytes:
    """A tree of pages that leads back to its root."""
    return pdf(
        {
            1: "<< /Type /Catalog /Pages 2 0 R >>",
            2: "<< /Type /Pages /Kids [3 0 R] /Count 1000000 /Parent 3 0 R >>",
            3: "<< /Type /Pages /Kids [2 0 R] /Count 1000000 /Parent 2 0 R >>",
        }
    )


def scan(pages: int = 1, *, hidden_text: bool = False, space: bool = False) -> bytes:
    """Pages with a picture each and no text, or text that is not shown, or a space."""
    picture = stream(
        b"\x7f" * 64,
        "/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    content = b"q 595 0 0 842 0 0 cm /I Do Q" + (
        b" BT 3 Tr /A 9 Tf 50 50 Td (1,234) Tj ET" if hidden_text else b""
    )
    content += b" BT /A 9 Tf 50 50 Td ( ) Tj ET" if space else b""
    kids = " ".join(f"{10 + number} 0 R" for number in range(pages))
    objects: dict[int, bytes | str] = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        3: picture,
        4: stream(content),
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for number in range(pages):
        resources = "<< /XObject << /I 3 0 R >> /Font << /A 5 0 R >> >>"
        objects[10 + number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources {resources} >>"
        )
    return pdf(objects)


def encrypted(data: bytes, password: str = "secret") -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(BytesIO(data))
    writer.encrypt(password, algorithm="RC4-128")
    stream_ = BytesIO()
    writer.write(stream_)
    return stream_.getvalue()
