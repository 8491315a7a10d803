"""The services in the built page, called as the page calls them."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Page

__all__ = ["BuiltDesk"]

CALL = """async ([role, name, given, text, limit]) => {
  const bytes = text === null ? null : Uint8Array.fromBase64(text);
  try {
    const { result, data } = await desk[role].call(name, given, bytes, { limit });
    return { result, data: data === null ? null : data.toBase64() };
  } catch (error) {
    return { code: error.code, en: error.en, ja: error.ja };
  }
}"""


class BuiltDesk:
    """The services in the page, called as the page calls them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate("desk.ready")
        _, self._nothing = self.ask("judge", "snapshot")

    def answer(
        self,
        role: str,
        call_name: str,
        data: bytes | None = None,
        /,
        limit: int | None = None,
        **arguments: object,
    ) -> dict[str, Any]:
        text = None if data is None else base64.b64encode(data).decode()
        return self.page.evaluate(CALL, [role, call_name, arguments, text, limit])

    def ask(
        self, role: str, call_name: str, data: bytes | None = None, /, **arguments: object
    ) -> tuple[dict[str, Any], bytes]:
        answer = self.answer(role, call_name, data, **arguments)
        assert "code" not in answer, answer
        return answer["result"], base64.b64decode(answer["data"] or "")

    def forget(self) -> None:
        """Let the judge be as at first."""
        self.ask("judge", "restore", self._nothing)
