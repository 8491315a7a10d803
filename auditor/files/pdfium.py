"""pdfium as the program uses it, with the extra ``pdf``: without the fonts of the machine.

For a font that a document does not embed, pdfium takes one that is installed. Then the heights of
characters, and what is seen of them, would hang on the machine: the same document would be read in
another way elsewhere, and in a browser, which has no fonts to offer.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any, Final

__all__ = ["pdfium"]

_VERSION: Final = 1  # of pdfium's interface for fonts


@functools.cache
def _offers_no_fonts() -> object:
    """Make pdfium know no font of this machine, in this process.

    The answer is what pdfium asks for fonts; it lives as long as the process, in the cache.
    """
    raw: Any = importlib.import_module("pypdfium2.raw")
    fonts = raw.FPDF_SYSFONTINFO()
    fonts.version = _VERSION
    raw.FPDF_SetSystemFontInfo(fonts)
    return fonts


def pdfium() -> Any:
    """The package pypdfium2. No document may be opened before, for pdfium lists the fonts of the
    machine with the first one that lacks any. Raises ImportError where it is not installed.
    """
    package: Any = importlib.import_module("pypdfium2")
    _offers_no_fonts()
    return package
