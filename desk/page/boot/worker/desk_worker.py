"""What Python does in a worker of the page: it makes one service and hands it the page's calls.

Nothing but JSON texts and bytes goes through; every refusal becomes a code with a sentence in both
languages, and no traceback leaves.
"""

from __future__ import annotations

import json
import platform
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from auditor.records.errors import CodedError
from auditor.version import __version__

SERVICES: Final = {
    "reader": ("auditor.desk.reader", "Reader"),
    "judge": ("auditor.desk.judge", "Judge"),
}


class Service:
    """The service of a worker; ``role`` is reader or judge."""

    def __init__(self, role: str) -> None:
        module, name = SERVICES[role]
        self._service: Any = getattr(import_module(module), name)()

    def about(self) -> str:
        """What runs here, as JSON."""
        return json.dumps({"version": __version__, "python": platform.python_version()})

    def call(
        self, name: str, arguments: str, data: Any, progress: Callable[[int, int], None]
    ) -> tuple[str | None, bytes | None, str | None]:
        """The answer's JSON and bytes, or the refusal's JSON."""
        try:
            taken = None if data is None else data.to_bytes()
            result, output = self._service.call(name, arguments, taken, progress)
        except CodedError as error:
            message = error.message
            return None, None, refusal(error.code, message.en, message.ja)
        except MemoryError:
            return None, None, refusal("memory", *MEMORY)
        except Exception:
            # For whoever looks for the fault, in the browser's console; the page never shows it.
            traceback.print_exc()
            return None, None, refusal("failed", *FAILED)
        return result, output, None


MEMORY: Final = (
    "It needs more memory than this page may use.",
    "この画面で使えるメモリーの上限を超えました。",
)
FAILED: Final = (
    "The program failed at this; what was done before stands.",
    "この処理の途中で、プログラムが止まりました。それまでの作業は残っています。",
)


def refusal(code: str, en: str, ja: str) -> str:
    return json.dumps({"code": code, "en": en, "ja": ja})
