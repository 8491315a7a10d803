"""Calls of pdfium that are made for every character and every line of a page."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any, Final

__all__ = ["address_of", "pointer_of", "quick"]


class _Pointer(ctypes.c_void_p):
    """A pointer that stays one, as those of ``ctypes`` itself become whole numbers."""


_WHOLE: Final = ctypes.PYFUNCTYPE(ctypes.c_int)
_ADDRESS: Final = ctypes.PYFUNCTYPE(ctypes.c_void_p)
_POINTER: Final = ctypes.PYFUNCTYPE(_Pointer)


@functools.cache
def quick(raw: Any, name: str) -> Callable[..., int]:
    """The function ``name`` of pdfium, which answers with a whole number, without the
    conversions of its arguments.

    What it is given has to be what it takes: pointers, numbers of ``ctypes`` by reference
    (``ctypes.byref``), and small whole numbers. Nothing is checked, which halves the time of a
    call.
    """
    return _WHOLE(_at(raw, name))


@functools.cache
def address_of(raw: Any, name: str) -> Callable[..., int | None]:
    """The same of a function that answers with a pointer: gives its address, None for none."""
    return _ADDRESS(_at(raw, name))


@functools.cache
def pointer_of(raw: Any, name: str) -> Callable[..., Any]:
    """The same of a function that answers with a pointer that others take."""
    return _POINTER(_at(raw, name))


def _at(raw: Any, name: str) -> int:
    """Where a function lies in memory."""
    return ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0
