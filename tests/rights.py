"""The rights of a person, for tests that may be run as root: what others own, or nobody may enter,
is refused as it would be to them.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

__all__ = ["as_a_person"]

_VERSION_3 = 0x20080522
_OVER_RIGHTS = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, by which root reads and writes everything."""


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Data(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def _set_effective(*, over_rights: bool) -> None:
    """Give up, or take back, what root may beyond the rights of files; in this thread alone."""
    library: Any = ctypes.CDLL(None, use_errno=True)
    header, data = _Header(_VERSION_3, 0), (_Data * 2)()
    library.capget(ctypes.byref(header), data)
    keeps = data[0].permitted if over_rights else ~_OVER_RIGHTS
    data[0].effective = data[0].permitted & keeps
    library.capset(ctypes.byref(header), data)


@contextmanager
def as_a_person() -> Iterator[None]:
    """Let the rights of files count, also for root. Skips the test where that can't be had."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if os.name != "posix":
        pytest.skip("rights are others here")
    is_given_up = False
    try:
        if is_root:
            _set_effective(over_rights=False)
            is_given_up = True
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "secret")
            file.touch(mode=0)
            try:
                file.read_bytes()
            except PermissionError:
                yield
                return
        pytest.skip("this root can't do without its rights")
    except AttributeError:
        pytest.skip("this system's root has rights of another kind")
    finally:
        if is_given_up:
            _set_effective(over_rights=True)
